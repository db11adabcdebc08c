"""Four eyes on permissions, as pages: propose a right, see what waits for whom, approve, refuse, withdraw, collect."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from publiccredit.accounts import operations, queries
from publiccredit.accounts.access import ADMINISTRATION, ADMINISTRATION_AND_AUDIT, actor_of, note_proof, open_to
from publiccredit.accounts.forms import Choices, CodeForm
from publiccredit.accounts.grant_forms import FORMS, ProposalForm, RefusalForm
from publiccredit.accounts.grant_words import FOLLOWS, facts_of, standing_of
from publiccredit.accounts.models import GrantProposal, Officer
from publiccredit.accounts.operations import (
    NotAllowed,
    NotAwaited,
    SecondFactorMissing,
    UnableToOpenAccount,
    UnableToPropose,
)
from publiccredit.accounts.types import (
    GRANT_TITLES,
    OF_RECIPIENTS,
    Actor,
    Grant,
    ProposalState,
    ProposalTerm,
    Role,
    SecondFactorWanted,
)

Departments = Callable[[], Choices]
Term = Callable[[date], ProposalTerm]
SHOWN = 50  # of what is settled; the ledger has the rest
REFUSALS = (NotAllowed, NotAwaited, SecondFactorMissing, UnableToOpenAccount, UnableToPropose)


@dataclass(frozen=True)
class Row:
    """A proposal in a list."""

    proposal: GrantProposal
    proposed_by: str
    look: str
    words: str


@open_to(ADMINISTRATION_AND_AUDIT)
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what waits for this administrator, what is to be collected, what the own ones wait for, and the rest."""
    by, now = actor_of(request), timezone.now()
    administers = by.role is Role.ADMINISTRATOR  # an auditor reads, and nothing waits for one
    waiting = list(queries.waiting_grants(by=by, at=now)) if administers else []
    collectable = list(queries.collectable_grants(by=by, at=now))
    mine = [
        found
        for found in queries.grant_proposals().filter(proposed_by__username=by.name, state=ProposalState.PROPOSED)
        if not found.has_lapsed(at=now)
    ]
    above = {found.pk for found in [*waiting, *collectable, *mine]}
    rest = list(queries.grant_proposals().exclude(pk__in=above)[:SHOWN])
    named = {
        "waiting": _rows(waiting, now),
        "collectable": _rows(collectable, now),
        "mine": _rows(mine, now),
        "rest": _rows(rest, now),
        "shown": SHOWN,
        "administers": administers,
        "alone": administers and not queries.administrators_besides(by.name),
    }
    return render(request, "accounts/proposals.html", named)


def _rows(found: Iterable[GrantProposal], at: datetime) -> list[Row]:
    found = list(found)
    people = _people(found)
    rows = []
    for proposal in found:
        look, words = standing_of(proposal=proposal, at=at)
        rows.append(Row(proposal, people[proposal.proposed_by_id], look, words))
    return rows


def _people(found: Iterable[GrantProposal]) -> dict[str | None, str]:
    """Give the words for whoever proposed or answered; nobody: the operator at the server."""
    names = {name for p in found for name in (p.proposed_by_id, p.decided_by_id) if name}
    spoken: dict[str | None, str] = {None: "服务器上的操作员"}
    spoken.update(queries.spoken_names(names=names, departments={}))
    return spoken


@open_to(ADMINISTRATION_AND_AUDIT)
@never_cache
@require_GET
def proposal(request: HttpRequest, proposal_id: int, *, departments: Departments) -> HttpResponse:
    """Show a proposal, and to whoever may answer it the forms for that."""
    found = get_object_or_404(queries.grant_proposals(), pk=proposal_id)
    return _page(request, found, departments=departments)


def _page(
    request: HttpRequest,
    found: GrantProposal,
    *,
    departments: Departments,
    code: CodeForm | None = None,
    refusal: RefusalForm | None = None,
) -> HttpResponse:
    by, now = actor_of(request), timezone.now()
    look, words = standing_of(proposal=found, at=now)
    people = _people([found])
    concerned = found.officer is not None and found.officer.username == by.name
    administers = by.role is Role.ADMINISTRATOR
    open_now = administers and found.ends_at is not None and not found.has_lapsed(at=now)
    own = found.proposed_by_id == by.name
    wanted = queries.second_factor_wanted(by=by, at=now)
    assert isinstance(request.user, Officer)
    named = {
        "proposal": found,
        "look": look,
        "words": words,
        "facts": facts_of(proposal=found, departments=dict(departments())),
        "follows": FOLLOWS[found.grant],
        "proposed_by": people[found.proposed_by_id],
        "decided_by": people[found.decided_by_id] if found.decided_by_id else "",
        "answerable": open_now and found.awaits_answer and not own and not concerned,
        "concerned": open_now and found.awaits_answer and concerned,
        "withdrawable": open_now and own,
        "collect_url": _collect_url(found) if open_now and own and not found.awaits_answer else "",
        "administers": administers,
        "must_enrol": wanted is SecondFactorWanted.ENROLMENT,
        "code": code or (CodeForm(officer=request.user) if wanted is SecondFactorWanted.CODE else None),
        "refusal": refusal or RefusalForm(),
    }
    status = 422 if (code and code.errors) or (refusal and refusal.errors) else 200
    return render(request, "accounts/proposal.html", named, status=status)


