"""
The entries of the ledger as the lines of a page: who did what to which object, each object by the name people know.

A bounded number of statements for a page, whatever stands on it: one for each kind of object.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.types import OFFICE_ROLES, Actor, Role
from publiccredit.casework import queries as casework
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries as disclosure
from publiccredit.intake import queries as intake
from publiccredit.ledger.queries import Entry
from publiccredit.matching import queries as matching
from publiccredit.oversight.ledger_words import department_words, noted, notes, word
from publiccredit.recipients import queries as recipients
from publiccredit.subjects import queries as subjects

SUBJECT_ACCOUNT, RECIPIENT_ACCOUNT, READER_ACCOUNT = "subject:", "recipient:", "reader"
LOOKED_FOR = 50  # objects of one name
SHORTEST_PART = 2  # characters of a name by which it is found


@dataclass(frozen=True)
class Named:
    """What an object is called, and where it is shown to this reader, if anywhere."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """<actor> <verb> <object>, when, and what else was noted."""

    position: int
    at: datetime
    actor: str
    department: str  # the department the actor is of
    verb: str
    object: Named
    concerned: str  # the department the act was done for, where nothing else on the line says it
    notes: str
    hash: str

    @property
    def does(self) -> str:
        """Who did what, in one run: a name that ends in Latin letters or figures keeps its distance from the verb."""
        apart = " " if self.actor[-1:].isascii() else ""
        return f"{self.department}{self.actor}{apart}{self.verb}"


def lines_of(*, entries: Sequence[Entry], reader: Actor, on: date) -> list[Line]:
    """Give entries as lines for a reader, who is led only to pages the reader's role may open."""
    actors = _actors({entry.actor for entry in entries})
    objects = _objects(entries, reader, on)
    homes = dict(
        accounts.officers().filter(username__in=list(actors)).values_list("username", "department_code").order_by()
    )
    return [
        _line(entry, actors[entry.actor], homes.get(entry.actor, ""), objects[entry.object_kind, entry.object_id])
        for entry in entries
    ]


def _line(entry: Entry, actor: str, home: str, named: Named) -> Line:
    code = entry.department_code
    short = catalogue.department_names().get(code)
    said = (short and short in actor) or department_words(code) == named.text
    beside = "" if said else department_words(code)
    return Line(
        position=entry.position,
        at=entry.at,
        actor=actor,
        department=beside if home == code else "",
        verb=word(entry.operation),
        object=named,
        concerned=beside if home != code else "",
        notes=notes(entry.payload),
        hash=bytes(entry.hash).hex(),
    )


def _actors(names: Collection[str]) -> dict[str, str]:
    spoken = accounts.spoken_names(names=names, departments={})
    called = {r: n for r, n in _names_of_recipients(n.removeprefix(RECIPIENT_ACCOUNT) for n in names)}
    return {name: spoken.get(name) or _other_actor(name, called) for name in names}


def _other_actor(name: str, recipients_called: dict[str, str]) -> str:
    if name.startswith(SUBJECT_ACCOUNT):
        return f"信用信息主体 {name.removeprefix(SUBJECT_ACCOUNT)}"
    if name.startswith(RECIPIENT_ACCOUNT):
        number = name.removeprefix(RECIPIENT_ACCOUNT)
        return f"接收方“{recipients_called.get(number, number)}”"
    return word(READER_ACCOUNT) if name == READER_ACCOUNT else name


def _names_of_recipients(ids: Iterable[str]) -> Iterable[tuple[str, str]]:
    known = [number for number in ids if number.isdecimal()]
    found = recipients.recipients().filter(pk__in=known).values_list("pk", "name") if known else ()
    return [(str(pk), name) for pk, name in found]


def _objects(entries: Sequence[Entry], reader: Actor, on: date) -> dict[tuple[str, str], Named]:
    by_kind: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.object_kind, {}).setdefault(entry.object_id, entry)
    named: dict[tuple[str, str], Named] = {}
    for kind, found in by_kind.items():
        known = _NAMES[kind](found, reader, on) if kind in _NAMES else {}
        for object_id in found:
            named[kind, object_id] = known.get(object_id) or Named(_by_number(kind, object_id))
    return named


def _by_number(kind: str, object_id: str) -> str:
    if not object_id:
        return ""
    return f"{word(kind)} {object_id}" if not object_id.isdecimal() else f"第 {object_id} 号{word(kind)}"


# --- names by kind --------------------------------------------------------------------------------------------------


def _numbers(ids: Iterable[str]) -> list[int]:
    return [int(i) for i in ids if i.isascii() and i.isdecimal() and len(i) < 19]


