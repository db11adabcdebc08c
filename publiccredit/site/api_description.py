"""The description of the interface as OpenAPI 3.1, and a page to try it without a script."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import yaml
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.accounts.types import SCOPE_TITLES, TokenScope

SENT_IN = ("application/json", "multipart/form-data")
EXAMPLES = Path(__file__).with_name("api_examples.yml")


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the description of the interface what a token is."""

    target_class = "publiccredit.accounts.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002 - the framework's
        reach = "、".join(f"{scope}（{title}）" for scope, title in SCOPE_TITLES.items())
        said = f"由系统管理员签发，签发时选定权限范围：{reach}。每个操作的 security 写明需要哪一项"
        return {"type": "http", "scheme": "bearer", "description": said}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        """Name the scope a token must have been issued for; OpenAPI 3.1 keeps this place for it."""
        scopes = getattr(auto_schema.view, "scopes", {})
        wanted = scopes.get(str(auto_schema.method).upper())
        return {str(self.name): [wanted.value] if wanted else []}


class RecipientToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the same of the token by which a recipient says who it is."""

    target_class = "publiccredit.recipients.authentication.RecipientAuthentication"
    name = "recipient_token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002 - the framework's
        said = "接收方令牌，由系统管理员签发；查询公开信息时可以不带"
        return {"type": "http", "scheme": "bearer", "description": said}


@dataclass(frozen=True)
class Parameter:
    name: str
    where: str  # "path", "query" or "header", or of what is sent the form it is sent in
    required: bool
    meaning: str
    kind: str


@dataclass(frozen=True)
class Operation:
    """One thing a program can ask for."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: tuple[Parameter, ...]
    with_token: bool
    scope: str  # in the words of the page; empty: any token
    example: str  # an answer, as JSON

    @property
    def sent_as_json(self) -> bool:
        return any(part.where == "application/json" for part in self.body)

    @property
    def can_be_tried(self) -> bool:
        return self.method == "GET" and not self.with_token


@cache
def description() -> dict[str, Any]:
    """Give the whole description, with an answer to each question as an example; it changes only with the program."""
    described = dict(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]
    examples = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    for methods in described["paths"].values():
        for stated in methods.values():
            for code, answer in stated["responses"].items():
                if code.startswith("2"):
                    answer["content"]["application/json"]["example"] = examples[stated["operationId"]]
    return described


@cache
def operations() -> tuple[Operation, ...]:
    """Give what programs can ask for: first what anybody may ask, each in the order of the addresses."""
    stated = (
        _operation(path, method, stated)
        for path, methods in description()["paths"].items()
        for method, stated in methods.items()
    )
    return tuple(sorted(stated, key=lambda operation: operation.with_token))


def _operation(path: str, method: str, stated: dict[str, Any]) -> Operation:
    return Operation(
        name=stated["operationId"],
        method=method.upper(),
        path=path,
        summary=stated.get("summary", stated["operationId"]),
        description=stated.get("description", ""),
        parameters=tuple(
            Parameter(
                name=p["name"],
                where=p["in"],
                required=p.get("required", False),
                meaning=p.get("description", ""),
                kind={"integer": "number", "string": "text"}.get(str(p["schema"].get("type")), "text"),
            )
            for p in sorted(stated.get("parameters", ()), key=lambda p: not p.get("required", False))
        ),
        body=_body(stated),
        with_token={} not in stated.get("security", [{}]),
        scope="、".join(
            SCOPE_TITLES[TokenScope(s)] for one in stated.get("security", ()) for s in one.get("token", ())
        ),
        example=json.dumps(_example(stated), ensure_ascii=False, indent=2),
    )


def _body(stated: dict[str, Any]) -> tuple[Parameter, ...]:
    """Give the parts of what is sent with a question, the required ones first."""
    content: dict[str, Any] = stated.get("requestBody", {}).get("content", {})
    form = next((form for form in SENT_IN if form in content), "")
    if not form:
        return ()
    shape = description()["components"]["schemas"][content[form]["schema"]["$ref"].rpartition("/")[2]]
    wanted = shape.get("required", ())
    return tuple(
        Parameter(name=name, where=form, required=name in wanted, meaning=part["description"], kind="text")
        for name, part in sorted(shape["properties"].items(), key=lambda named: named[0] not in wanted)
    )


def _example(stated: dict[str, Any]) -> Any:
    first = min(code for code in stated["responses"] if code.startswith("2"))
    return stated["responses"][first]["content"]["application/json"]["example"]


@open_to(EVERYBODY)
@require_safe
def schema(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Give the description of the interface."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@open_to(EVERYBODY)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show what can be asked for, with a form for each question that needs no token."""
    context = {"operations": operations(), "address": request.build_absolute_uri("/").rstrip("/")}
    return render(request, "site/api.html", context)


@open_to(EVERYBODY)
@require_safe
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """
    Send the reader from a filled form to the address that answers it.

    :raises Http404: there is no such question.
    """
    operation = next((o for o in operations() if o.name == name and o.can_be_tried), None)
    if operation is None:
        raise Http404
    path, query = operation.path, {}
    for parameter in operation.parameters:
        value = request.GET.get(parameter.name, "").strip()
        if parameter.where == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(value or "-", safe=""))
        elif value:
            query[parameter.name] = value
    return redirect(path + (f"?{urlencode(query)}" if query else ""))
