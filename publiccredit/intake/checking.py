"""
A file checked from end to end: read, recognised, held against its rulebook, and counted a second time.

Takes a path and who sends it. Gives what the file was recognised as, its rows with their issues in chunks, and a
summary. Refuses the file as a whole where rows were lost on the way. Needs neither a database nor the web framework, so
the same function serves the child process of an upload and the command line on a liaison's own machine.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Packs, Source
from publiccredit.intake.checks import natural_person
from publiccredit.intake.checks.checker import Checker, LookedAt
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.reading import USUAL, Candidate, Limits, Meter, OpenedFile, candidates, open_file
from publiccredit.intake.reading.refusals import refusal
from publiccredit.intake.types import (
    ACCEPTED,
    DUPLICATE,
    OUTCOME,
    RETURNED,
    CheckContext,
    CheckedChunk,
    CheckSummary,
    RawChunk,
    Recognition,
    UnableToRead,
)

__all__ = [
    "IN_NO_FORM",
    "Checker",
    "bearers",
    "check_file",
    "check_stored_file",
    "make_ready",
    "recognise_stored_file",
    "source_of",
    "sources_for",
]

IN_NO_FORM = ("F-103", "F-104")  # no header known, or half a header: it may be that of another source
_AT_ONCE = 2  # chunks that are looked at side by side: Python waits while Polars works


def check_file(
    *,
    path: Path,
    context: CheckContext,
    source: str | None = None,
    name: str | None = None,
    limits: Limits = USUAL,
    within: Packs | None = None,
    meter: Meter | None = None,
) -> Iterator[Recognition | CheckedChunk | CheckSummary]:
    """
    Give what the file was recognised as, then its checked chunks in the order of the file, then the summary.

    Without a source the department and the recognised record type decide. ``name`` is what the sender called the file.
    ``meter`` tells those beside how far it is.

    :raises UnableToRead: it cannot be read, belongs to no source or to several, or its rows do not add up.
    """
    packs, meter = within or catalogue.packs(), meter or Meter()
    sources = sources_for(department_code=context.department_code, source=source, on=context.submitted_on, within=packs)
    forms = _candidates(sources, context.submitted_on, packs)
    try:
        opened = open_file(path=path, candidates=forms, limits=limits, name=name, meter=meter)
    except UnableToRead as refused:
        looks_like = _other_source(path, name, context, sources, packs) if refused.code in IN_NO_FORM else None
        raise looks_like or refused from None
    yield opened.recognition
    book = _rulebook(opened.recognition, forms, sources, context.submitted_on, packs)
    checker = Checker(book=book, context=context, recognition=opened.recognition)
    tally = _Tally(person=book.issue_kinds[natural_person.NAME].code)
    with ThreadPoolExecutor(1, thread_name_prefix="counting") as beside:
        counted = beside.submit(_counted, opened, meter)
        for looked in _looked(checker, opened.chunks()):
            chunk = checker.conclude(looked)
            tally.add(chunk, read=looked.values.height)
            meter.read = max(meter.read, tally.read)
            yield chunk
        yield tally.summary(counted=counted.result())


def _other_source(
    path: Path, name: str | None, context: CheckContext, chosen: tuple[Source, ...], packs: Packs
) -> UnableToRead | None:
    """Give the refusal that names the source a file looks like, where the sender chose another one."""
    theirs = sources_for(department_code=context.department_code, source=None, on=context.submitted_on, within=packs)
    others = tuple(source for source in theirs if source not in chosen)
    try:
        opened = open_file(path=path, candidates=_candidates(others, context.submitted_on, packs), name=name)
    except UnableToRead:
        return None
    fitting = [source for source in others if source.record_type == opened.recognition.record_type]
    return refusal(
        "other_source",
        chosen="、".join(f"“{source.title}”" for source in chosen),
        form=opened.recognition.record_type_title,
        sources="或".join(f"“{source.title}”" for source in fitting),
    )


def make_ready() -> None:
    """Load what checks any file: a child that waits for its order has done so by the time it is known which."""
    catalogue.packs()


def check_stored_file(
    *,
    path: str,
    file_name: str,
    department_code: str,
    source: str | None,
    submitted_on: str,
    served_on: str | None,
    overrides: list[str],
    meter: Meter | None = None,
) -> Iterator[Recognition | CheckedChunk | CheckSummary]:
    """
    Do the same for arguments that are plain JSON: what the limited child process is asked for.

    :raises UnableToRead: as ``check_file``.
    """
    context = CheckContext(
        department_code=department_code,
        submitted_on=date.fromisoformat(submitted_on),
        served_on=date.fromisoformat(served_on) if served_on else None,
        overrides=frozenset(overrides),
        providers=bearers(),
    )
    yield from check_file(path=Path(path), name=file_name, source=source or None, context=context, meter=meter)


def recognise_stored_file(*, path: str, file_name: str, submitted_on: str) -> Iterator[Recognition]:
    """
    Give what a file is among the forms of every source in force, whoever may send it.

    :raises UnableToRead: it is in none of them; the nearest is named, or all there are.
    """
    packs, on = catalogue.packs(), date.fromisoformat(submitted_on)
    sources = tuple(source for source in packs.sources if source.in_force_on(on))
    yield open_file(path=Path(path), candidates=_candidates(sources, on, packs), name=file_name).recognition


def bearers(*, within: Packs | None = None) -> dict[str, str]:
    """Give every name and identifier an authority may be written by, with the code of its department."""
    return {
        bearer: department.code
        for department in catalogue.departments(within=within)
        for bearer in (department.name, department.short_name, department.uscc, *department.aliases)
    }


def sources_for(
    *, department_code: str, source: str | None, on: date, within: Packs | None = None
) -> tuple[Source, ...]:
    """
    Give the sources a file may belong to: the one named, or all that the department may send on the day.

    :raises UnableToRead: the department may send none, or not the one named.
    """
    sources = catalogue.sources_of(department=department_code, on=on, within=within)
    department = catalogue.department(code=department_code, within=within).name
    if not sources:
        raise refusal("no_source", department=department)
    named = tuple(s for s in sources if source in (None, s.name))
    if not named:
        raise refusal("not_your_source", department=department, source=source, sources=_titles(sources))
    return named


def source_of(*, recognition: Recognition, sources: tuple[Source, ...]) -> Source:
    """
    Give the one source a recognised file belongs to.

    :raises UnableToRead: several sources of the department carry this record type in this form, and none was named.
    """
    fitting = [s for s in sources if s.record_type == recognition.record_type]
    taking = [s for s in fitting if recognition.form in (s.record_type, *s.forms)]
    if len(taking) != 1:
        title = recognition.record_type_title
        raise refusal("several_sources", record_type=title, sources=_titles(taking or fitting))
    return taking[0]


def _titles(sources: Iterable[Source]) -> str:
    return "、".join(f"{source.title}（{source.name}）" for source in sources)


def _candidates(sources: tuple[Source, ...], on: date, packs: Packs) -> tuple[Candidate, ...]:
    types = {s.record_type: catalogue.record_type(name=s.record_type, on=on, within=packs) for s in sources}
    forms = {f.name: f for s in sources for f in catalogue.forms_of(source=s, on=on, within=packs)}
    return candidates(record_types=types.values(), forms=forms.values())


def _rulebook(
    recognition: Recognition, forms: tuple[Candidate, ...], sources: tuple[Source, ...], on: date, packs: Packs
) -> Rulebook:
    chosen = next(c for c in forms if c.form.name == recognition.form)
    tables = {field.codes for field in chosen.record_type.fields if field.codes}
    return Rulebook(
        record_type=chosen.record_type,
        form=chosen.form,
        source=source_of(recognition=recognition, sources=sources),
        codes={name: catalogue.code_table(name=name, on=on, within=packs) for name in tables},
        issue_kinds={kind.check: kind for kind in packs.issues},
        units={c.field: c.unit for sheet in recognition.sheets for c in sheet.columns if c.field and c.unit},
    )


def _counted(opened: OpenedFile, meter: Meter) -> int:
    meter.counted = opened.counted()
    return meter.counted


def _looked(checker: Checker, chunks: Iterable[RawChunk]) -> Iterator[LookedAt]:
    """
    Look at some chunks ahead of the one that is concluded on, giving them in the order of the file.

    No more of them wait than are looked at: one chunk fewer in memory, and three threads do not share two cores.
    """
    waiting: deque[Future[LookedAt]] = deque()
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="checking") as pool:
        for chunk in chunks:
            waiting.append(pool.submit(checker.look, chunk.rows))
            if len(waiting) >= _AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Tally:
    """Row conservation: every row read has one outcome, and a second parser counts as many."""

    def __init__(self, *, person: str) -> None:
        self._person = person
        self.read = 0
        self._persons = 0
        self._outcomes = {ACCEPTED: 0, RETURNED: 0, DUPLICATE: 0}

    def add(self, chunk: CheckedChunk, *, read: int) -> None:
        self.read += read
        outcomes = chunk.rows[OUTCOME]
        for outcome in self._outcomes:  # three comparisons take a third of the time of counting what there is
            self._outcomes[outcome] += int((outcomes == outcome).sum())
        self._persons += chunk.issues.filter(pl.col("code") == self._person).select("sheet", "row").n_unique()

    def summary(self, *, counted: int) -> CheckSummary:
        if not sum(self._outcomes.values()) == self.read == counted:
            raise refusal("not_conserved", read=self.read, counted=counted)
        return CheckSummary(
            rows=self.read,
            accepted=self._outcomes[ACCEPTED],
            returned=self._outcomes[RETURNED],
            duplicates=self._outcomes[DUPLICATE],
            persons_refused=self._persons,
            counted_independently=counted,
        )
