"""What runs in the child process: a stored file is recognised, read, checked and counted a second time."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Source
from publiccredit.intake.checking import Checker
from publiccredit.intake.checks import natural_person
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.reading import Candidate, OpenedFile, candidates, open_file
from publiccredit.intake.types import (
    ACCEPTED,
    DUPLICATE,
    OUTCOME,
    RETURNED,
    CheckContext,
    CheckedChunk,
    CheckSummary,
    Recognition,
    UnableToRead,
)


def check_stored_file(
    *,
    path: str,
    file_name: str,
    department_code: str,
    source: str,
    submitted_on: str,
    served_on: str | None,
    overrides: list[str],
) -> Iterator[Recognition | CheckedChunk | CheckSummary]:
    """
    Give what a file was recognised as, its checked chunks, and how it came out.

    :raises UnableToRead: the file as a whole cannot be taken.
    """
    on = date.fromisoformat(submitted_on)
    sources = sources_for(department_code=department_code, source=source, on=on)
    forms = _candidates(sources, on)
    opened = open_file(path=Path(path), candidates=forms, name=file_name)
    recognition = opened.recognition
    yield recognition
    context = CheckContext(
        department_code=department_code,
        submitted_on=on,
        served_on=date.fromisoformat(served_on) if served_on else None,
        overrides=frozenset(overrides),
        providers=_bearers(),
    )
    book = _rulebook(recognition, forms, source_for(recognition=recognition, sources=sources), on)
    yield from _checked(opened, Checker(book=book, context=context, recognition=recognition), book)


def _checked(opened: OpenedFile, checker: Checker, book: Rulebook) -> Iterator[CheckedChunk | CheckSummary]:
    person = book.issue_kinds[natural_person.NAME].code
    outcomes = {ACCEPTED: 0, RETURNED: 0, DUPLICATE: 0}
    persons = 0
    for raw in opened.chunks():
        checked = checker.check(raw.rows)
        for outcome, number in checked.rows[OUTCOME].value_counts().iter_rows():
            outcomes[outcome] += number
        persons += checked.issues.filter(pl.col("code") == person).select("sheet", "row").n_unique()
        yield checked
    yield CheckSummary(
        rows=sum(outcomes.values()),
        accepted=outcomes[ACCEPTED],
        returned=outcomes[RETURNED],
        duplicates=outcomes[DUPLICATE],
        persons_refused=persons,
        counted_independently=opened.counted(),
    )


def sources_for(*, department_code: str, source: str, on: date) -> tuple[Source, ...]:
    """
    Give the sources a file may belong to: the one named, or all the department may send.

    :raises UnableToRead: the department may send none, or not the one named.
    """
    sources = catalogue.sources_of(department=department_code, on=on)
    name = catalogue.department(code=department_code).name
    titles = "、".join(f"{s.title}({s.name})" for s in sources)
    if not sources:
        raise UnableToRead(
            code="no_source", message=f"{name}没有可报送的数据来源。请联系信用办,在 packs/industries 中登记后再报送。"
        )
    if not source:
        return sources
    chosen = tuple(s for s in sources if s.name == source)
    if not chosen:
        raise UnableToRead(
            code="not_your_source",
            message=f"{name}不报送数据来源“{source}”。可报送的有:{titles}。请改选其一,或不指定由系统识别。",
        )
    return chosen


def source_for(*, recognition: Recognition, sources: tuple[Source, ...]) -> Source:
    """
    Give the one source a recognised file belongs to.

    :raises UnableToRead: several sources of the department carry this record type, and none was named.
    """
    fitting = [s for s in sources if s.record_type == recognition.record_type]
    if len(fitting) != 1:
        titles = "、".join(f"{s.title}({s.name})" for s in fitting)
        raise UnableToRead(
            code="unclear_source",
            message=f"识别为“{recognition.record_type_title}”,本部门有几个数据来源都报送此类信息:{titles}。请指明其一。",
        )
    return fitting[0]


def _candidates(sources: tuple[Source, ...], on: date) -> tuple[Candidate, ...]:
    types = {s.record_type: catalogue.record_type(name=s.record_type, on=on) for s in sources}
    forms = {f.name: f for s in sources for f in catalogue.forms_of(source=s, on=on)}
    return candidates(record_types=types.values(), forms=forms.values())


def _rulebook(recognition: Recognition, forms: tuple[Candidate, ...], source: Source, on: date) -> Rulebook:
    chosen = next(c for c in forms if c.form.name == recognition.form)
    record_type = chosen.record_type
    tables = {f.codes for f in record_type.fields if f.codes}
    return Rulebook(
        record_type=record_type,
        form=chosen.form if chosen.form.name != record_type.name else None,
        source=source,
        codes={name: catalogue.code_table(name=name, on=on) for name in tables},
        issue_kinds={kind.check: kind for kind in catalogue.packs().issues},
    )


def _bearers() -> dict[str, str]:
    """Every name and identifier by which an authority may be written, to its department."""
    return {
        bearer: department.code
        for department in catalogue.departments()
        for bearer in (department.name, department.short_name, department.uscc, *department.aliases)
    }