def _collect_url(found: GrantProposal) -> str:
    name = "recipients:collect" if found.grant in OF_RECIPIENTS else "accounts:collect"
    return reverse(name, args=[found.pk])


# --- proposing ------------------------------------------------------------------------------------------------------


@open_to(ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def propose(
    request: HttpRequest, officer_id: int | None = None, *, kind: Grant, departments: Departments, term: Term
) -> HttpResponse:
    """Ask for what a right takes and for the reason, say what follows, and propose it."""
    officer = None if officer_id is None else get_object_or_404(queries.officers(), pk=officer_id)
    given = request.POST if request.method == "POST" else None
    form = FORMS[kind](given, kind=kind, officer=officer, departments=departments())
    if form.is_valid():
        made = _proposed(request, form, term)
        if made is not None:
            return redirect("accounts:proposal", made.pk)
    named = {
        "form": form,
        "officer": officer,
        "title": GRANT_TITLES[kind],
        "follows": FOLLOWS[kind],
        "days": term(timezone.localdate()).days,
    }
    return render(request, "accounts/propose.html", named, status=422 if form.errors else 200)


def _proposed(request: HttpRequest, form: ProposalForm, term: Term) -> GrantProposal | None:
    now = timezone.now()
    try:
        made = operations.propose_grant(
            by=actor_of(request),
            wanted=form.wanted,
            reason=form.cleaned_data["reason"],
            term=term(timezone.localdate()),
            at=now,
        )
    except REFUSALS as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, "已提交，等另一位管理员审核。")
    return made


# --- answering ------------------------------------------------------------------------------------------------------


@open_to(ADMINISTRATION)
@sensitive_post_parameters("code")
@require_POST
def approve(request: HttpRequest, proposal_id: int, *, departments: Departments, term: Term) -> HttpResponse:
    """Approve, with a code of this moment where the approver has a second factor."""
    found = get_object_or_404(queries.grant_proposals(), pk=proposal_id)
    by, now = actor_of(request), timezone.now()
    if queries.second_factor_wanted(by=by, at=now) is SecondFactorWanted.CODE:
        assert isinstance(request.user, Officer)
        form = CodeForm(request.POST, officer=request.user)
        if not form.proves(at=now):
            return _page(request, found, departments=departments, code=form)
        note_proof(request, at=now)
        by = replace(by, proved_at=now)
    done = "已同意，立即生效。" if found.takes_effect_with_approval else "已同意。由拟办人领取以后生效。"
    return _answered(
        request,
        found,
        lambda: operations.approve_grant(by=by, proposal_id=found.pk, term=term(timezone.localdate()), at=now),
        done,
    )


@open_to(ADMINISTRATION)
@require_POST
def refuse(request: HttpRequest, proposal_id: int, *, departments: Departments) -> HttpResponse:
    """Refuse, with the reason."""
    found = get_object_or_404(queries.grant_proposals(), pk=proposal_id)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, found, departments=departments, refusal=form)
    because, by, now = form.cleaned_data["because"], actor_of(request), timezone.now()
    return _answered(
        request,
        found,
        lambda: operations.refuse_grant(by=by, proposal_id=found.pk, because=because, at=now),
        "已不予同意，理由拟办人看得到。",
    )


@open_to(ADMINISTRATION)
@require_POST
def withdraw(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take an own proposal back."""
    found = get_object_or_404(queries.grant_proposals(), pk=proposal_id)
    by, now = actor_of(request), timezone.now()
    return _answered(
        request, found, lambda: operations.withdraw_grant(by=by, proposal_id=found.pk, at=now), "已撤回。"
    )  # fmt: skip


def _answered(request: HttpRequest, found: GrantProposal, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except REFUSALS as refusal:
        messages.error(request, str(refusal), extra_tags="adverse")
    else:
        messages.success(request, done)
    return redirect("accounts:proposal", found.pk)


@open_to(ADMINISTRATION)
@never_cache
@require_POST
def collect(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Give what was approved, and show its secret once: it is in this answer and nowhere else."""
    found = get_object_or_404(queries.grant_proposals(), pk=proposal_id)
    try:
        made = operations.collect_grant(by=actor_of(request), proposal_id=found.pk, at=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, str(refusal), extra_tags="adverse")
        return redirect("accounts:proposal", found.pk)
    officer = found.officer or queries.officers().get(username=found.about)
    what = "接口令牌" if found.grant is Grant.ISSUE_TOKEN else "初始密码"
    named = {"officer": officer, "secret": made.secret, "what": what, "proposal": found}
    return render(request, "accounts/secret.html", named)


def waiting_for(*, by: Actor) -> tuple[int, bool]:
    """Give how many proposals wait for an administrator, and whether this is the only one."""
    return queries.waiting_grants(by=by, at=timezone.now()).count(), not queries.administrators_besides(by.name)
