"""Recipients, their tokens and keys: registered by the office, keyed by the administrator."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.access import ADMINISTRATION, OFFICE_AND_ADMINISTRATION, actor_of, open_to
from publiccredit.accounts.operations import NotAllowed, NotAwaited, UnableToPropose
from publiccredit.accounts.queries import GrantProposal
from publiccredit.accounts.types import OF_RECIPIENTS, Grant, ProposalTerm, Role
from publiccredit.catalogue import queries as catalogue
from publiccredit.recipients import operations, queries
from publiccredit.recipients.forms import RecipientForm, RecipientKeyForm, RecipientTokenForm
from publiccredit.recipients.operations import UnableToRegister

FIELDS = ("name", "contact", "address", "purpose", "legal_basis", "callback_url")


@open_to(OFFICE_AND_ADMINISTRATION)
@require_GET
def recipients(request: HttpRequest) -> HttpResponse:
    return render(request, "recipients/list.html", {"rows": list(queries.recipients())})


@open_to(OFFICE_AND_ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    form = RecipientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.register_recipient(by=actor_of(request), new=form.new, at=timezone.now())
        except UnableToRegister as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记接收方“{made.name}”。")
            return redirect("recipients:recipient", made.pk)
    return render(request, "recipients/form.html", {"form": form}, status=422 if form.errors else 200)


@open_to(OFFICE_AND_ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, recipient_id: int) -> HttpResponse:
    found = get_object_or_404(queries.recipients(), pk=recipient_id)
    form = RecipientForm(request.POST or None, initial={name: getattr(found, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_recipient(by=actor_of(request), recipient_id=found.pk, new=form.new, at=timezone.now())
        except UnableToRegister as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已修改。")
            return redirect("recipients:recipient", found.pk)
    named = {"form": form, "recipient": found}
    return render(request, "recipients/form.html", named, status=422 if form.errors else 200)


@open_to(OFFICE_AND_ADMINISTRATION)
@require_GET
def recipient(request: HttpRequest, recipient_id: int) -> HttpResponse:
    found, now = get_object_or_404(queries.recipients(), pk=recipient_id), timezone.now()
    people = accounts.spoken_names(names=[found.registered_by], departments=catalogue.department_names())
    named = {
        "recipient": found,
        "registered_by": people.get(found.registered_by, found.registered_by),
        "tokens": list(queries.tokens_of(recipient_id=found.pk)),
        "counts": queries.notice_counts(recipient_id=found.pk),
        "office": actor_of(request).of_office,
        "administrator": actor_of(request).role is Role.ADMINISTRATOR,
        "waiting": [
            proposal
            for proposal in accounts.grant_proposals().filter(kind__in=OF_RECIPIENTS, object_id=found.pk)
            if proposal.ends_at is not None and not proposal.has_lapsed(at=now)
        ],
        "now": now,
    }
    return render(request, "recipients/recipient.html", named)


@open_to(OFFICE_AND_ADMINISTRATION)
@require_POST
def close(request: HttpRequest, recipient_id: int) -> HttpResponse:
    get_object_or_404(queries.recipients(), pk=recipient_id)
    operations.close_recipient(by=actor_of(request), recipient_id=recipient_id, at=timezone.now())
    messages.success(request, "已停用，令牌随即失效。已经提供的记录如有变更，仍会告知。")
    return redirect("recipients:recipient", recipient_id)


@open_to(OFFICE_AND_ADMINISTRATION)
@require_POST
def reopen(request: HttpRequest, recipient_id: int) -> HttpResponse:
    get_object_or_404(queries.recipients(), pk=recipient_id)
    operations.reopen_recipient(by=actor_of(request), recipient_id=recipient_id, at=timezone.now())
    messages.success(request, "已恢复。原有令牌不会恢复，需要时请重新签发。")
    return redirect("recipients:recipient", recipient_id)


@open_to(ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def issue_token(request: HttpRequest, recipient_id: int) -> HttpResponse:
    """Propose a token; another administrator approves it."""
    found = get_object_or_404(queries.recipients(), pk=recipient_id)
    form = RecipientTokenForm(request.POST or None)
    return _proposing(
        request, found, form, "签发接收方令牌",
        lambda term: operations.propose_token(
            by=actor_of(request), recipient_id=found.pk, purpose=form.cleaned_data["purpose"],
            days=int(form.cleaned_data["days"]), reason=form.cleaned_data["reason"], term=term, at=timezone.now(),
        ),
    )  # fmt: skip


@open_to(ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def renew_key(request: HttpRequest, recipient_id: int) -> HttpResponse:
    """Propose a new key; another administrator approves it."""
    found = get_object_or_404(queries.recipients(), pk=recipient_id)
    form = RecipientKeyForm(request.POST or None)
    return _proposing(
        request, found, form, "更换签名密钥",
        lambda term: operations.propose_key(
            by=actor_of(request), recipient_id=found.pk, reason=form.cleaned_data["reason"], term=term,
            at=timezone.now(),
        ),
    )  # fmt: skip


def _proposing(
    request: HttpRequest,
    found: queries.Recipient,
    form: RecipientKeyForm,
    title: str,
    propose: Callable[[ProposalTerm], GrantProposal],
) -> HttpResponse:
    term = catalogue.grant_term(on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            made = propose(term)
        except (NotAllowed, UnableToPropose, UnableToRegister) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已提交，等另一位管理员审核。")
            return redirect("accounts:proposal", made.pk)
    named = {"recipient": found, "form": form, "title": title, "days": term.days}
    return render(request, "recipients/propose.html", named, status=422 if form.errors else 200)


@open_to(ADMINISTRATION)
@never_cache
@require_POST
def collect(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Give the token or key that was approved, and show it once: it is in this answer and nowhere else."""
    proposal = get_object_or_404(accounts.grant_proposals(), pk=proposal_id, object_id__isnull=False)
    found = get_object_or_404(queries.recipients(), pk=proposal.object_id)
    is_token = proposal.grant is Grant.ISSUE_RECIPIENT_TOKEN
    give = operations.issue_token if is_token else operations.renew_key
    try:
        made = give(by=actor_of(request), proposal_id=proposal.pk, at=timezone.now())
    except (NotAllowed, NotAwaited, UnableToRegister) as refusal:
        messages.error(request, str(refusal), extra_tags="adverse")
        return redirect("accounts:proposal", proposal.pk)
    named = {
        "recipient": found,
        "proposal": proposal,
        "what": "接口令牌" if is_token else "签名密钥",
        "is_token": is_token,
        "secret": made.secret,
        "key": made.key if isinstance(made, operations.IssuedToken) else "",
    }
    return render(request, "recipients/secret.html", named)


@open_to(ADMINISTRATION)
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(queries.RecipientToken, pk=token_id)
    operations.revoke_token(by=actor_of(request), token_id=token_id, at=timezone.now())
    messages.success(request, "令牌已吊销，立即失效。")
    return redirect("recipients:recipient", token.recipient_id)
