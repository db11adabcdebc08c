"""The second factor on pages: asked at the log-in, and enrolled by its officer."""

from datetime import datetime, timedelta

import segno
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from publiccredit.accounts import operations, queries
from publiccredit.accounts.access import (
    EVERY_OFFICER,
    EVERYBODY,
    actor_of,
    note_proof,
    open_to,
)
from publiccredit.accounts.forms import CodeForm
from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import WrongCode
from publiccredit.accounts.second_factor import enrolment_of, new_enrolment

HALF_WAY = "half_way"  # in the session: who has given the right password and not yet the code
PATIENCE = timedelta(minutes=10)
PENDING = "pending_second_factor"  # in the session: the sealed secret of an enrolment that is not confirmed
BACKEND = "publiccredit.accounts.backends.OfficerBackend"


def ask_code(request: HttpRequest, officer: Officer, *, onward: str) -> HttpResponse:
    """Keep that an officer has given the right password, and ask for the code."""
    request.session.cycle_key()
    request.session[HALF_WAY] = {
        "officer": officer.pk,
        "password": officer.get_session_auth_hash(),
        "at": timezone.now().isoformat(),
        "onward": onward,
    }
    return redirect("accounts:log_in_code")


@open_to(EVERYBODY)
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """Ask an officer who has given the right password for the code, and log in."""
    officer = _half_way(request)
    if officer is None:
        return render(request, "accounts/log_in_code.html", {"form": None})
    form = CodeForm(request.POST or None, officer=officer, with_recovery=True)
    if request.method == "POST" and form.proves(at=timezone.now()):
        onward = request.session.pop(HALF_WAY)["onward"]
        login(request, officer, backend=BACKEND)
        note_proof(request, at=timezone.now())
        return redirect(onward_of(request, onward, officer))
    return render(request, "accounts/log_in_code.html", {"form": form}, status=422 if form.errors else 200)


def _half_way(request: HttpRequest) -> Officer | None:
    kept = request.session.get(HALF_WAY)
    if not kept or timezone.now() - datetime.fromisoformat(kept["at"]) > PATIENCE:
        return None
    officer = queries.officers().filter(pk=kept["officer"], is_active=True).first()
    return officer if officer is not None and officer.get_session_auth_hash() == kept["password"] else None


def onward_of(request: HttpRequest, wanted: str, officer: Officer) -> str:
    """Give the page asked for, if it is ours, else the desk of the officer's role."""
    if officer.must_change_password:
        return reverse("accounts:change_password")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ) and wanted.startswith("/"):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@open_to(EVERY_OFFICER)
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Let an officer enrol: show the secret, and keep it once a code made from it is typed; else say how it stands."""
    officer = request.user
    assert isinstance(officer, Officer)
    if officer.second_factor_since is not None:
        named = {"form": CodeForm(officer=officer), "left": queries.recovery_codes_left(officer=officer)}
        return render(request, "accounts/second_factor.html", named)
    form = CodeForm(request.POST or None, officer=officer)
    sealed = request.session.get(PENDING)
    shown = enrolment_of(officer=officer, sealed=sealed) if sealed else new_enrolment(officer=officer)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            codes = operations.enrol_second_factor(
                by=actor_of(request), officer_id=officer.pk, sealed=shown.sealed, code=form.cleaned_data["code"], at=now
            )
        except WrongCode as refusal:
            form.add_error("code", str(refusal))
        else:
            request.session.pop(PENDING, None)
            note_proof(request, at=now)
            return _show_codes(request, codes, enrolled=True)
    request.session[PENDING] = shown.sealed
    named = {
        "form": form,
        "secret": " ".join(shown.secret[i : i + 4] for i in range(0, len(shown.secret), 4)),
        "address": shown.address,
        "picture": segno.make(shown.address, error="m").svg_data_uri(scale=5, border=4),
        "must": queries.must_enrol(officer=officer),
    }
    return render(request, "accounts/enrol.html", named, status=422 if form.errors else 200)


@open_to(EVERY_OFFICER)
@sensitive_post_parameters("code")
@never_cache
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Give new codes for a lost telephone, against a code of this moment."""
    officer = request.user
    assert isinstance(officer, Officer)
    form = CodeForm(request.POST, officer=officer)
    if officer.second_factor_since is None:
        return redirect("accounts:second_factor")
    if not form.proves(at=timezone.now()):
        named = {"form": form, "left": queries.recovery_codes_left(officer=officer)}
        return render(request, "accounts/second_factor.html", named, status=422)
    note_proof(request, at=timezone.now())
    codes = operations.renew_recovery_codes(by=actor_of(request), officer_id=officer.pk, at=timezone.now())
    return _show_codes(request, codes, enrolled=False)


def _show_codes(request: HttpRequest, codes: tuple[str, ...], *, enrolled: bool) -> HttpResponse:
    """Show the codes once: they are in this answer and nowhere else."""
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "enrolled": enrolled})
