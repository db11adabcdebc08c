"""A liaison opens the page of sending every week: what the office asks and who applies must stand there too."""

import pytest

from publiccredit.casework.operations import answer_as_source, forward_to_source, take_case
from publiccredit.casework.types import Channel
from publiccredit.catalogue.types import ProcedureName
from publiccredit.subjects.models import Record
from tests.flows.cases import AT, CLERK, HEAD, LIAISON, OTHER, REPAIR_PAPERS, hand_in, opened
from tests.flows.officers import browser, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("officers", "an_hour_later")]
DESK = "/intake/"


def test_the_office_s_question_stands_on_the_page_of_sending_with_its_day_until_it_is_answered(record: Record) -> None:
    case = opened(ProcedureName.OBJECTION, record, ground="other", by=CLERK, channel=Channel.COUNTER)
    take_case(by=CLERK, case_id=case.pk, at=AT)
    assert case.number not in read(LIAISON, DESK)
    asked = forward_to_source(by=CLERK, case_id=case.pk, question="请核对金额。", at=AT)
    page = read(LIAISON, DESK)
    assert f'<a href="/cases/{case.pk}/">{case.number}</a>' in page and "信用办转来核实，待答复" in page
    assert f"最迟 <time>{asked.source_due_on}</time>" in page.split('id="cases"')[1].split("</section>")[0]
    assert case.number not in read(OTHER, DESK)
    answer_as_source(by=LIAISON, case_id=case.pk, answer="与决定书一致。", at=AT)
    assert 'id="cases"' not in read(LIAISON, DESK)


def test_a_new_repair_waits_with_the_liaison_and_on_the_first_page_of_the_head(record: Record) -> None:
    case = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed")
    hand_in(case, *REPAIR_PAPERS)
    assert case.number in read(LIAISON, DESK) and "待受理" in read(LIAISON, DESK)

    def to_accept() -> tuple[str, bool]:
        shown = browser(HEAD).get("/oversight/start/")
        figure = next(f.value for f in shown.context["numbers"] if f.title == "待受理")
        return figure, case.number in shown.content.decode().split('id="new"')[1].split("</section>")[0]

    assert to_accept() == ("1", True)
    take_case(by=LIAISON, case_id=case.pk, at=AT)
    assert to_accept() == ("0", False)
    assert "办理中" in read(LIAISON, DESK)
