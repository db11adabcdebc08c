"""
Accounts and their rights in tests, given the lawful way: one administrator proposes, another one approves.

``opened_account`` writes the rows themselves, so that hundreds of tests do not wait for eight operations each; every constraint
and trigger of the database stands before them as before anybody else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from publiccredit.accounts.models import GrantProposal, Officer
from publiccredit.accounts.operations import (
    IssuedSecret,
    acting,
    approve_grant,
    collect_grant,
    propose_grant,
)
from publiccredit.accounts.types import PROGRAM, Actor, Grant, ProposalTerm, Role, TokenScope, Wanted

AT = datetime(2026, 11, 1, 1, tzinfo=UTC)
FIRST = Actor(name="first-administrator", role=Role.ADMINISTRATOR)
SECOND = Actor(name="second-administrator", role=Role.ADMINISTRATOR)
TERM = ProposalTerm(days=7, basis="test")
ENOUGH = 2


@dataclass(frozen=True)
class Post:
    """An account to be opened."""

    username: str
    role: Role
    department_code: str = ""
    display_name: str = ""

    @property
    def terms(self) -> dict[str, str]:
        return {
            "username": self.username,
            "display_name": self.display_name or self.username,
            "role": self.role.value,
            "department_code": self.department_code,
        }


def opened_account(
    *,
    username: str,
    role: Role,
    department_code: str = "",
    display_name: str = "",
    password: str = "",
    at: datetime = AT,
) -> Officer:
    """Give an account, with a password of its own where one is wanted."""
    return opened_accounts([Post(username, role, department_code, display_name)], password=password, at=at)[0]


def opened_accounts(posts: Sequence[Post], *, password: str = "", at: datetime = AT) -> list[Officer]:
    """Give accounts: the first two administrators from the shell, every other one by four eyes."""
    there = Officer.objects.filter(role=Role.ADMINISTRATOR.value, is_active=True).count()
    first = [post for post in posts if post.role is Role.ADMINISTRATOR][: max(0, ENOUGH - there)]
    for post in first:
        _from_the_shell(post, password, at)
    rest = [post for post in posts if post not in first]
    if rest:
        by, other = two_administrators(at=at)
        _approved([_proposal(post, at) for post in rest], by=by, other=other, at=at)
        with acting(actor=by):
            Officer.objects.bulk_create(_officer(post, password, at) for post in rest)
    named = {officer.username: officer for officer in Officer.objects.all()}
    return [named[post.username] for post in posts]


def two_administrators(*, at: datetime = AT) -> tuple[Actor, Actor]:
    """Give two administrators: those there are, and as many from the shell as are wanting."""
    for actor in (FIRST, SECOND):
        if len(_administrators()) < ENOUGH:
            _from_the_shell(Post(actor.name, Role.ADMINISTRATOR), "", at)
    first, second = _administrators()[:ENOUGH]
    return first, second


def granted(
    wanted: Wanted, *, by: Actor | None = None, other: Actor | None = None, at: datetime = AT
) -> IssuedSecret | None:
    """Give a right about an account through the operations: proposed, approved, and collected where there is a secret."""
    with acting(actor=PROGRAM):
        administrators = [a for a in _three_where_needed(wanted, at) if a.name != _concerned(wanted)]
    by = by or next(a for a in administrators if other is None or a.name != other.name)
    other = other or next(a for a in administrators if a.name != by.name)
    made = propose_grant(by=by, wanted=wanted, reason="测试所需", term=TERM, at=at)
    approve_grant(by=other, proposal_id=made.pk, term=TERM, at=at)
    if made.takes_effect_with_approval:
        return None
    return collect_grant(by=by, proposal_id=made.pk, at=at)


def issued_token(
    officer: Officer,
    *,
    name: str = "推送",
    scopes: Iterable[TokenScope] = TokenScope,
    days: int = 3650,
    at: datetime = AT,
) -> IssuedSecret:
    """Give an officer's program a token."""
    terms: dict[str, str | int | list[str]] = {"name": name, "scopes": sorted(s.value for s in scopes), "days": days}
    wanted = Wanted(kind=Grant.ISSUE_TOKEN, about=officer.username, officer_id=officer.pk, terms=terms)
    made = granted(wanted, at=at)
    assert made is not None
    return made


