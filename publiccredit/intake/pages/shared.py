"""What the pages of the desk have in common: whose submission it is, and where its reader came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from publiccredit.accounts.access import Access, actor_of
from publiccredit.accounts.types import DEPARTMENT_ROLES, OFFICE_ROLES, Actor, Role
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import NotInPacks
from publiccredit.intake.models import Submission

READERS = Access(roles=DEPARTMENT_ROLES | OFFICE_ROLES | {Role.AUDITOR})


@dataclass(frozen=True)
class SubmissionRow:
    submission: Submission
    source_title: str
    department_name: str


def submission_for(request: HttpRequest, submission_id: int) -> Submission:
    """
    Give a submission its reader may see.

    :raises Http404: there is none of this number, or it is another department's; which of the two is not said.
    """
    actor = actor_of(request)
    found = Submission.objects.filter(pk=submission_id)
    if actor.of_department:  # row-level security says the same once more
        found = found.filter(department_code=actor.department_code)
    submission = found.first()
    if submission is None:
        raise Http404
    return submission


def rows_of(submissions: Iterable[Submission]) -> list[SubmissionRow]:
    """Give submissions with the words of their source and department."""
    return [
        SubmissionRow(
            submission=s, source_title=source_title(s.source), department_name=department_name(s.department_code)
        )
        for s in submissions
    ]


def source_title(name: str) -> str:
    """Give the title of a source, or its name where the packs no longer hold it."""
    if not name:
        return "尚未识别"
    try:
        return catalogue.source(name=name).title
    except NotInPacks:
        return name


def department_name(code: str) -> str:
    """Give the name of a department, or its code where the packs no longer hold it."""
    try:
        return catalogue.department(code=code).name
    except NotInPacks:
        return code


def home_of(actor: Actor) -> dict[str, Any]:
    """Give where a reader's breadcrumbs begin: the desk for a department, the board for the office."""
    if actor.of_department:
        return {"home": "intake:desk", "home_text": "报送"}
    return {"home": "oversight:board", "home_text": "监督"}


def number_in(request: HttpRequest, name: str) -> int | None:
    """Give a number from the address, or nothing where there is none or it is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
