"""Which records a request at the desk may be about, found by what the applicant can name, also where none is shown."""

import unicodedata

from django.db.models import CharField, F, Func, Q, Value

from publiccredit.accounts.types import Actor
from publiccredit.casework.navigating import determined_by
from publiccredit.casework.numbering import as_numbered
from publiccredit.catalogue import queries as catalogue
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, closed_files

SHORTEST = 2  # characters, as in every search
LONGEST = 100
LISTED = 30
_READ = 10 * LISTED  # before those are left out that are not this officer's to take down


def records_to_ask_about(*, text: str, actor: Actor) -> tuple[list[Record], bool]:
    """
    Give the records an officer may take a request down about, by identifier, document number or part of a name, the
    latest decided first, and whether there are more than are given.

    What is not published is among them: its subject sees it (DP-13) and may contest it at the counter as it may online.
    A department finds what it determined; nobody finds what is about a subject they are related to (DP-34).
    """
    words = unicodedata.normalize("NFKC", text).strip()[:LONGEST]
    if len("".join(words.split())) < SHORTEST:
        return [], False
    named = Func(Value(words), function="search_folded", output_field=CharField())
    found = subjects.records().filter(
        Q(subject__uscc=words.upper()) | Q(document_number=as_numbered(words)) | Q(subject__search_name__contains=named)
    )
    if actor.of_department:
        own = catalogue.department(code=actor.department_code)
        found = found.filter(Q(authority_uscc=own.uscc) | Q(department_code=own.code))
    read = list(found.select_related("subject").order_by(F("decided_on").desc(nulls_last=True), "-pk")[: _READ + 1])
    closed = closed_files(account=actor.name, subject_ids=[record.subject_id for record in read])
    open_to_actor = [
        record
        for record in read
        if record.subject_id not in closed
        and (not actor.of_department or determined_by(record=record) == actor.department_code)
    ]
    return open_to_actor[:LISTED], len(open_to_actor) > LISTED
