"""One account for every role, with passwords made at the first start and kept where only their owner reads them."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publiccredit.accounts import operations, queries
from publiccredit.accounts.types import PROGRAM, ROLE_TITLES, Role

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


ACCOUNTS = (
    DemoAccount("liaison_market", "县市场监管局演示联络员", Role.LIAISON, "market_regulation"),
    DemoAccount("liaison_emergency", "县应急局演示联络员", Role.LIAISON, "emergency_management"),
    DemoAccount("liaison_fire", "县消防救援大队演示联络员", Role.LIAISON, "fire_rescue"),
    DemoAccount("liaison_tax", "县税务局演示联络员", Role.LIAISON, "taxation"),
    DemoAccount("head_market", "县市场监管局演示负责人", Role.DEPARTMENT_HEAD, "market_regulation"),
    DemoAccount("office_clerk", "县信用办演示经办人", Role.OFFICE_CLERK),
    DemoAccount("office_head", "县信用办演示负责人", Role.OFFICE_HEAD),
    DemoAccount("auditor", "演示审计人员", Role.AUDITOR),
    DemoAccount("administrator", "演示管理员", Role.ADMINISTRATOR),
)
LIAISONS: Mapping[str, DemoAccount] = {a.department: a for a in ACCOUNTS if a.role is Role.LIAISON}


def open_accounts(*, folder: Path, at: datetime) -> dict[str, str]:
    """Open those of the accounts that are not there, and give every account's password."""
    passwords = _kept_passwords(folder / FILE)
    with operations.acting(actor=PROGRAM):
        officers = {officer.username: officer for officer in queries.officers()}
        for account in ACCOUNTS:
            officer = officers.get(account.username)
            if officer is None:
                operations.open_account(
                    by=PROGRAM,
                    username=account.username,
                    display_name=account.display_name,
                    role=account.role,
                    department_code=account.department,
                    password=passwords[account.username],
                    at=at,
                )
    return passwords


def _kept_passwords(file: Path) -> dict[str, str]:
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
    made = {account.username: _password() for account in ACCOUNTS}
    unfinished = file.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(made, indent=2))
    unfinished.replace(file)
    return made


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
