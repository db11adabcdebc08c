"""
An account for every role, two where a second person is asked for.

Their passwords are made at the first start and kept where only their owner reads them.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publiccredit.accounts import operations, queries
from publiccredit.accounts.types import PROGRAM, ROLE_TITLES, Actor, Grant, Role, Wanted
from publiccredit.catalogue import queries as catalogue
from publiccredit.ledger.types import china_day

FILE = "demo-accounts.json"
PRACTICE = "industries/market_regulation/samples/returned/penalty.csv"  # for a visitor who is a liaison
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look like another


@dataclass(frozen=True)
class DemoAccount:
    username: str
    display_name: str
    role: Role
    department: str = ""

    @property
    def title(self) -> str:
        return f"{self.display_name}（{ROLE_TITLES[self.role]}）"

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            kind=Grant.OPEN_ACCOUNT,
            about=self.username,
            terms={
                "username": self.username,
                "display_name": self.display_name,
                "role": self.role.value,
                "department_code": self.department,
            },
        )


ACCOUNTS = (
    DemoAccount("liaison_market", "县市场监管局演示联络员", Role.LIAISON, "market_regulation"),
    DemoAccount("liaison_emergency", "县应急局演示联络员", Role.LIAISON, "emergency_management"),
    DemoAccount("liaison_fire", "县消防救援大队演示联络员", Role.LIAISON, "fire_rescue"),
    DemoAccount("liaison_tax", "县税务局演示联络员", Role.LIAISON, "taxation"),
    DemoAccount("head_market", "县市场监管局演示负责人", Role.DEPARTMENT_HEAD, "market_regulation"),
    DemoAccount("office_clerk", "县信用办演示经办人", Role.OFFICE_CLERK),
    DemoAccount("office_clerk_second", "县信用办演示第二经办人", Role.OFFICE_CLERK),
    DemoAccount("office_head", "县信用办演示负责人", Role.OFFICE_HEAD),
    DemoAccount("office_head_second", "县信用办演示第二负责人", Role.OFFICE_HEAD),
    DemoAccount("auditor", "演示审计人员", Role.AUDITOR),
    DemoAccount("administrator", "演示管理员", Role.ADMINISTRATOR),
    DemoAccount("administrator_second", "演示第二管理员", Role.ADMINISTRATOR),
)
WAITING = DemoAccount("liaison_safety", "县应急局演示第二联络员", Role.LIAISON, "emergency_management")
FIRST, SECOND = (Actor(name=a.username, role=a.role) for a in ACCOUNTS if a.role is Role.ADMINISTRATOR)
LIAISONS: Mapping[str, DemoAccount] = {a.department: a for a in ACCOUNTS if a.role is Role.LIAISON}


def open_accounts(*, folder: Path, at: datetime) -> dict[str, str]:
    """Open those of the accounts that are not there, and give every account's password."""
    passwords = _kept_passwords(folder / FILE)
    with operations.acting(actor=PROGRAM):
        there = set(queries.officers().values_list("username", flat=True))
        for account in sorted(ACCOUNTS, key=lambda a: a.role is not Role.ADMINISTRATOR):
            if account.username not in there:
                made = _opened(account, at)
                operations.change_password(officer_id=made.object_id, password=passwords[account.username], at=at)
        _leave_one_waiting(at)
    return passwords


def _opened(account: DemoAccount, at: datetime) -> operations.IssuedSecret:
    """The two administrators come from the shell; for every other account one of them proposes, the other approves."""
    if account.role is Role.ADMINISTRATOR:
        made = operations.grant_at_shell(by=PROGRAM, wanted=account.wanted, reason="演示启用", at=at)
        assert made is not None
        return made
    proposal = _proposed(account, by=FIRST, reason="演示开户", at=at)
    operations.approve_grant(by=SECOND, proposal_id=proposal.pk, term=catalogue.grant_term(on=china_day(at=at)), at=at)
    return operations.collect_grant(by=FIRST, proposal_id=proposal.pk, at=at)


def _proposed(account: DemoAccount, *, by: Actor, reason: str, at: datetime) -> queries.GrantProposal:
    term = catalogue.grant_term(on=china_day(at=at))
    return operations.propose_grant(by=by, wanted=account.wanted, reason=reason, term=term, at=at)


def _leave_one_waiting(at: datetime) -> None:
    """A visitor who administers finds one proposal to approve or to refuse."""
    if not queries.grant_proposals().filter(about=WAITING.username).exists():
        _proposed(WAITING, by=SECOND, reason="县应急局来函，增加一名联络员（演示）", at=at)


def _kept_passwords(file: Path) -> dict[str, str]:
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    made = {account.username: kept.get(account.username) or _password() for account in ACCOUNTS}
    if made == kept:
        return kept
    unfinished = file.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(made, indent=2))
    unfinished.replace(file)
    return made


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
