"""A mark, a withdrawal, a repair: the page, the interface and the feed all know at once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from publiccredit.casework.operations import escalate, reject_objection, state_on_record
from publiccredit.casework.types import Order
from publiccredit.catalogue.types import Audience, ProcedureName
from publiccredit.disclosure.queries import changes, visible_record
from publiccredit.disclosure.types import Standing
from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    CLERK,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    REASONS,
    objection_ready,
    opened,
    repaired,
    report_ready,
    settled,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers")]


@pytest.fixture
def record() -> Record:
    """A penalty decided four months ago, so that pages which read the clock show it and repair is open."""
    decided_on = timezone.localdate() - timedelta(days=120)
    entry = record_entry(
        actor="program", operation="file", object_kind="submission", object_id=1, at=timezone.now(),
        entry_id=next_entry_id(),
    )  # fmt: skip
    return stored_record(
        subject=stored_subject(),
        decided_on=decided_on,
        served_on=decided_on,
        disclosed_from=decided_on,
        repairable_from=decided_on + timedelta(days=92),
        disclosed_until=decided_on + timedelta(days=365),
        entry_id=entry,
    )


def _page(record: Record) -> tuple[int, str]:
    answer = Client().get(f"/records/{record.pk}/")
    return answer.status_code, answer.content.decode()


def test_a_dispute_is_on_the_page_the_interface_and_the_feed(record: Record) -> None:
    at = timezone.now()
    case = opened(ProcedureName.OBJECTION, record, ground="other", at=at)
    state_on_record(by=OWNER, subject_id=record.subject_id or 0, record_id=record.pk, statement="正在核对", at=at)
    status, page = _page(record)
    assert status == 200
    assert "异议处理中" in page
    assert "主体声明：正在核对" in page
    of_subject = Client().get(f"/api/v1/subjects/{record.subject.uscc}").json() if record.subject else {}
    assert [(r["dispute"], r["statement"]) for r in of_subject["records"]] == [("open", "正在核对")]
    found = changes(audience=Audience.PUBLIC, on=timezone.localdate())
    assert [c.record.dispute for c in found.changes if c.record] == ["open"]
    assert case.entry_id < record_entry_of(record)


def record_entry_of(record: Record) -> int:
    return Record.objects.values_list("entry_id", flat=True).get(pk=record.pk)


def test_a_withdrawn_record_leaves_its_reason_and_a_tombstone(record: Record) -> None:
    at = timezone.now()
    cursor = changes(audience=Audience.PUBLIC, on=timezone.localdate()).next_cursor
    case = report_ready(record, ground="revoked", paper="new_decision", at=at)
    settled(case, "withdrawn_revoked", first=LIAISON, public_notice="复议机关撤销原决定", at=at)
    status, page = _page(record)
    assert status == 410
    assert "原决定被撤销" in page
    assert "复议机关撤销原决定" in page
    assert "销售不合格产品" not in page
    assert "noindex" in page
    found = changes(audience=Audience.PUBLIC, on=timezone.localdate(), cursor=cursor)
    assert [(c.record_id, c.record, c.reason) for c in found.changes] == [(record.pk, None, "withdrawn")]


def test_a_page_that_was_kept_gives_way_to_the_reason_at_the_next_reading(record: Record) -> None:
    """DP-18 allows sixty seconds: neither the platform's kept page nor the copy of a browser outlives the decision."""
    assert record.subject is not None
    at, reader = timezone.now(), Client()
    addresses = [f"/records/{record.pk}/", f"/subjects/{record.subject.uscc}/"]
    tags = {}
    for address in addresses:
        first = reader.get(address)
        tags[address] = first.headers["ETag"]
        assert reader.get(address).content == first.content
        assert reader.get(address, headers={"If-None-Match": tags[address]}).status_code == 304
        assert "max-age" not in first.headers.get("Cache-Control", "")
    case = report_ready(record, ground="revoked", paper="new_decision", at=at)
    settled(case, "withdrawn_revoked", first=LIAISON, public_notice="复议机关撤销原决定", at=at)
    for headers in ({}, {"If-None-Match": tags[addresses[0]]}):
        gone = reader.get(addresses[0], headers=headers)
        assert (gone.status_code, "复议机关撤销原决定" in gone.content.decode()) == (410, True)
    assert reader.get(addresses[1], headers={"If-None-Match": tags[addresses[1]]}).status_code != 304
    assert record.document_number not in reader.get(addresses[1]).content.decode()


def test_a_repaired_record_is_gone_from_every_surface_but_its_subjects(record: Record) -> None:
    at = timezone.now()
    repaired(record, at=at)
    assert _page(record)[0] == 404
    assert Client().get(f"/api/v1/records/{record.pk}").status_code == 404
    found = changes(audience=Audience.PUBLIC, on=timezone.localdate())
    assert [(c.record, c.reason) for c in found.changes] == [(None, "ended")]
    own = visible_record(record_id=record.pk, audience=Audience.SUBJECT, on=timezone.localdate())
    assert own is not None
    assert own.standing is Standing.REPAIRED


def test_a_suspended_record_comes_back_with_the_decision(record: Record) -> None:
    at = timezone.now()
    case = objection_ready(record, at=at)
    escalate(at=at + timedelta(days=30))
    assert _page(record)[0] == 404
    found = changes(audience=Audience.PUBLIC, on=timezone.localdate())
    assert [(c.record, c.reason) for c in found.changes] == [(None, "suspended")]
    own = visible_record(record_id=record.pk, audience=Audience.SUBJECT, on=timezone.localdate())
    assert own is not None
    assert own.standing is Standing.SUSPENDED
    reject_objection(by=CLERK, case_id=case.pk, reasons=REASONS, at=at + timedelta(days=31))
    assert _page(record)[0] == 200


def test_a_stay_that_ends_by_itself_tells_the_feed(record: Record) -> None:
    at, today = timezone.now(), timezone.localdate()
    order = Order(number="濉政复〔2026〕3号", begins=today, until=today + timedelta(days=5))
    settled(
        report_ready(record, ground="stayed", paper="stay_order", at=at), "stayed", first=LIAISON, order=order, at=at
    )
    read = changes(audience=Audience.PUBLIC, on=today)
    assert [c.reason for c in read.changes] == ["suspended"]
    later = changes(audience=Audience.PUBLIC, on=today + timedelta(days=5), cursor=read.next_cursor)
    assert [c.record.id for c in later.changes if c.record] == [record.pk]


def test_a_pending_suit_and_a_note_are_read_where_the_record_is(record: Record) -> None:
    at = timezone.now()
    settled(
        report_ready(record, ground="suit_pending", paper="acceptance_notice", at=at),
        "suit_flagged",
        first=LIAISON,
        at=at,
    )
    settled(objection_ready(record, at=at), "undetermined", first=CLERK, at=at)
    page = _page(record)[1]
    assert "复议或诉讼中" in page
    assert "异议无法核实" in page


def test_what_was_never_public_leaves_no_reason_behind() -> None:
    assert _page(stored_record(subject=None, state="held_unmatched", disclosed_from=None))[0] == 404


def test_an_upheld_objection_gives_its_public_reason(record: Record) -> None:
    at = timezone.now()
    case = objection_ready(record, at=at)
    settled(case, "publication_stopped", first=CLERK, second=OFFICE_HEAD, at=at, public_notice="该处罚依法不应公示")
    status, page = _page(record)
    assert (status, "异议成立，停止公示" in page, "该处罚依法不应公示" in page) == (410, True, True)
