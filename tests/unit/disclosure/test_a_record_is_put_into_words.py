"""What a reader is told of a record's state, its severity and its last day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import CONFIDENCE_TITLES, Nature, Severity
from publiccredit.disclosure import words
from publiccredit.disclosure.types import Standing, VisibleRecord
from publiccredit.subjects.queries import ContestedParts

DECIDED = date(2026, 11, 3)
UNTIL = date(2027, 3, 1)  # the first day on which the record is no longer shown
RECORD = VisibleRecord(
    id=1,
    subject_id=1,
    record_type="administrative_penalty",
    title="行政处罚",
    nature=Nature.ADVERSE,
    standing=Standing.SHOWN,
    source="market_regulation/penalty",
    item="",
    department_code="market_regulation",
    authority_name="",
    authority_uscc="",
    document_number="濉市监处罚〔2026〕1号",
    document_sha256="",
    decided_on=DECIDED,
    served_on=date(2026, 11, 4),
    received_on=date(2026, 11, 10),
    published_on=date(2026, 11, 11),
    working_days_taken=5,
    late=False,
    effective_from=None,
    effective_until=None,
    severity=None,
    severity_rule="",
    severity_correction=None,
    repairable_from=None,
    disclosed_until=UNTIL,
    fields=(),
    dispute=None,
    contested=ContestedParts(whole=False, fields=()),
    suit_pending=False,
    statement="",
    known_from=datetime(2026, 11, 10, 2, tzinfo=UTC),
    known_until=None,
)


@pytest.mark.parametrize(
    ("standing", "nature", "until", "kind", "text"),
    [
        (Standing.ENDED, Nature.ADVERSE, UNTIL, "ended", "公示期满"),
        (Standing.ENDED, Nature.ADVERSE, DECIDED, "ended", "不公示"),  # a slight conduct has a term without a day
        (Standing.WITHDRAWN, Nature.ADVERSE, UNTIL, "ended", "已撤回"),
        (Standing.HELD, Nature.ADVERSE, None, "waiting", "待送达，不公示"),
        (Standing.NOT_YET, Nature.ADVERSE, UNTIL, "waiting", "尚未公示"),
        (Standing.SHOWN, Nature.ADVERSE, UNTIL, "adverse", "公示至 2027-02-28"),
        (Standing.SHOWN, Nature.ADVERSE, None, "adverse", "公示中"),
        (Standing.SHOWN, Nature.NEUTRAL, UNTIL, "active", "公示至 2027-02-28"),
        (Standing.SHOWN, Nature.NEUTRAL, None, "active", "公示中"),
    ],
)
def test_a_record_says_whether_it_is_shown_and_through_which_day(
    standing: Standing, nature: Nature, until: date | None, kind: str, text: str
) -> None:
    record = replace(RECORD, standing=standing, nature=nature, disclosed_until=until)
    assert words.status_of(record) == words.Status(kind, text)


def test_the_last_day_is_the_day_before_the_first_one_without() -> None:
    untils = (date(2028, 3, 1), None, DECIDED)
    assert [words.last_day(replace(RECORD, disclosed_until=until)) for until in untils] == ["2028-02-29", "", ""]


def test_what_the_packs_no_longer_hold_is_called_by_its_code() -> None:
    assert words.department_name("market_regulation") == catalogue.department(code="market_regulation").name
    assert words.department_name("abolished_office") == "abolished_office"
    source = catalogue.source(name="market_regulation/penalty")
    assert words.source_title("market_regulation/penalty") == source.title
    assert words.source_title("abolished_office/penalty") == "abolished_office/penalty"


def test_a_record_without_severity_says_nothing_of_it() -> None:
    assert words.severity_words(RECORD) is None


def test_a_severity_names_the_rule_that_gave_it_and_how_well_it_is_known() -> None:
    held = catalogue.packs().severity_classifications[0]
    rule = held.rules[0]
    record = replace(RECORD, severity=Severity.SERIOUS, severity_rule=f"{held.name}/{rule.name}")
    assert words.severity_words(record) == words.SeverityWords(
        title="严重", rule=held.title, basis=rule.basis, confidence=CONFIDENCE_TITLES[rule.confidence]
    )


def test_a_severity_no_rule_gave_says_that_the_shorter_term_was_taken() -> None:
    held = catalogue.packs().severity_classifications[0]
    record = replace(RECORD, severity=Severity.GENERAL, severity_rule=f"{held.name}/nothing_fits")
    assert words.severity_words(record) == words.SeverityWords(
        "一般", f"{held.title}：没有相符的规则，按较短的公示期", held.source, "待核对"
    )


def test_a_severity_the_department_gave_is_said_to_be_its_own() -> None:
    record = replace(RECORD, severity=Severity.SLIGHT, severity_rule="")
    assert words.severity_words(record) == words.SeverityWords("轻微", "由作出决定的部门认定", "", "")
