"""
An enterprise for a visitor to be: one with a penalty that can be repaired today, a letter with a code, and a contact.

A letter is used up by entering with it, so each start makes a new one where the last no longer opens anything. The code
is kept beside the passwords, where only their owner reads it: the database holds none.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from publiccredit.site import database
from publiccredit.site.demo.cases import CLERK, repairable_and_untouched
from publiccredit.subjectdesk import operations, queries
from publiccredit.subjects.queries import Subject

FILE = "demo-enterprise.json"
CONTACT = "enterprise@example.com"  # a name no mail ever reaches
CONTACT_NAME = "演示联系人"
EVIDENCE = "营业执照和联系人登记表（演示，纯属虚构）"


@dataclass(frozen=True)
class DemoEnterprise:
    """What a visitor types to be the enterprise."""

    name: str
    identifier: str
    letter: int
    code: str
    contact: str


def open_enterprise(*, folder: Path, until: date, at: datetime) -> DemoEnterprise | None:
    """Give the enterprise with a letter that opens its desk; nothing where the county holds no fitting one."""
    file = folder / FILE
    kept = DemoEnterprise(**json.loads(file.read_text())) if file.exists() else None
    with database.acting_as_program():
        subject = queries.subject_by_identifier(identifier=kept.identifier) if kept else _chosen(until)
        if subject is None:
            return None
        if not queries.contacts(subject_id=subject.pk).exists():
            operations.register_contact(
                by=CLERK, subject_id=subject.pk, name=CONTACT_NAME, contact=CONTACT, evidence=EVIDENCE, at=at
            )
        if kept and queries.letter_opens(number=kept.letter, at=at):
            return kept
        letter = operations.issue_letter(by=CLERK, subject_id=subject.pk, evidence=EVIDENCE, at=at)
    made = DemoEnterprise(letter.subject_name, letter.identifier, letter.number, letter.code, CONTACT)
    _keep(made, file)
    return made


def _chosen(until: date) -> Subject | None:
    record = next((r for r in repairable_and_untouched(until=until) if r.subject and r.subject.uscc), None)
    return record.subject if record else None


def _keep(made: DemoEnterprise, file: Path) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=2))
    unfinished.replace(file)
