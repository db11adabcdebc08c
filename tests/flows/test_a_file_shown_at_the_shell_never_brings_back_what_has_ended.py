"""`show` at the shell: another day only takes away from what is public today, and a recipient is given today's alone."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from publiccredit.recipients.models import Handover
from publiccredit.site.commands import asking
from publiccredit.site.commands.speaking import DONE, FOUND, Refused
from publiccredit.subjects.models import Look, Subject
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.recipients import registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]

TODAY = date(2026, 9, 1)
AS_OF_JUNE = datetime(2026, 6, 15, tzinfo=UTC)
Shown = Callable[..., list[str]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Show a subject's file in this process: the document numbers answered."""
    answered: list[dict[str, Any]] = []
    monkeypatch.setattr(asking, "database_ready", lambda: None)
    monkeypatch.setattr(asking, "today", lambda: TODAY)
    monkeypatch.setattr(asking, "answer", answered.append)
    assert asking.show.callback is not None
    show = asking.show.callback

    def numbers(subject: Subject, *, expected: int = DONE, **asked: Any) -> list[str]:
        answered.clear()
        usual = {"on": None, "as_known_at": None, "recipient": None}
        assert show(identifier=subject.uscc or "", **(usual | asked)) == expected
        return sorted(record["document_number"] for record in answered[0]["records"])

    return numbers


@pytest.fixture
def subject() -> Subject:
    """A subject with two penalties public today, of which one ends first, one that has ended and one to come."""
    subject = stored_subject()
    stored_record(subject=subject, number=1)
    stored_record(subject=subject, number=2, disclosed_until=date(2026, 10, 1))
    stored_record(subject=subject, number=3, disclosed_until=date(2026, 8, 1))
    stored_licence(subject=subject, number=4, disclosed_from=date(2026, 12, 1))
    return subject


ONE, TWO = "濉市监罚〔2026〕1号", "濉市监罚〔2026〕2号"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (None, [ONE, TWO]),
        (TODAY, [ONE, TWO]),
        (date(2026, 7, 1), [ONE, TWO]),  # the third was public then, and has ended since
        (date(2026, 12, 15), [ONE]),  # the second will have ended; the fourth has not begun today
    ],
)
def test_another_day_chooses_among_what_is_public_today(
    on: date | None, expected: list[str], subject: Subject, shown: Shown
) -> None:
    assert shown(subject, on=on) == expected
    assert not Handover.objects.exists()
    assert not Look.objects.exists()


def test_of_what_was_known_earlier_another_day_chooses_too(subject: Subject, shown: Shown) -> None:
    assert shown(subject, as_known_at=AS_OF_JUNE) == [ONE, TWO]
    assert shown(subject, as_known_at=AS_OF_JUNE, on=date(2026, 12, 15)) == [ONE]
    assert shown(subject, as_known_at=AS_OF_JUNE, on=date(2026, 5, 1), expected=FOUND) == []


def test_a_day_of_no_record_public_today_is_said_and_a_file_that_has_ended_stays_unknown(
    subject: Subject, shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert shown(subject, on=date(2026, 5, 1), expected=FOUND) == []
    assert capsys.readouterr().out.splitlines()[-2:] == ["现在公开的记录中，2026-05-01 也在公示期内的：", "  没有。"]
    ended = stored_subject(number=2, name="濉溪县已满建材有限公司")
    stored_record(subject=ended, number=5, disclosed_until=date(2026, 8, 1))
    for on in (None, date(2026, 7, 1)):
        with pytest.raises(Refused, match=r"没有代码为“.*”且现在有公开信息的主体") as unknown:
            shown(ended, on=on)
        assert unknown.value.where == "代码"
        assert ended.name not in str(unknown.value)


def test_a_recipient_is_given_what_is_public_today_and_nothing_else(subject: Subject, shown: Shown) -> None:
    recipient = registered()
    for asked, where in (
        ({"on": date(2026, 7, 1)}, "--on"),
        ({"on": date(2026, 12, 15)}, "--on"),
        ({"as_known_at": AS_OF_JUNE}, "--as-known-at"),
    ):
        with pytest.raises(Refused, match="提供给接收方的，只能是现在公开的内容") as refused:
            shown(subject, recipient=recipient.name, **asked)
        assert refused.value.where == where
    assert not Handover.objects.exists()
    assert shown(subject, recipient=recipient.name, on=TODAY) == [ONE, TWO]
    given = Handover.objects.values_list("recipient_id", "record__document_number", "way", "purpose")
    assert sorted(given) == [(recipient.pk, n, "export", recipient.purpose) for n in (ONE, TWO)]
    assert Look.objects.filter(subject=subject).count() == 1
