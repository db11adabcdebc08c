"""The liaison's pages through HTTP: what is shown, what is refused, and that other departments' work stays unseen."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.intake.models import NilReturn, ServiceDeclaration, Submission
from publiccredit.intake.operations import file_submission
from publiccredit.intake.reading.refusals import refusal
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Record
from tests.accounts import opened_account
from tests.factories import penalty_row, sent_csv, synthetic_uscc
from tests.flows.filing import AT, check_here, send
from tests.papers import a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
PASSWORD = "long-enough-3819"
LATER = AT + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The pages read the clock: Tuesday 10 November 2026, a little after ten in China."""
    with patch("django.utils.timezone.now", return_value=LATER):
        yield


class Browser(Client):
    """Hands the database session back to the test, which looks at every department's rows."""

    def request(self, **request: object) -> object:
        try:
            return super().request(**request)
        finally:
            act_as(actor=PROGRAM)


def client_of(role: Role, department: str = "") -> Client:
    name = f"{role.value}-{department}"
    officer = opened_account(
        username=name, display_name="张三", role=role, department_code=department, password=PASSWORD, at=AT
    )
    client = Browser()
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return client


@pytest.fixture
def liaison() -> Client:
    return client_of(Role.LIAISON, "market_regulation")


def upload(client: Client, rows: list[dict[str, str]], **fields: str) -> object:
    file = SimpleUploadedFile("双公示.csv", sent_csv(rows), content_type="text/csv")
    return client.post("/intake/", {"file": file, "key": "k1", **fields})


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_a_file_is_received_and_its_bar_moves_until_it_is_filed(liaison: Client) -> None:
    answer = upload(liaison, [penalty_row(1)])
    submission = Submission.objects.get()
    assert answer.headers["Location"] == f"/intake/submissions/{submission.pk}/"  # type: ignore[attr-defined]
    waiting = liaison.get(f"/intake/submissions/{submission.pk}/")
    assert "排队等待核验" in said(waiting)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in said(waiting)
    assert "排队等待核验" in said(liaison.get(f"/intake/submissions/{submission.pk}/progress/"))
    file_submission(submission_id=submission.pk, at=LATER, check=check_here)
    done = liaison.get(f"/intake/submissions/{submission.pk}/progress/")
    assert (done.status_code, done.headers["HX-Refresh"]) == (286, "true")
    assert "没有疑问" in said(liaison.get(f"/intake/submissions/{submission.pk}/"))


def test_the_same_form_pressed_twice_is_one_submission(liaison: Client) -> None:
    first, second = upload(liaison, [penalty_row(1)]), upload(liaison, [penalty_row(1)])
    assert first.headers["Location"] == second.headers["Location"]  # type: ignore[attr-defined]
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(("number", "fields"), [(1, {"served_on": "2026-11-06"}), (2, {})])
def test_who_went_back_and_sends_something_else_from_the_same_page_is_told_and_can_send_it(
    liaison: Client, number: int, fields: dict[str, str]
) -> None:
    upload(liaison, [penalty_row(1)])
    first = Submission.objects.get()
    told = upload(liaison, [penalty_row(number)], **fields)
    assert (told.status_code, Submission.objects.count()) == (422, 1)  # type: ignore[attr-defined]
    assert f"是第 {first.pk} 号报送" in said(told) and f'href="/intake/submissions/{first.pk}/"' in said(told)
    assert "幂等键" not in said(told)
    key = re.search(r'name="key" value="(\w+)"', said(told))
    assert key and key[1] != "k1"
    sent = upload(liaison, [penalty_row(number)], **{**fields, "key": key[1]})
    second = Submission.objects.latest("pk")
    assert (sent.status_code, second.pk > first.pk) == (302, True)  # type: ignore[attr-defined]
    assert bool(fields) == hasattr(second, "service_declaration")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"served_on": "2026-11-30"}, "晚于今天"),
        ({"served_on": "昨天"}, "请按 2026-11-03 的样子填写日期"),
        ({"source": "taxation/penalty"}, "taxation/penalty"),
    ],
)
def test_a_form_that_cannot_be_is_refused_beside_its_field(liaison: Client, fields: dict[str, str], words: str) -> None:
    answer = upload(liaison, [penalty_row(1)], **fields)
    assert (answer.status_code, Submission.objects.count()) == (422, 0)  # type: ignore[attr-defined]
    assert words in said(answer)