def carried_out(wanted: Wanted, *, at: datetime = AT) -> None:
    """Write a proposal that is approved and carried out, whatever it says; the right itself is the test's to write."""
    by, other = two_administrators(at=at)
    made = _proposal(Post(wanted.about, Role.AUDITOR), at)
    made.kind, made.officer_id, made.terms = wanted.kind, wanted.officer_id, dict(wanted.terms)
    _approved([made], by=by, other=other, at=at)


def _administrators() -> list[Actor]:
    found = Officer.objects.filter(role=Role.ADMINISTRATOR.value, is_active=True).order_by("pk")
    return [officer.actor for officer in found]


def _three_where_needed(wanted: Wanted, at: datetime) -> list[Actor]:
    two_administrators(at=at)
    if _concerned(wanted) in {a.name for a in _administrators()[:ENOUGH]} and len(_administrators()) <= ENOUGH:
        opened_account(username="third-administrator", role=Role.ADMINISTRATOR, at=at)
    return _administrators()


def _concerned(wanted: Wanted) -> str:
    officer = Officer.objects.filter(pk=wanted.officer_id).first()
    return officer.username if officer else ""


def _officer(post: Post, password: str, at: datetime) -> Officer:
    return Officer(created_at=at, password=_hashed(password) if password else "!", **post.terms)


@cache
def _hashed(password: str) -> str:
    """Hash a password once: that takes a third of a second of every processor, as it should, and tests use few."""
    return make_password(password)


def _proposal(post: Post, at: datetime) -> GrantProposal:
    return GrantProposal(
        kind=Grant.OPEN_ACCOUNT,
        about=post.username,
        terms=post.terms,
        reason="测试所需",
        state="proposed",
        proposed_at=at,
        lapses_at=at + TERM.length,
    )


def _approved(proposals: list[GrantProposal], *, by: Actor, other: Actor, at: datetime) -> None:
    for proposal in proposals:
        proposal.proposed_by_id = by.name
    with acting(actor=by):
        made = GrantProposal.objects.bulk_create(proposals)
    these = GrantProposal.objects.filter(pk__in=[p.pk for p in made])
    with acting(actor=other):
        these.update(state="approved", decided_by_id=other.name, decided_at=at, collect_until=at + timedelta(days=1))
    with acting(actor=by):
        these.update(state="carried_out", carried_out_at=at)


def _from_the_shell(post: Post, password: str, at: datetime) -> None:
    with acting(actor=PROGRAM):
        proposal = _proposal(post, at)
        proposal.state, proposal.carried_out_at = "carried_out", at
        proposal.save()
        _officer(post, password, at).save()


def approved() -> GrantProposal:
    """Let the one proposal that waits be approved, now, by an administrator who neither made it nor is concerned."""
    waiting = GrantProposal.objects.get(state="proposed")
    with acting(actor=PROGRAM):
        known = _three_where_needed(Wanted(Grant(waiting.kind), waiting.about, waiting.officer_id), timezone.now())
    other = next(a for a in known if a.name not in (waiting.proposed_by_id, _concerned_in(waiting)))
    return approve_grant(by=other, proposal_id=waiting.pk, term=TERM, at=timezone.now())


def _concerned_in(proposal: GrantProposal) -> str:
    return proposal.officer.username if proposal.officer else ""


def carried_through(client: Client, address: str, given: dict[str, object] | None = None) -> HttpResponse:
    """Propose on a page, let another administrator approve, and collect where there is a secret: the last answer."""
    two_administrators()
    asked = client.post(address, {"reason": "部门来函", **(given or {})})
    assert asked.status_code == 302, asked.content.decode()
    page = asked.headers["Location"]
    with acting(actor=PROGRAM):
        proposal = approved()
    if proposal.takes_effect_with_approval:
        return client.get(page)
    of = "recipients" if proposal.object_id else "accounts"
    return client.post(f"/{of}/proposals/{proposal.pk}/collect/")
