"""What was repaired or withdrawn is over: no place speaks of the last day of its term, or of a day of repair."""

from datetime import date

import pytest
from django.test import Client

from publiccredit.casework.queries import navigator
from publiccredit.site.commands import program
from publiccredit.subjectdesk.copying import copy_of
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, CLERK, LIAISON, repaired, report_ready, settled
from tests.flows.desks import at_the_desk, opened_by_letter, visitor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]
STATUS = {"repaired": "已修复，不再公示", "withdrawn": "已撤回"}
OVER = {"repaired": "已修复。", "withdrawn": "该记录已经撤回，不需要修复。"}


@pytest.mark.parametrize("end", STATUS)
def test_what_a_decision_ended_has_neither_a_last_day_nor_a_day_of_repair(
    record: Record, end: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if end == "repaired":
        repaired(record)
    else:
        settled(report_ready(record, ground="revoked", paper="new_decision"), "withdrawn_revoked", first=LIAISON)
    assert record.subject is not None
    visitor = visitor_of(opened_by_letter(record.subject, at=AT), at=AT)
    for on in (AT.date(), date(2027, 6, 1)):  # within its term, and after
        (copied,) = copy_of(visitor=visitor, at=AT, on=on).records
        assert (copied.shown_until, copied.disclosed_until, copied.repair_opens_on) == ("", None, None)
        assert copied.status == STATUS[end]
        found = navigator(record_id=record.pk, on=on)
        assert found is not None and found.over == OVER[end]
    page = at_the_desk(record.subject, Client()).get(f"/mine/records/{record.pk}/").content.decode()
    assert OVER[end] in page and "最后公示日" not in page and "2027-05-19" not in page
    words = ["case", "navigate", str(record.pk), "--by", CLERK.name]
    monkeypatch.setattr("sys.argv", ["publiccredit", *words])
    monkeypatch.setattr("publiccredit.site.commands.running.now", lambda: AT)
    capsys.readouterr()
    program.main(args=words, prog_name="publiccredit", standalone_mode=False)
    said = capsys.readouterr().out.splitlines()
    assert (said[0], len(said)) == (OVER[end], 5 if end == "repaired" else 1)  # each of the four effects with its time
    assert not any("最早可修复" in line for line in said)