def test_an_empty_file_and_none_at_all_are_refused_with_what_to_do(liaison: Client) -> None:
    empty = liaison.post("/intake/", {"file": SimpleUploadedFile("a.csv", b""), "key": "k"})
    assert "0 字节" in said(empty)
    assert "还没有选择文件" in said(liaison.post("/intake/", {"key": "k"}))


def test_issues_stand_by_rule_with_their_cells_and_every_number_leads_to_its_rows(liaison: Client) -> None:
    rows = [penalty_row(1), penalty_row(2, decided_on="2027-02-30"), penalty_row(3, penalty_kind="罚金")]
    submission = send(rows)
    send(rows, later=30)
    page = said(liaison.get(f"/intake/submissions/{submission.pk}/"))
    assert all(words in page for words in ("2027-02-30", "罚金", "下载标注好的工作簿", "按规则归类"))
    accepted = said(liaison.get(f"/intake/submissions/{submission.pk}/rows/accepted/"))
    assert "濉市监处罚〔2026〕1号" in accepted
    returned = said(liaison.get(f"/intake/submissions/{submission.pk}/rows/returned/"))
    assert returned.count('<th scope="row">') == 2
    duplicates = said(liaison.get(f"/intake/submissions/{submission.pk + 1}/rows/duplicates/"))
    assert "已在库" in duplicates
    assert liaison.get(f"/intake/submissions/{submission.pk}/rows/other/").status_code == 404
    code = submission.issues.first().code
    assert liaison.get(f"/intake/submissions/{submission.pk}/issues/{code}/").status_code == 200
    assert liaison.get(f"/intake/submissions/{submission.pk}/issues/X-999/").status_code == 404


def test_accepted_rows_stand_in_the_order_of_the_file_page_after_page(liaison: Client) -> None:
    submission = send([penalty_row(n) for n in range(1, 61)])
    Record.objects.update(
        row_number=100 - F("row_number"), known_from=F("known_from") + timedelta(seconds=1)
    )  # the database files in an order of its own
    address = f"/intake/submissions/{submission.pk}/rows/accepted/"
    first = liaison.get(address)
    second = liaison.get(address + first.context["next_url"])
    shown = [row.document_number for page in (first, second) for row in page.context["rows"]]
    assert shown == [f"濉市监处罚〔2026〕{n}号" for n in range(60, 0, -1)]
    assert second.context["next_url"] == ""


def test_many_issues_of_one_rule_are_paged_by_row(liaison: Client) -> None:
    submission = send([penalty_row(n, penalty_kind="罚金") for n in range(1, 61)])
    code = submission.issues.first().code
    first = liaison.get(f"/intake/submissions/{submission.pk}/issues/{code}/")
    assert len(first.context["cells"]) == 50
    second = liaison.get(f"/intake/submissions/{submission.pk}/issues/{code}/{first.context['next_url']}")
    assert (len(second.context["cells"]), second.context["next_url"]) == (10, "")
    assert "查看全部 60 处" in said(liaison.get(f"/intake/submissions/{submission.pk}/"))


def test_a_page_of_issues_makes_the_same_queries_for_one_and_for_many(
    liaison: Client, django_assert_max_num_queries: object
) -> None:
    few, many = send([penalty_row(1, penalty_kind="罚金")]), send([penalty_row(n, fine_fen="") for n in range(2, 60)])
    for submission in (few, many):
        with django_assert_max_num_queries(14):  # type: ignore[operator]
            liaison.get(f"/intake/submissions/{submission.pk}/")


def test_a_workbook_that_takes_too_much_to_annotate_is_explained(liaison: Client) -> None:
    submission = send([penalty_row(1)])
    with patch("publiccredit.intake.queries.annotate_limited", side_effect=refusal("out_of_memory", limit=512)):
        answer = liaison.get(f"/intake/submissions/{submission.pk}/annotated.xlsx")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "核验占用的内存超过 512 MB" in said(answer)
    assert "入库结果不受影响" in said(answer)
    assert f'href="/intake/submissions/{submission.pk}/"' in said(answer)


