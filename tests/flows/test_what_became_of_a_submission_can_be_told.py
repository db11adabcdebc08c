"""The answer to a submission: its figures, its issues in whole sentences, and the sender's own file with its marks."""

from datetime import date

import openpyxl
import pytest

from publiccredit.accounts.operations import acting
from publiccredit.intake import queries
from publiccredit.intake.operations import declare_nil_return, file_submission
from publiccredit.intake.types import UnableToRead
from publiccredit.ledger.models import Entry
from tests.factories import penalty_row
from tests.flows.filing import AT, LIAISON, OTHER_LIAISON, outcome, receive, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]

ROWS = [penalty_row(1), penalty_row(1), penalty_row(2, fine_fen="-1")]


def test_the_result_has_figures_and_issues_in_words() -> None:
    result = queries.result(submission=send(ROWS))
    assert {k: result[k] for k in ("state", "rows", "accepted", "returned", "duplicates", "source")} == {
        "state": "filed", "rows": 3, "accepted": 1, "returned": 1, "duplicates": 1,
        "source": "market_regulation/penalty",
    }  # fmt: skip
    issue = next(i for i in result["issues"] if i["severity"] == "return")
    assert (issue["row"], issue["column"], issue["found"]) == (4, "罚款金额（万元）", "-1")
    assert issue["message"].startswith("第 4 行“罚款金额（万元）”")
    assert result["recognised"]["record_type"] == "administrative_penalty"


def test_the_workbook_says_of_each_row_what_became_of_it() -> None:
    submission = send(ROWS)
    with queries.annotated_workbook(submission_id=submission.pk) as stream:
        sheet = openpyxl.load_workbook(stream).worksheets[0]
    words = [row[-1] for row in sheet.iter_rows(min_row=2, max_row=4, values_only=True)]
    assert words == ["接受", "重复", "退回"]


def test_a_file_that_is_not_recognised_is_refused_with_a_sentence_and_nothing_kept() -> None:
    submission = receive([], record_type="administrative_penalty")

    def unreadable(_: object) -> object:
        raise UnableToRead(code="F-101", message="文件打不开。请另存后重新上传。")

    refused = file_submission(submission_id=submission.pk, at=AT, check=unreadable)
    assert (refused.state, refused.refusal, refused.rows) == ("refused", "文件打不开。请另存后重新上传。", None)
    assert [e.operation for e in Entry.objects.all()] == ["receive_submission", "refuse_submission"]
    with pytest.raises(queries.NothingToAnnotate):
        queries.annotated_workbook(submission_id=submission.pk)


def test_an_error_of_the_program_refuses_the_file_without_quoting_it() -> None:
    submission = receive(ROWS)

    def failing(_: object) -> object:
        raise ValueError("张三 340621199001011234")

    refused = file_submission(submission_id=submission.pk, at=AT, check=failing)
    assert refused.state == "refused"
    assert "张三" not in refused.refusal
    assert str(submission.pk) in refused.refusal


def test_a_finished_submission_is_not_filed_again() -> None:
    submission = send(ROWS)
    again = file_submission(submission_id=submission.pk, at=AT)
    assert outcome(again) == outcome(submission)
    assert Entry.objects.filter(operation="file_submission").count() == 1


def test_submissions_are_found_by_department_officer_and_state() -> None:
    submission = send(ROWS, idempotency_key="k1")
    receive(ROWS)
    filed = queries.submissions(department_code="market_regulation", officer=LIAISON.name, state="filed")
    assert [s.pk for s in filed] == [submission.pk]
    assert queries.finished_idempotency_keys() == {("market_regulation", "k1")}
    with acting(actor=OTHER_LIAISON):
        assert not queries.submissions().exists()
        with pytest.raises(queries.Submission.DoesNotExist):
            queries.submission(submission_id=submission.pk)


def test_a_nil_return_is_listed_by_its_period() -> None:
    period = {"period_from": date(2026, 11, 2), "period_until": date(2026, 11, 9)}
    declare_nil_return(
        by=LIAISON, department_code="market_regulation", source="market_regulation/penalty", at=AT, **period
    )
    assert queries.declared_nil_periods() == {
        ("market_regulation", "market_regulation/penalty", date(2026, 11, 2), date(2026, 11, 9))
    }