def _cases(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    del reader, on
    rows = casework.cases().filter(pk__in=_numbers(found)).values_list("pk", "number")
    return {str(pk): Named(f"案件 {number}", reverse("casework:case", args=[pk])) for pk, number in rows}


def _records(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    """A record leads to its page where the public sees one; what is held back or ended has no page of its own."""
    del reader
    ids = _numbers(found)
    rows = subjects.records().filter(pk__in=ids).values_list("pk", "document_number")
    shown = {
        record.id
        for record in disclosure.visible_records(
            audience=Audience.PUBLIC, on=on, matching=Q(pk__in=ids), limit=len(ids)
        )
    }
    return {
        str(pk): Named(
            f"记录“{number}”" if number else f"第 {pk} 号记录",
            reverse("disclosure:record", args=[pk]) if pk in shown else "",
        )
        for pk, number in rows
    }


def _subjects(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    del reader, on
    rows = subjects.subjects().filter(pk__in=_numbers(found)).values_list("pk", "name", "uscc")
    return {
        str(pk): Named(f"主体“{name}”", reverse("disclosure:subject", args=[uscc]) if uscc else "")
        for pk, name, uscc in rows
    }


def _submissions(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    del reader, on
    known = intake.submissions().filter(pk__in=_numbers(found)).values_list("pk", flat=True)
    return {str(pk): Named(f"第 {pk} 号报送", reverse("intake:submission", args=[pk])) for pk in known}


def _questions(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    del reader, on
    rows = matching.questions().filter(pk__in=_numbers(found)).values_list("pk", "written_name")
    return {str(pk): Named(f"所报名称“{name}”", reverse("oversight:question", args=[pk])) for pk, name in rows}


def _recipients(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    del on
    may_open = reader.role in OFFICE_ROLES | {Role.ADMINISTRATOR}
    return {
        number: Named(f"接收方“{name}”", reverse("recipients:recipient", args=[number]) if may_open else "")
        for number, name in _names_of_recipients(found)
    }


def _notices(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    del on
    rows = recipients.notices().filter(delivery_id__in=list(found)).values_list("pk", "delivery_id", "recipient__name")
    return {
        str(delivery): Named(
            f"给“{name}”的变更通知", reverse("recipients:notice", args=[pk]) if reader.role in OFFICE_ROLES else ""
        )
        for pk, delivery, name in rows
    }


def _officers(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    """An account is called by its name, which the act noted; the number says nothing to anybody."""
    del reader, on
    return {
        object_id: Named(f"账号 {account or object_id}")
        for object_id, entry in found.items()
        if (account := noted(entry.payload, "account")) or not object_id.isdecimal()
    }


def _proposals(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    """A proposal of a right leads an auditor to its reasons."""
    del on
    of = {number: f"第 {number} 号权限拟办" for number in found}
    may_open = reader.role is Role.AUDITOR
    return {n: Named(words, reverse("accounts:proposal", args=[n]) if may_open else "") for n, words in of.items()}


def _departments(found: dict[str, Entry], reader: Actor, on: date) -> dict[str, Named]:
    del reader, on
    return {code: Named(department_words(code), reverse("oversight:department", args=[code])) for code in found}


_NAMES: dict[str, Callable[[dict[str, Entry], Actor, date], dict[str, Named]]] = {
    "case": _cases,
    "department": _departments,
    "notice": _notices,
    "grant_proposal": _proposals,
    "officer": _officers,
    "question": _questions,
    "recipient": _recipients,
    "record": _records,
    "subject": _subjects,
    "submission": _submissions,
}


# --- what a reader looks for ----------------------------------------------------------------------------------------


def actors_called(*, words: str) -> set[str]:
    """Give the names under which whoever is called so may have acted: an account, a person, an identifier."""
    wanted = words.strip()
    officers = accounts.officers().filter(Q(username=wanted) | Q(display_name__icontains=wanted))
    found = {wanted, f"{SUBJECT_ACCOUNT}{wanted.upper()}", *officers.values_list("username", flat=True)}
    found |= {name for name, said in accounts.spoken_names(names=(), departments={}).items() if said == wanted}
    found |= {
        f"{RECIPIENT_ACCOUNT}{pk}"
        for pk in recipients.recipients().filter(_called(wanted)).values_list("pk", flat=True)[:LOOKED_FOR]
    }
    return found | ({READER_ACCOUNT} if wanted == word(READER_ACCOUNT) else set())


def objects_called(*, words: str) -> set[tuple[str, str]]:
    """
    Give kind and number of the objects called so: a case by its number, a record by that of its document, a subject by
    its identifier or a part of its name, with the cases and records that are about it.
    """
    wanted = words.strip()
    found = {("", wanted)}
    if case := casework.case_by_number(number=wanted):
        found.add(("case", str(case.pk)))
    named = list(
        subjects.subjects().filter(Q(uscc=wanted.upper()) | _called(wanted)).values_list("pk", flat=True)[:LOOKED_FOR]
    )
    about = casework.cases().filter(subject_id__in=named).order_by("-pk").values_list("pk", flat=True)
    numbered = (
        subjects.records().filter(Q(document_number=wanted) | Q(subject_id__in=named)).order_by("-pk").values_list("pk")
    )
    found |= {("subject", str(pk)) for pk in named} | {("case", str(pk)) for pk in about[: LOOKED_FOR * 4]}
    return found | {("record", str(pk)) for (pk,) in numbered[: LOOKED_FOR * 4]}


def _called(wanted: str) -> Q:
    return Q(name__contains=wanted) if len(wanted) >= SHORTEST_PART else Q(name=wanted)