def test_nothing_behind_a_log_in_is_stored_by_a_browser(liaison: Client, client: Client) -> None:
    submission = send([penalty_row(1)])
    kept_from = [
        "/intake/",
        f"/intake/submissions/{submission.pk}/",
        f"/intake/submissions/{submission.pk}/annotated.xlsx",
    ]
    for address in kept_from:
        assert "no-store" in liaison.get(address).headers["Cache-Control"], address
    assert "no-store" in client.get("/intake/").headers["Cache-Control"]
    assert "no-store" not in client.get("/about/").headers.get("Cache-Control", "")


def test_the_annotated_workbook_comes_back_under_its_own_name(liaison: Client) -> None:
    submission = send([penalty_row(1, penalty_kind="罚金")])
    answer = liaison.get(f"/intake/submissions/{submission.pk}/annotated.xlsx")
    assert answer.headers["Content-Disposition"].endswith("-%E6%A0%87%E6%B3%A8.xlsx")
    assert answer.content[:2] == b"PK"


def test_a_refused_file_says_why_and_has_nothing_to_annotate(liaison: Client) -> None:
    submission = send([])
    page = said(liaison.get(f"/intake/submissions/{submission.pk}/"))
    assert submission.state == "refused"
    assert submission.refusal in page
    assert liaison.get(f"/intake/submissions/{submission.pk}/annotated.xlsx").status_code == 404


def test_service_is_declared_on_the_page_and_what_was_held_is_shown(liaison: Client) -> None:
    submission = send([penalty_row(1, served_on="")])
    address = f"/intake/submissions/{submission.pk}/"
    assert "待送达声明" in said(liaison.get(address))
    refused = liaison.post(f"{address}service/", {"served_on": "2026-11-06"})
    assert (refused.status_code, "请勾选声明" in said(refused)) == (422, True)
    done = liaison.post(f"{address}service/", {"served_on": "2026-11-06", "declared": "on"}, follow=True)
    assert "1 条记录开始公示" in said(done)
    again = liaison.post(f"{address}service/", {"served_on": "2026-11-06", "declared": "on"})
    assert again.status_code == 422


def test_a_form_that_can_only_be_refused_is_not_shown(liaison: Client) -> None:
    submission = send([penalty_row(1, served_on="")])
    address = f"/intake/submissions/{submission.pk}/"
    early = liaison.post(f"{address}service/", {"served_on": "2026-11-02", "declared": "on"})
    assert (early.status_code, "最后一份决定作出于 2026-11-03" in said(early)) == (422, True)
    # Before that was refused, a declaration could stand although its day freed none of the rows.
    declared = {"served_on": date(2026, 11, 2), "declared_by": "liaison", "declared_at": AT, "entry_id": 1}
    ServiceDeclaration.objects.create(submission=submission, **declared)
    page = said(liaison.get(address))
    assert "声明送达并公示" not in page
    assert "请在表中逐行填写“送达日期”后重新报送" in page


def test_a_doubt_is_confirmed_with_a_reason_by_sending_the_sealed_file_again(liaison: Client) -> None:
    wrong = synthetic_uscc(1)[:-1] + ("0" if synthetic_uscc(1)[-1] != "0" else "1")
    submission = send([penalty_row(1, subject_uscc=wrong)])
    address = f"/intake/submissions/{submission.pk}/"
    codes = liaison.get(address).context["confirm_form"].fields["codes"].choices
    assert len(codes) == 1
    refused = liaison.post(f"{address}confirm/", {"codes": [codes[0][0]], "reason": "对"})
    assert (refused.status_code, "理由太短" in said(refused)) == (422, True)
    given = {"codes": [codes[0][0]], "reason": "2001 年旧执照,代码按原证所载"}
    answer = liaison.post(f"{address}confirm/", given)
    again = Submission.objects.latest("pk")
    assert answer.headers["Location"] == f"/intake/submissions/{again.pk}/"
    assert (again.overrides, again.file_sha256) == ([codes[0][0]], submission.file_sha256)
    assert liaison.post(f"{address}confirm/", given).headers["Location"] == answer.headers["Location"]
    assert Submission.objects.count() == 2
    reworded = liaison.post(f"{address}confirm/", {**given, "reason": "2001 年旧执照,已与登记机关核实"})
    assert (reworded.status_code, Submission.objects.latest("pk").pk > again.pk) == (302, True)
    assert file_submission(submission_id=again.pk, at=LATER, check=check_here).accepted == 1


