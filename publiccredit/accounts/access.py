"""
Who may open an address. Every page and API view declares it, and a test walks all of them with all roles.

This is a door of the package beside operations, queries and types: pages and api modules import it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import get_resolver, reverse
from django.utils.cache import add_never_cache_headers
from rest_framework import exceptions, serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from publiccredit.accounts.acts import FileClosed
from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.queries import must_enrol
from publiccredit.accounts.types import DEPARTMENT_ROLES, OFFICE_ROLES, SCOPE_TITLES, Actor, Role, TokenScope

Asked = TypeVar("Asked", bound=serializers.Serializer[Any])
ViewClass = TypeVar("ViewClass", bound=type[APIView])
FIRST_PASSWORD_PAGE = "accounts:change_password"  # noqa: S105 - an address
ENROLMENT = "accounts:second_factor"
LOG_OUT = "accounts:log_out"
PROVED_AT = "second_factor_at"  # in the session: when a code was last typed in it
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Access:
    """
    The roles that may open an address; none: everybody without an account, or else the programs of recipients, or a
    subject that has proved itself.
    """

    roles: frozenset[Role]
    recipients: bool = False  # programs of those who are given records; never a person
    of_subject: bool = False  # no officer opens it, whatever the role: a subject's session is not an account

    @property
    def is_public(self) -> bool:
        return not self.roles and not self.recipients and not self.of_subject

    def admits(self, role: Role | None) -> bool:
        return self.is_public or role in self.roles


EVERYBODY = Access(roles=frozenset())
SUBJECT_ITSELF = Access(roles=frozenset(), of_subject=True)
EVERY_OFFICER = Access(roles=frozenset(Role))
SENDERS = Access(roles=DEPARTMENT_ROLES)
SENDERS_AND_OFFICE = Access(roles=DEPARTMENT_ROLES | OFFICE_ROLES)
OFFICE = Access(roles=OFFICE_ROLES)
OFFICE_AND_AUDIT = Access(roles=OFFICE_ROLES | {Role.AUDITOR})
AUDIT = Access(roles=frozenset({Role.AUDITOR}))
ADMINISTRATION = Access(roles=frozenset({Role.ADMINISTRATOR}))
ADMINISTRATION_AND_AUDIT = Access(roles=frozenset({Role.ADMINISTRATOR, Role.AUDITOR}))
OFFICE_AND_ADMINISTRATION = Access(roles=OFFICE_ROLES | {Role.ADMINISTRATOR})
RECIPIENTS = Access(roles=frozenset(), recipients=True)


class Problem(serializers.Serializer[Any]):
    """How the interface refuses, whatever and for whatever reason (site.api)."""

    code = serializers.CharField(help_text="机器可读的原因")
    message = serializers.CharField(help_text="给人看的说明：发现了什么、怎样才对、怎么改")
    where = serializers.ListField(child=serializers.CharField(), help_text="哪些参数；说的是整个请求时为空")


def asked_of(*, shape: type[Asked], request: Request) -> dict[str, Any]:
    """
    Give the parameters of an address, as its shape describes them.

    A parameter it does not know, such as a misspelt one or ``limit[from]``, and one sent twice are refused: whoever
    sends them means something else than what would be answered.

    :raises ValidationError: one is unknown, sent more than once, or not what the shape asks for.
    """
    asked = shape(data=request.query_params)
    _refuse_what_is_meant_otherwise(asked, request.query_params, "这个地址没有这个参数")
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def sent_of(*, shape: type[Asked], request: Request) -> dict[str, Any]:
    """
    Give the parts of a form, as its shape describes them; like an address, it says nothing that would go unheard.

    :raises ValidationError: a part is unknown, sent more than once where one is meant, or not what the shape asks for;
        or a part stands in the address instead.
    """
    sent = shape(data=request.data)
    _refuse_what_is_meant_otherwise(sent, cast("QueryDict", request.data), "表单没有这一部分")
    if misplaced := list(request.query_params):
        said = "不写在地址里。请作为表单的一部分提交。"
        raise exceptions.ValidationError({name: exceptions.ErrorDetail(said, code="misplaced") for name in misplaced})
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _refuse_what_is_meant_otherwise(asked: serializers.Serializer[Any], given: QueryDict, unknown: str) -> None:
    known = "、".join(asked.fields)
    wrong: dict[str, exceptions.ErrorDetail] = {}
    for name, values in given.lists():
        field = asked.fields.get(name)
        if field is None:
            wrong[name] = exceptions.ErrorDetail(f"{unknown}。可以用的有：{known}。", code="unknown")
        elif len(values) > 1 and not isinstance(field, serializers.ListField):
            said = f"写了 {len(values)} 次，不能判断以哪一个为准。请只写一次。"
            wrong[name] = exceptions.ErrorDetail(said, code="repeated")
    if wrong:
        raise exceptions.ValidationError(wrong)


def refusals(*statuses: int) -> dict[int | str, type[Problem]]:
    """Describe the refusals an address of the interface can answer with; any other one has the same shape."""
    return {**dict.fromkeys(statuses, Problem), "default": Problem}


def open_to(access: Access) -> Callable[[View], View]:
    """
    Declare who may open a page. Others are sent to log in, or told that their role does not allow it; an officer with a
    first password is sent to change it. What is behind a log-in is stored by no browser and no proxy.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if access.is_public:
                return view(request, *arguments, **named)
            try:
                response = _refused(request, access) or view(request, *arguments, **named)
            except FileClosed as closed:
                response = _forbidden(request, closed)
            # A desk is shared: after the log-out the next reader's "back" must ask again, not show what was kept.
            add_never_cache_headers(response)
            return response

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return declare


