"""The office's pages: the board, a department's figures, the late list, the review of subjects."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache

from publiccredit.accounts.types import Role
from publiccredit.disclosure import queries as disclosure
from publiccredit.intake.operations import declare_nil_return
from publiccredit.ledger.models import Entry
from publiccredit.matching.models import Question
from publiccredit.oversight import queries
from publiccredit.oversight.types import Cell, CellKind
from publiccredit.subjects.models import Record
from tests.factories import penalty_row, synthetic_uscc
from tests.flows.filing import AT, LIAISON, OTHER_LIAISON, send
from tests.flows.test_a_liaison_works_at_the_desk import Browser, client_of, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
NOW = datetime(2026, 11, 17, 4, tzinfo=UTC)  # the Tuesday after the week of the files
THIS_WEEK, LAST_WEEK = date(2026, 11, 16), date(2026, 11, 9)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


@pytest.fixture
def clerk() -> Browser:
    return client_of(Role.OFFICE_CLERK)


def cell(code: str, week: date) -> Cell:
    held = queries.board(on=NOW.date(), weeks=3)
    row = next(r for r in held.rows if r.figures.department_code == code)
    return next(c for c in row.cells if c.week == week)


def nil(source: str, *, by: object = LIAISON) -> None:
    declare_nil_return(
        by=by,  # type: ignore[arg-type]
        department_code=by.department_code,  # type: ignore[attr-defined]
        source=source,
        period_from=LAST_WEEK,
        period_until=LAST_WEEK + timedelta(days=7),
        at=AT,
    )


def test_a_week_in_which_a_source_neither_came_nor_was_declared_nil_is_missing() -> None:
    send([penalty_row(1)])
    found = cell("market_regulation", LAST_WEEK)
    assert (found.kind, found.accepted) == (CellKind.MISSING, 1)
    assert found.missing == ("市场监管行政许可", "企业登记注册信息")


def test_a_week_is_on_time_when_everything_came_or_was_declared_nil() -> None:
    send([penalty_row(1)])
    nil("market_regulation/licence")
    nil("market_regulation/registration")
    found = cell("market_regulation", LAST_WEEK)
    assert (found.kind, found.missing, found.nil) == (CellKind.ON_TIME, (), 2)


def test_a_week_of_nil_returns_alone_is_nil_and_the_running_week_is_not_missing_yet() -> None:
    for source in ("market_regulation/licence", "market_regulation/registration", "market_regulation/penalty"):
        nil(source)
    assert cell("market_regulation", LAST_WEEK).kind is CellKind.NIL
    assert cell("market_regulation", THIS_WEEK).kind is CellKind.NOTHING_DUE


def test_a_nil_return_after_its_week_ends_the_red_and_says_that_it_came_late() -> None:
    for source in ("market_regulation/licence", "market_regulation/registration", "market_regulation/penalty"):
        declare_nil_return(
            by=LIAISON, department_code="market_regulation", source=source, period_from=LAST_WEEK,
            period_until=THIS_WEEK, at=NOW,
        )  # fmt: skip
    found = cell("market_regulation", LAST_WEEK)
    assert (found.kind, found.nil, found.nil_late) == (CellKind.NIL, 3, 3)
    board = said(client_of(Role.AUDITOR).get("/oversight/"))
    assert "零报（迟）" in board and "零报送 3 项，其中 3 项在期限之后" in board


def test_late_records_make_a_week_late_and_returned_rows_make_it_returned() -> None:
    nil("market_regulation/licence")
    nil("market_regulation/registration")
    send([penalty_row(1), penalty_row(2, penalty_kind="罚金")])
    assert cell("market_regulation", LAST_WEEK).kind is CellKind.RETURNED
    send([penalty_row(3, decided_on="2026-10-12", served_on="2026-10-13")], later=60)
    found = cell("market_regulation", LAST_WEEK)
    assert (found.kind, found.late, found.accepted, found.returned) == (CellKind.LATE, 1, 2, 1)


def test_figures_follow_their_formulas_and_rows_on_file_already_count_on_neither_side() -> None:
    rows = [
        penalty_row(1),
        penalty_row(2, decided_on="2026-10-12", served_on="2026-10-13"),
        penalty_row(3, penalty_kind="罚金"),
    ]
    send(rows)
    send(rows, later=60)
    found = queries.figures(since=LAST_WEEK, until=THIS_WEEK, department_code="market_regulation")[0]
    assert (found.submissions, found.accepted, found.returned, found.duplicates) == (2, 2, 1, 3)
    assert (found.compliance, found.timed, found.late, found.late_share) == (2 / 3, 2, 1, 0.5)


def test_the_public_the_table_and_the_office_say_one_compliance_with_what_it_is_a_share_of(clerk: Browser) -> None:
    rows = [penalty_row(1), penalty_row(2), penalty_row(3, penalty_kind="罚金")]
    send(rows)
    send(rows, later=60)  # two rows are on file already, one comes back again: the share stays
    cache.clear()
    table = said(Browser().get("/departments/"))
    assert "合规率 = 接受的行 ÷（接受的行 + 退回的行），重复报送的行不计" in table
    for text in (
        table,
        said(Browser().get("/departments/market_regulation/")),
        said(clerk.get("/oversight/departments/market_regulation/")),
    ):
        assert "66.7" in text
        assert "2 ÷ 3" in text or "接受 2 ÷ 接受和退回 3 行" in text
        assert "重复报送的行，是已在库的行和同一份文件再次报送时又退回的行" in text


def test_a_file_sent_again_weighs_nothing_on_the_board_and_a_corrected_one_does(clerk: Browser) -> None:
    rows = [penalty_row(1), penalty_row(2, penalty_kind="罚金")]
    send(rows)
    send(rows, later=60)
    assert _counted() == (1, 1, 2)
    send([penalty_row(1), penalty_row(2)], later=120)  # one on file, one corrected
    assert _counted() == (2, 1, 3)
    assert cell("market_regulation", LAST_WEEK).returned == 1
    send(rows, later=180)  # the first workbook once more
    assert _counted() == (2, 1, 5)
    assert "66.7%" in said(clerk.get("/oversight/departments/market_regulation/"))


def _counted() -> tuple[int, int, int]:
    """Give accepted, returned and repeated rows as the office counts them; the public is told the same."""
    office = queries.figures(since=LAST_WEEK, until=THIS_WEEK, department_code="market_regulation")[0]
    public = disclosure.submission_figures(on=NOW.date())["market_regulation"]
    assert (public.accepted, public.returned, public.repeated) == (office.accepted, office.returned, office.duplicates)
    return office.accepted, office.returned, office.duplicates


def test_a_department_that_sent_nothing_has_no_share_rather_than_a_perfect_one() -> None:
    found = queries.figures(since=LAST_WEEK, until=THIS_WEEK, department_code="taxation")[0]
    assert (found.compliance, found.late_share, found.on_time_share) == (None, None, None)


def test_the_board_takes_four_statements_however_much_was_sent(django_assert_num_queries: object) -> None:
    for number in range(4):
        send([penalty_row(number + 1)], later=number)
    with django_assert_num_queries(5):  # type: ignore[operator]  # submissions, late, nil; and both for the totals
        queries.board(on=NOW.date(), weeks=8)


def test_every_cell_of_the_board_leads_to_the_submissions_it_counts(clerk: Browser) -> None:
    submission = send([penalty_row(1)])
    page = clerk.get("/oversight/")
    row = next(r for r in page.context["rows"] if r["code"] == "market_regulation")
    url = row["cells"][-2].url
    assert url == "/intake/submissions/?department=market_regulation&week=2026-11-09"
    assert [s.submission.pk for s in clerk.get(url).context["submissions"]] == [submission.pk]
    assert "缺 2" in said(page)


def test_who_is_mostly_returned_week_after_week_is_named(clerk: Browser) -> None:
    for back in range(3):
        at = AT - timedelta(days=7 * back)
        with patch("tests.flows.filing.AT", at):
            send([penalty_row(back + 1, penalty_kind="罚金", decided_on="2026-10-20", served_on="2026-10-21")])
    assert [f.department_code for f in clerk.get("/oversight/").context["often_returned"]] == ["market_regulation"]


def test_a_department_page_shows_its_formulas_with_its_numbers(clerk: Browser) -> None:
    send([penalty_row(1), penalty_row(2, penalty_kind="罚金")])
    page = said(clerk.get("/oversight/departments/market_regulation/"))
    assert "1 ÷ 2" in page
    assert "= 50.0%" in page
    assert clerk.get("/oversight/departments/none/").status_code == 404


def test_the_office_and_the_public_say_what_their_late_shares_are_shares_of(clerk: Browser) -> None:
    """One late penalty is shown, another is held because nobody said that it was served: only the office counts it."""
    late = {"decided_on": "2026-10-12", "served_on": "2026-10-13"}
    send([penalty_row(1), penalty_row(2, **late), penalty_row(3, **{**late, "served_on": ""})])
    cache.clear()
    page = clerk.get("/oversight/departments/market_regulation/")
    office = said(page)
    public = said(clerk.get("/departments/market_regulation/"))
    assert (page.context["figures"].late, page.context["figures"].timed) == (2, 3)
    assert "= 66.7%" in office
    assert "公众页面只计其中今天公示的：1 ÷ 2 = 50.0%" in office
    assert "占公示中有期限的 2 条的 50.0%" in public
    assert "公众页面" not in said(clerk.get("/oversight/departments/market_regulation/?since=2026-11-01"))


def test_the_late_list_names_the_working_days_and_the_submission(clerk: Browser) -> None:
    submission = send([penalty_row(1), penalty_row(2, decided_on="2026-10-12", served_on="2026-10-13")])
    page = clerk.get("/oversight/late/?department=market_regulation&since=2026-11-01")
    listed = [r["record"] for r in page.context["records"]]
    assert [(r.document_number, r.submission_id) for r in listed] == [("濉市监处罚〔2026〕2号", submission.pk)]
    assert clerk.get("/oversight/late/?department=taxation&since=odd&before=1").context["records"] == []


def test_every_number_leads_to_exactly_what_it_counts(clerk: Browser) -> None:
    """Also those of before the period, which must not be in the list: one file of the year before, one of the spring."""
    for at, number in [(datetime(2025, 12, 30, 2, tzinfo=UTC), 7), (datetime(2026, 3, 3, 2, tzinfo=UTC), 8)]:
        decided = (at - timedelta(days=60)).date().isoformat()
        with patch("tests.flows.filing.AT", at):
            send([penalty_row(number, decided_on=decided, served_on=decided)])
    send([penalty_row(1), penalty_row(2, decided_on="2026-10-12", served_on="2026-10-13")])
    page = clerk.get("/oversight/departments/market_regulation/")
    figures = {number.title: number for number in page.context["numbers"]}
    assert len(clerk.get(figures["报送"].url).context["submissions"]) == int(figures["报送"].value) == 2
    assert clerk.get(figures["整体退回"].url).context["submissions"] == []
    assert len(clerk.get(figures["迟报率"].url).context["records"]) == page.context["figures"].late == 2
    assert len(clerk.get(page.context["timed_url"]).context["records"]) == page.context["figures"].timed == 3
    months = {m["label"]: clerk.get(m["url"]).context["records"] for m in page.context["months"]}
    assert {label: len(records) for label, records in months.items()} == {"2026-03": 1, "2026-11": 2}
    assert said(page).count(page.context["months"][0]["url"].replace("&", "&amp;")) == 2  # point and table
    board = clerk.get("/oversight/")
    late = next(number for number in board.context["numbers"] if number.title == "迟报的记录")
    assert len(clerk.get(late.url).context["records"]) == int(late.value) == 1
    bar = next(bar for bar in board.context["timely"] if bar["value"] is not None)
    assert clerk.get(bar["url"]).context["figures"].timed == 2


def test_a_late_week_leads_to_its_late_records(clerk: Browser) -> None:
    send([penalty_row(1), penalty_row(2, decided_on="2026-10-12", served_on="2026-10-13")])
    nil("market_regulation/licence")
    nil("market_regulation/registration")
    row = next(r for r in clerk.get("/oversight/").context["rows"] if r["code"] == "market_regulation")
    shown = row["cells"][-2]
    page = clerk.get(shown.url)
    assert ("1 迟" in shown.text, len(page.context["records"])) == (True, 1)
    assert "2026-11-09" in said(page)
    assert "2026-11-15" in said(page)


def unmatched() -> Question:
    """A second name, and quite another one, under an identifier that has a file: nobody but a person can tell."""
    send([penalty_row(1)])
    send([penalty_row(2, subject_uscc=synthetic_uscc(1), subject_name="濉溪县山水烟花爆竹销售部")], later=60)
    return Question.objects.get()


def waiting() -> Record:
    return Record.objects.get(document_number="濉市监处罚〔2026〕2号")


def first_candidate(clerk: Browser, address: str) -> str:
    return str(clerk.get(address).context["form"].fields["answer"].choices[0][0])


def test_an_unmatched_record_waits_until_a_person_says_whose_it_is(clerk: Browser) -> None:
    question = unmatched()
    assert question.written_name in said(clerk.get("/oversight/questions/"))
    address = f"/oversight/questions/{question.pk}/"
    answer = first_candidate(clerk, address)
    refused = clerk.post(address, {"answer": answer, "reason": "对"})
    assert (refused.status_code, "理由太短" in said(refused)) == (422, True)
    assert waiting().subject_id is None
    done = clerk.post(address, {"answer": answer, "reason": "核对营业执照,系变更名称"}, follow=True)
    assert "已判定" in said(done)
    assert waiting().subject_id == Record.objects.get(document_number="濉市监处罚〔2026〕1号").subject_id
    assert Entry.objects.order_by("position").last().operation == "answer_question"
    assert "没有待判定的主体" in said(clerk.get("/oversight/questions/"))


def test_a_new_subject_is_refused_where_its_identifier_has_a_file(clerk: Browser) -> None:
    question = unmatched()
    answer = clerk.post(f"/oversight/questions/{question.pk}/", {"answer": "new", "reason": "按所报名称建档"})
    assert (answer.status_code, "已有档案" in said(answer)) == (422, True)
    choices = dict(answer.context["form"].fields["answer"].choices)
    assert sorted(key for key in choices if not key.startswith("same:")) == ["sent_back", "unsure"]


def test_an_answer_is_taken_back_with_a_reason_and_the_records_wait_again(clerk: Browser) -> None:
    question = unmatched()
    address = f"/oversight/questions/{question.pk}/"
    clerk.post(address, {"answer": first_candidate(clerk, address), "reason": "核对营业执照,系变更名称"})
    assert "没有撤回" in said(clerk.post(f"{address}reopen/", {"reason": ""}, follow=True))
    told = clerk.post(f"{address}reopen/", {"reason": "执照看错,另有其人"}, follow=True)
    assert "重新待判定" in said(told)
    assert waiting().subject_id is None
    assert "尚无判定" in said(clerk.post(f"{address}reopen/", {"reason": "再撤一次试试"}, follow=True))


def test_an_unsure_answer_keeps_the_question_open_with_its_reason(clerk: Browser) -> None:
    question = unmatched()
    address = f"/oversight/questions/{question.pk}/"
    done = clerk.post(address, {"answer": "unsure", "reason": "已去函部门补充代码"}, follow=True)
    assert done.redirect_chain == [("/oversight/questions/", 302)]
    assert "已去函部门补充代码" in said(clerk.get(address))
    question.refresh_from_db()
    assert question.answered_at is None


def test_the_clerk_goes_from_question_to_question_and_sees_what_was_judged(clerk: Browser) -> None:
    send([penalty_row(1)])
    names = [f"濉溪县山水{word}销售部" for word in ("烟花", "文具", "渔具")]
    rows = [penalty_row(n, subject_uscc=synthetic_uscc(1), subject_name=name) for n, name in enumerate(names, 2)]
    send(rows, later=60)
    first, second, third = Question.objects.order_by("pk")
    page = clerk.get(f"/oversight/questions/{second.pk}/")
    assert (page.context["before"], page.context["behind"]) == (first.pk, third.pk)
    facts = page.context["candidates"][0].facts
    assert [(f.title, f.words) for f in facts][:2] == [("名称", "不同"), ("代码", "一致")]
    told = said(page)
    assert f"/subjects/{synthetic_uscc(1)}/" in told
    assert f"/intake/submissions/{waiting().submission_id}/" in told
    given = {"answer": "unsure", "reason": "已去函部门补充代码"}
    assert clerk.post(f"/oversight/questions/{second.pk}/", given).headers["Location"] == (
        f"/oversight/questions/{third.pk}/"
    )
    listed = clerk.get("/oversight/questions/judged/")
    assert [r["question"].pk for r in listed.context["rows"]] == [second.pk]
    assert ("已去函部门补充代码" in said(listed), "暂不能确定" in said(listed)) == (True, True)
    assert clerk.get("/oversight/questions/judged/?verdict=same&before=odd").context["rows"] == []


def test_the_right_subject_is_searched_for_and_chosen(clerk: Browser) -> None:
    send([penalty_row(7, subject_name="濉溪县老字号酱园有限公司")])
    right = Record.objects.get().subject
    question = unmatched()
    address = f"/oversight/questions/{question.pk}/"
    assert "没有找到" in said(clerk.get(f"{address}?q=不存在的"))
    page = clerk.get(f"{address}?q=老字号酱园")
    assert [c.name for c in page.context["found"]] == ["濉溪县老字号酱园有限公司"]
    assert [c.name for c in clerk.get(f"{address}?q={synthetic_uscc(7)}").context["found"]] == [right.name]
    given = {"answer": f"same:{right.pk}", "reason": "执照为老字号酱园,代码抄错"}
    assert clerk.post(f"{address}?q=老字号酱园", given).status_code == 302
    assert waiting().subject_id == right.pk


def test_a_question_is_sent_back_with_its_reason_and_ends_with_the_corrected_row(clerk: Browser) -> None:
    question = unmatched()
    address = f"/oversight/questions/{question.pk}/"
    clerk.post(address, {"answer": "sent_back", "reason": "代码是另一家的,请照执照核对"})
    assert (waiting().state, waiting().subject_id) == ("held_unmatched", None)
    assert "没有待判定的主体" in said(clerk.get("/oversight/questions/"))
    liaison = client_of(Role.LIAISON, "market_regulation")
    assert "代码是另一家的,请照执照核对" in said(liaison.get("/intake/"))
    assert "请照执照核对" not in said(client_of(Role.LIAISON, OTHER_LIAISON.department_code).get("/intake/"))
    own = f"/intake/submissions/{waiting().submission_id}/"
    held = liaison.get(own)
    assert [(row.sent_back, row.reason, row.mended) for row in held.context["unmatched"]] == [
        (True, "代码是另一家的,请照执照核对", False)
    ]
    assert "没有疑问" not in said(held) and "其中 1 行主体未定" in said(held)
    assert f'href="{address}"' in said(clerk.get(own)) and f'href="{address}"' not in said(held)

    same = penalty_row(2, subject_uscc=synthetic_uscc(1), subject_name="濉溪县山水烟花爆竹销售部")
    send([same], later=120)  # nothing new: it stays sent back
    assert "没有待判定的主体" in said(clerk.get("/oversight/questions/"))
    send([{**same, "penalty_content": "罚款 1.2 万元"}], later=180)  # corrected elsewhere, not in what was asked
    assert "部门已重新报送" in said(clerk.get(address))
    clerk.post(address, {"answer": "sent_back", "reason": "改的不是代码,请核对代码"})
    send([{**same, "subject_uscc": synthetic_uscc(5)}], later=240)
    assert "信用办退回" not in said(liaison.get("/intake/"))
    assert all(row.mended for row in liaison.get(own).context["unmatched"])
    assert Record.objects.latest("pk").subject.uscc == synthetic_uscc(5)


def test_what_the_department_corrected_itself_is_no_longer_asked_nor_moved(clerk: Browser) -> None:
    question = unmatched()
    send([penalty_row(2, subject_uscc=synthetic_uscc(1), subject_name="濉溪县示例1号建材有限公司")], later=120)
    filed = waiting()
    assert (filed.state, filed.matched_by) == ("filed", "uscc")
    assert "没有待判定的主体" in said(clerk.get("/oversight/questions/"))
    clerk.post(f"/oversight/questions/{question.pk}/", {"answer": "sent_back", "reason": "已由部门自行更正"})
    clerk.post(f"/oversight/questions/{question.pk}/reopen/", {"reason": "撤回看看是否影响"})
    assert waiting().subject_id == filed.subject_id


def test_an_auditor_looks_and_does_not_judge() -> None:
    question = unmatched()
    auditor = client_of(Role.AUDITOR)
    address = f"/oversight/questions/{question.pk}/"
    assert auditor.get(address).context["form"] is None
    auditor.post(address, {"answer": "unsure", "reason": "核对营业执照,为新设企业"})
    assert question.judgements.count() == 0
    assert auditor.get("/oversight/questions/999999/").status_code == 404


def test_a_department_does_not_see_the_board() -> None:
    liaison = client_of(Role.LIAISON, OTHER_LIAISON.department_code)
    assert [liaison.get(a).status_code for a in ("/oversight/", "/oversight/late/", "/oversight/questions/")] == [
        403
    ] * 3