def test_a_nil_return_is_declared_once_for_a_period_that_is_open(liaison: Client) -> None:
    page = liaison.get("/intake/nil-return/")
    key = next(k for k, _ in page.context["form"].fields["wanted"].choices if k.endswith("2026-11-09"))
    refused = liaison.post("/intake/nil-return/", {"wanted": key})
    assert (refused.status_code, NilReturn.objects.count()) == (422, 0)
    done = liaison.post("/intake/nil-return/", {"wanted": key, "declared": "on"}, follow=True)
    assert "已零报送" in said(done)
    nil = NilReturn.objects.get()
    assert (nil.period_from, nil.period_until) == (date(2026, 11, 9), date(2026, 11, 16))
    assert "已报零" in said(done)
    again = liaison.post("/intake/nil-return/", {"wanted": key, "declared": "on"})
    assert (again.status_code, NilReturn.objects.count()) == (422, 1)


def test_every_period_that_nothing_came_for_is_offered_and_those_over_are_called_late(liaison: Client) -> None:
    send([penalty_row(1)])  # this week
    choices = dict(liaison.get("/intake/nil-return/").context["form"].fields["wanted"].choices)
    of_penalties = [key for key in choices if key.startswith("market_regulation/penalty@")]
    assert of_penalties == [
        f"market_regulation/penalty@{date(2026, 11, 2) - timedelta(weeks=back)}" for back in range(8)
    ]
    oldest = of_penalties[-1]
    assert choices[oldest].endswith("（09-14 至 09-20），已过期限，记为迟报")
    this_week = next(text for key, text in choices.items() if key == "market_regulation/licence@2026-11-09")
    assert "记为迟报" not in this_week
    liaison.post("/intake/nil-return/", {"wanted": oldest, "declared": "on"})
    assert NilReturn.objects.get().period_from == date(2026, 9, 14)
    assert oldest not in dict(liaison.get("/intake/nil-return/").context["form"].fields["wanted"].choices)


def test_several_periods_are_declared_in_one_go_each_by_itself(liaison: Client) -> None:
    send([penalty_row(1)])
    two = [f"market_regulation/penalty@2026-{day}" for day in ("11-02", "10-26")]
    before = Entry.objects.count()
    done = liaison.post("/intake/nil-return/", {"wanted": two, "declared": "on"}, follow=True)
    assert "2026 年第 45 周" in said(done) and "2026 年第 44 周" in said(done)
    declared = Entry.objects.order_by("pk")[before:]
    assert [e.operation for e in declared] == ["declare_nil_return"] * 2
    assert sorted(NilReturn.objects.values_list("period_from", flat=True)) == [date(2026, 10, 26), date(2026, 11, 2)]
    nothing = liaison.post("/intake/nil-return/", {"declared": "on"})
    assert (nothing.status_code, "请至少选择一期" in said(nothing), NilReturn.objects.count()) == (422, True, 2)
    one_gone = liaison.post(
        "/intake/nil-return/", {"wanted": [two[0], "market_regulation/penalty@2026-10-19"], "declared": "on"}
    )
    assert (one_gone.status_code, NilReturn.objects.count()) == (422, 2)


def test_periods_over_for_more_than_eight_weeks_are_folded_away_and_still_declared(liaison: Client) -> None:
    send([penalty_row(1, decided_on="2026-07-20", served_on="2026-07-22")], later=-100 * 86_400)
    page = liaison.get("/intake/nil-return/")
    fields = page.context["form"].fields
    key = "market_regulation/penalty@2026-09-07"
    assert key in dict(fields["older"].choices) and key not in dict(fields["wanted"].choices)
    folded = said(page).split("<details>")[1].split("</details>")[0]
    assert f'value="{key}"' in folded and "8 周以前没有报的" in folded
    liaison.post("/intake/nil-return/", {"older": key, "declared": "on"})
    assert NilReturn.objects.get().period_from == date(2026, 9, 7)


def test_submissions_are_filtered_by_what_their_badges_say(liaison: Client) -> None:
    whole = send([penalty_row(1)])
    partly = send([penalty_row(2), penalty_row(3, penalty_kind="罚金")], later=1)
    returned = send([penalty_row(4, penalty_kind="罚金")], later=2)
    for state, expected in (("filed", whole), ("partly_returned", partly), ("all_returned", returned)):
        shown = liaison.get(f"/intake/submissions/?state={state}").context["submissions"]
        assert [row.submission.pk for row in shown] == [expected.pk]
    page = said(liaison.get("/intake/submissions/"))
    assert "?state=partly_returned" in page and "?state=all_returned" in page


