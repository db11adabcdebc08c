"""Characters that the database cannot hold cost a file nothing, and leave nothing half-filed."""

import io
import zipfile

import pytest

from publiccredit.intake.models import Submission
from publiccredit.intake.operations import file_submission, receive_submission
from publiccredit.intake.queries import result
from publiccredit.subjects.models import Record
from tests.factories import penalty_row, sent_csv
from tests.flows.filing import AT, LIAISON, check_here

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]


def _workbook(**cells: str) -> bytes:
    """Give one penalty as a workbook, its cells written as another program may write them."""
    import csv

    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("数据")
        lines = csv.reader(io.StringIO(sent_csv([penalty_row(1, **cells)]).decode()))
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, [*line, "别NUL列" if number == 0 else "x"])
    changed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"NUL", b"_x0000_"))
    return changed.getvalue()


def _send(content: bytes) -> Submission:
    received = receive_submission(
        by=LIAISON, department_code="market_regulation", file=io.BytesIO(content), file_name="双公示.xlsx",
        channel="page", at=AT,
    )  # fmt: skip
    return file_submission(submission_id=received.pk, at=AT, check=check_here)


def test_a_nul_in_a_cell_is_left_out() -> None:
    submission = _send(_workbook(violation_facts="销售NUL不合格水泥"))
    assert (submission.state, submission.accepted) == ("filed", 1)
    assert Record.objects.get().content["violation_facts"] == "销售不合格水泥"
    assert [issue["found"] for issue in result(submission=submission)["issues"]] == ["别列"]


def test_a_nul_in_a_word_that_is_returned_is_left_out_of_the_issue() -> None:
    submission = _send(_workbook(penalty_kind="罚NUL没"))
    assert (submission.state, submission.returned) == ("filed", 1)
    assert [issue["found"] for issue in result(submission=submission)["issues"]][-1] == "罚没"