def _refused(request: HttpRequest, access: Access) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not access.admits(actor_of(request).role):
        return _forbidden(request, PermissionDenied())
    if request.path == reverse(LOG_OUT):
        return None
    if request.user.must_change_password and request.path != reverse(FIRST_PASSWORD_PAGE):
        return redirect(FIRST_PASSWORD_PAGE)
    if must_enrol(officer=request.user) and request.path not in (reverse(FIRST_PASSWORD_PAGE), reverse(ENROLMENT)):
        return redirect(ENROLMENT)
    return None


def _forbidden(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """
    Answer a refusal, and raise none: it is everyday work, and a raised one leaves a traceback in the log and an answer
    that a browser keeps.
    """
    forbidden: View = get_resolver().resolve_error_handler(403)
    return forbidden(request, exception=refusal)


class OutOfScope(exceptions.PermissionDenied):
    """The account may, but the token was issued for something else."""

    default_code = "out_of_scope"


def api_open_to(access: Access, *, scopes: Mapping[str, TokenScope] | None = None) -> Callable[[ViewClass], ViewClass]:
    """
    Declare who may call an API view; 401 without a token, 403 with the wrong role or out of the token's scope.

    ``scopes`` says for each method what a token must have been issued for. A view that officers may call and that
    leaves a method out is refused when the program starts: it would be reached by every token.
    """
    wanted = dict(scopes or {})

    class RoleAllows(BasePermission):
        def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - the framework's signature
            if access.is_public:
                return True
            if access.recipients and getattr(request.user, "is_recipient", False):
                return True
            if access.recipients or not isinstance(request.user, Officer):
                raise exceptions.NotAuthenticated("需要令牌。请在请求头写“Authorization: Bearer 令牌”。")
            return access.admits(request.user.actor.role) and _reaches(request, wanted)

    def declare(view: ViewClass) -> ViewClass:
        answered = {name.upper() for name in view.http_method_names if hasattr(view, name)} - {"OPTIONS", "HEAD"}
        if access.roles and answered != set(wanted):
            raise TypeError(f"{view.__name__}: name the scope of each of {sorted(answered)}")
        view.scopes = wanted  # type: ignore[attr-defined]
        view.permission_classes = [RoleAllows]
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def _reaches(request: Request, wanted: Mapping[str, TokenScope]) -> bool:
    """
    Tell whether the token of a request was issued for its method.

    :raises OutOfScope: it was issued for something else; the sentence says for what.
    """
    method = {"HEAD": "GET"}.get(request.method or "", request.method or "")
    scope, token = wanted.get(method), request.auth
    if scope is None or (isinstance(token, AccessToken) and scope in token.scopes):
        return True  # a method nobody answers is refused as such
    reach = token.reach if isinstance(token, AccessToken) else ""
    raise OutOfScope(
        f"这个令牌的权限范围是“{reach}”，不包括“{SCOPE_TITLES[scope]}”。请改用范围够的令牌，或者请系统管理员另行签发。"
    )


def actor_of(request: HttpRequest | Request) -> Actor:
    """
    Give the actor of a request behind ``open_to``.

    :raises PermissionDenied: nobody is logged in.
    """
    if not isinstance(request.user, Officer):
        raise PermissionDenied
    session = getattr(request, "session", None)
    if session is None or session.session_key is None:
        return request.user.actor
    proved = session.get(PROVED_AT)
    return replace(
        request.user.actor,
        proved_at=datetime.fromisoformat(proved) if proved else None,
        session=hashlib.sha256(session.session_key.encode()).hexdigest(),
    )


def note_proof(request: HttpRequest, *, at: datetime) -> None:
    """Keep in the session that its officer has typed a code of the second factor now."""
    request.session[PROVED_AT] = at.isoformat()


def address_of(request: HttpRequest | Request) -> str:
    """
    Give the address a request came from: behind proxies of the house, the one the outermost of them was called from.

    What a sender itself writes into the header stands left of that, and counts for nothing.
    """
    named = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    proxies = int(settings.PROXIES)
    return named[-proxies] if 0 < proxies <= len(named) else str(request.META.get("REMOTE_ADDR", ""))