def test_decision_documents_are_deposited_and_strays_are_named(liaison: Client) -> None:
    send([penalty_row(1)])
    known = SimpleUploadedFile("决定书.pdf", a_pdf("one"))
    done = liaison.post("/intake/documents/", {"file": known, "document_number": "濉市监处罚〔2026〕1号"}, follow=True)
    assert "已封存 1 份决定书" in said(done)
    stray = SimpleUploadedFile("别的.pdf", a_pdf("two"))
    told = liaison.post("/intake/documents/", {"file": stray, "document_number": "无此文号"}, follow=True)
    assert "没有找到文书号对应的记录" in said(told)
    unnamed = liaison.post("/intake/documents/", {"file": SimpleUploadedFile("别的.pdf", a_pdf())})
    assert (unnamed.status_code, "单份决定书要填写文书号" in said(unnamed)) == (422, True)
    broken = liaison.post("/intake/documents/", {"file": SimpleUploadedFile("一批.zip", b"no zip")})
    assert (broken.status_code, "压缩包无法打开" in said(broken)) == (422, True)


def test_a_template_is_downloaded_and_an_unknown_one_is_not_there(liaison: Client) -> None:
    assert liaison.get("/intake/templates/market_regulation/penalty.xlsx").content[:2] == b"PK"
    assert liaison.get("/intake/templates/market_regulation/none.xlsx").status_code == 404


def test_another_department_sees_nothing_of_it(liaison: Client) -> None:
    submission = send([penalty_row(1)])
    stranger = client_of(Role.LIAISON, "taxation")
    for address in ("", "progress/", "rows/accepted/", "annotated.xlsx"):
        assert stranger.get(f"/intake/submissions/{submission.pk}/{address}").status_code == 404
    assert "双公示.csv" in said(liaison.get("/intake/submissions/"))
    assert "双公示.csv" not in said(stranger.get("/intake/submissions/?department=market_regulation"))


def test_submissions_are_listed_by_state_and_week(liaison: Client) -> None:
    send([penalty_row(1)])
    send([], later=5)
    assert liaison.get("/intake/submissions/?state=refused").context["submissions"][0].submission.state == "refused"
    assert len(liaison.get("/intake/submissions/?week=2026-11-12").context["submissions"]) == 2
    assert liaison.get("/intake/submissions/?week=2026-11-02").context["submissions"] == []
    assert len(liaison.get("/intake/submissions/?week=soon&state=odd").context["submissions"]) == 2


def test_submissions_are_paged_by_key(liaison: Client) -> None:
    with patch("publiccredit.intake.desk.PAGE", 2):
        for number in range(3):
            send([penalty_row(number + 1)], later=number)
        first = liaison.get("/intake/submissions/")
        assert len(first.context["submissions"]) == 2
        rest = liaison.get(f"/intake/submissions/{first.context['next_url']}")
    assert (len(rest.context["submissions"]), rest.context["next_url"]) == (1, "")


def test_a_remedy_on_the_page_has_no_slot_left_open() -> None:
    from publiccredit.catalogue import queries as catalogue
    from publiccredit.intake.desk import _group

    remedies = [_group(code=k.code, severity="return", count=1, cells={}).remedy for k in catalogue.packs().issues]
    assert [remedy for remedy in remedies if "{" in remedy] == []


def test_a_row_that_corrects_a_record_is_marked_and_says_from_what_to_what(liaison: Client) -> None:
    send([penalty_row(1), penalty_row(2)])
    sent = send([penalty_row(1, fine_fen="1.5", penalty_content="罚款 15,000 元"), penalty_row(3)], later=60)
    assert "全部 2 行中已入库的，其中 1 行更正" in said(liaison.get(f"/intake/submissions/{sent.pk}/"))
    page = said(liaison.get(f"/intake/submissions/{sent.pk}/rows/accepted/"))
    assert page.count("<strong>更正</strong>") == 1
    assert "罚款金额（万元）：1.2 → 1.5" in page
    assert "处罚内容：罚款 12,000 元 → 罚款 15,000 元" in page
    assert page.count("→") == 2
