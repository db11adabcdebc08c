"""Every public page answers in a bounded number of queries, says what it must, and hides what it must."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, Nature
from publiccredit.disclosure import queries
from publiccredit.disclosure.pages import record_page
from publiccredit.disclosure.pages.home import TARGET, three_figures
from publiccredit.disclosure.types import Figures
from publiccredit.site.demo.progress import Progress, write_progress
from publiccredit.subjects.models import Record, Subject
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import PUBLIC_WORDS, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program", "noon_of_1_june", "a_penalty_and_a_licence")]
TODAY = date(2026, 6, 1)


def _penalty() -> Record:
    return Record.objects.filter(record_type="administrative_penalty").order_by("pk")[0]


def _addresses(subject: Subject) -> dict[str, int]:
    """Every public address with the most queries it may ask."""
    return {
        "/": 5,
        "/search/": 0,
        "/search/?q=建材": 8,  # with how many answer
        "/search/?q=SXX": 10,
        f"/subjects/{subject.uscc}/": 4,
        f"/subjects/{subject.uscc}/?known=2026-05-31": 7,
        f"/subjects/{subject.uscc}/?type=administrative_licence": 4,
        f"/records/{_penalty().pk}/": 6,  # with what became of its publication
        "/records/": 2,
        "/records/?department=market_regulation&type=administrative_penalty&year=2026&time=on-time": 3,
        "/records/?month=2026-06&decided=2026-05": 2,
        "/departments/": 4,
        "/departments/market_regulation/": 6,
        "/catalogue/": 0,
        "/catalogue/national_2024/3.2/": 0,
        "/catalogue/record-types/administrative_penalty/": 0,
        "/glossary/": 0,
        "/robots.txt": 0,
        "/sitemap.xml": 0,
    }


def test_every_page_asks_a_bounded_number_of_queries_however_much_is_on_file(client: Client, subject: Subject) -> None:
    for number in range(10, 60):
        other = stored_subject(number=number, name=f"濉溪县建材{number}有限公司")
        stored_record(subject=other, number=number)
        stored_licence(subject=subject, number=100 + number)
    counts = {}
    for address, most in _addresses(subject).items():
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(address)
        assert response.status_code == 200, address
        counts[address] = (len(queries), most)
    assert {a: c for a, c in counts.items() if c[0] > c[1]} == {}


def test_a_subject_page_says_who_it_is_and_the_day_each_adverse_record_ends(client: Client, subject: Subject) -> None:
    page = client.get(f"/subjects/{subject.uscc}/").content.decode()
    for words in (
        subject.name,
        subject.uscc,
        "存续",
        "公示至 2027-05-19",
        "濉市监罚〔2026〕1号",
        "濉市监许〔2026〕2号",
        "全部 2",
    ):
        assert str(words) in page


def test_a_record_page_shows_its_way_its_fields_its_basis_and_what_can_be_done(
    client: Client, subject: Subject
) -> None:
    page = client.get(f"/records/{_penalty().pk}/").content.decode()
    for words in (
        "CF_WSH", "5 万元（50,000 元）", "销售的水泥强度不合格", "2026-05-20", "2026-05-22", "2026-05-25",
        "距上一步 2 个工作日", "3.2 行政处罚信息", "行政处罚法第四十八条", "市场监督管理局", "失信严重程度", "一般",
        "2027-05-19", "2026-08-20", "提出异议", "首次公示的版本",
    ):  # fmt: skip
        assert words in page, words
    assert "340621199001011234" not in page


def test_a_record_page_says_who_decides_and_leads_the_subject_to_its_own_page(client: Client, subject: Subject) -> None:
    penalty, licence = _penalty(), Record.objects.get(record_type="administrative_licence")
    page = client.get(f"/records/{penalty.pk}/").content.decode()
    assert f'href="/mine/log-in/?next=%2Fmine%2Frecords%2F{penalty.pk}%2F"' in page
    assert "由县信用办在 3 个工作日内核实并决定；须请报送部门核实的，合计 7 个工作日" in page
    assert "由濉溪县市场监督管理局在收到申请后 10 个工作日内决定" in page
    page = client.get(f"/records/{licence.pk}/").content.decode()
    assert "认为有误" in page
    assert "申请修复" not in page


def test_the_rights_page_says_where_to_go_and_who_decides(client: Client) -> None:
    page = client.get("/rights/").content.decode()
    assert 'href="/mine/log-in/"' in page
    for title, decides, days in (
        ("信用修复", "作出决定的部门", "10"),
        ("异议", "县信用办", "3，须请有关单位核实、说明的 7"),
        ("投诉", "县信用办", "15，须请有关单位核实、说明的 20"),
    ):
        assert f'<th scope="row">{title}</th><td>{decides}</td><td>{days}</td>' in page


def test_hidden_and_absent_give_the_same_answer(client: Client, subject: Subject) -> None:
    hidden = stored_subject(number=5, name="濉溪县隐去商贸有限公司")
    ended = stored_record(subject=hidden, number=5, disclosed_until=date(2026, 5, 30))
    held = stored_record(subject=hidden, number=6, state="held_unserved", served_on=None, disclosed_from=None)
    absent = client.get("/records/999999999/")
    for address in (f"/records/{ended.pk}/", f"/records/{held.pk}/", f"/subjects/{hidden.uscc}/", "/subjects/x/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.content.replace(address.encode(), b"") == absent.content.replace(b"/records/999999999/", b"")


def test_a_record_disappears_from_every_page_on_the_day_its_term_ends(
    client: Client, subject: Subject, noon_of_1_june: MagicMock
) -> None:
    number, address = "濉市监罚〔2026〕1号", f"/records/{_penalty().pk}/"
    pages = (f"/subjects/{subject.uscc}/", "/records/", "/", "/departments/market_regulation/")
    for day, seen in ((date(2027, 5, 19), True), (date(2027, 5, 20), False)):
        noon_of_1_june.return_value = datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=4)
        assert (client.get(address).status_code == 200) == seen
        for page in pages:
            assert (number in client.get(page).content.decode()) == seen, (page, day)


def test_pages_with_adverse_facts_ask_not_to_be_indexed(client: Client, subject: Subject) -> None:
    clean = stored_subject(number=3, name="濉溪县清白建材有限公司")
    licence = stored_licence(subject=clean, number=3)
    for address, adverse in (
        (f"/subjects/{subject.uscc}/", True),
        (f"/records/{_penalty().pk}/", True),
        (f"/subjects/{clean.uscc}/", False),
        (f"/records/{licence.pk}/", False),
        ("/catalogue/", False),
    ):
        response = client.get(address)
        assert ("noindex" in response.headers.get("X-Robots-Tag", "")) == adverse, address
        assert ('name="robots" content="noindex' in response.content.decode()) == adverse, address


def test_the_sitemap_names_no_subject_and_no_record(client: Client, subject: Subject) -> None:
    text = client.get("/sitemap.xml").content.decode()
    assert "/subjects/" not in text
    assert "/records/" not in text
    assert "http://testserver/catalogue/national_2024/3.2/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_the_home_page_counts_this_year_and_links_to_what_it_counts(client: Client, subject: Subject) -> None:
    stored_record(subject=subject, number=7, working_days_taken=12, received_at=datetime(2026, 4, 2, tzinfo=UTC))
    page = client.get("/").content.decode()
    for words in ("2026 年公示", "66.7", "/records/?year=2026&amp;time=on-time", "您的权利", "每月公示的记录"):
        assert words in page, words
    late = client.get("/records/?year=2026&time=late").content.decode()
    assert "濉市监罚〔2026〕7号" in late
    assert "濉市监罚〔2026〕1号" not in late


def test_a_day_that_is_none_shows_things_as_they_stand(client: Client, subject: Subject) -> None:
    for known in ("2026-13-45", "x", "2030-01-01", "2026-06-01"):
        page = client.get(f"/subjects/{subject.uscc}/", {"known": known})
        assert page.status_code == 200
        assert "这是平台在某一天所知道的" not in page.content.decode()
        assert (f"{known} 还没有到，平台那时知道什么无从得知" in page.content.decode()) is (known == "2030-01-01")


def test_a_page_of_a_day_is_cited_by_an_address_that_leads_to_that_day_again(client: Client, subject: Subject) -> None:
    address = f"http://testserver/subjects/{subject.uscc}/"
    for known, cited in (
        ("2026-05-31", f"截至 2026-05-31，2026-06-01 查阅，{address}?known=2026-05-31"),
        ("2026-06-01", f"平台，2026-06-01 查阅，{address}?known=2026-06-01"),  # tomorrow it shows this day still
        ("", f"平台，2026-06-01 查阅，{address}"),
    ):
        context = client.get(f"/subjects/{subject.uscc}/", {"known": known} if known else {}).context
        assert context["cited"].endswith(cited)
        assert context["cited"].endswith(f"，{context['address']}")


def test_a_document_number_leads_to_the_record_itself(client: Client, subject: Subject) -> None:
    penalty = _penalty()
    page = client.get("/search/", {"q": penalty.document_number}).content.decode()
    assert f'<a href="/records/{penalty.pk}/">行政处罚 {penalty.document_number}</a>' in page
    assert (
        "/records/"
        not in client.get("/search/", {"q": subject.name}).content.decode().split("<h2", 1)[1].split("</ol>")[0]
    )


def test_a_version_says_what_else_changed_than_fields(subject: Subject) -> None:
    found = queries.versions(record_id=_penalty().pk, audience=Audience.PUBLIC, on=date(2026, 6, 1))[0]
    for before, now, said in (
        ("", "罚款已缴清。", "主体声明（作出）"),
        ("罚款已缴清。", "罚款已于当月缴清。", "主体声明（更改）"),
        ("罚款已缴清。", "", "主体声明（撤回）"),
    ):
        versions = [replace(found, statement=now), replace(found, statement=before)]
        assert record_page._versions(versions)[0].changed == (said,)
    others = {"suit_pending": "复议或诉讼标注", "document_sha256": "决定文书", "severity_rule": "失信严重程度的认定"}
    for name, said in others.items():
        later = replace(found, **{name: True if name == "suit_pending" else "ab"})
        assert record_page._versions([later, found])[0].changed == (said,)


def test_looking_back_before_anything_was_known_says_so(client: Client, subject: Subject) -> None:
    page = client.get(f"/subjects/{subject.uscc}/", {"known": "2025-01-01"}).content.decode()
    assert "这一天没有可以显示的记录" in page
    assert "濉市监罚" not in page


def test_a_search_of_one_character_is_answered_with_what_would_be_right(client: Client) -> None:
    response = client.get("/search/", {"q": "信"})
    assert response.status_code == 400
    assert "请至少输入两个字" in response.content.decode()


def test_a_search_that_finds_nothing_helps(client: Client) -> None:
    assert "没有找到" in client.get("/search/", {"q": "不存在的名称"}).content.decode()


def test_a_page_read_again_asks_once_and_is_not_sent_again(client: Client, subject: Subject) -> None:
    for address in (f"/subjects/{subject.uscc}/", f"/records/{_penalty().pk}/"):
        first = client.get(address)
        with CaptureQueriesContext(connection) as queries:
            again = client.get(address)
            unchanged = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert len(queries) == 2
        assert again.content == first.content
        assert again.headers["X-Robots-Tag"] == first.headers["X-Robots-Tag"]
        assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_a_kept_page_is_gone_the_moment_its_record_is_withdrawn(client: Client, subject: Subject) -> None:
    penalty = _penalty()
    pages = (f"/subjects/{subject.uscc}/", f"/records/{penalty.pk}/")
    for page in pages:
        assert penalty.document_number in client.get(page).content.decode()
    at = datetime(2026, 6, 1, 5, tzinfo=UTC)
    withdrawn(penalty, at=at)
    assert penalty.document_number not in client.get(pages[0]).content.decode()
    gone = client.get(pages[1])
    assert (gone.status_code, PUBLIC_WORDS in gone.content.decode()) == (410, True)


def test_a_page_of_the_demonstration_says_how_far_its_filling_is_at_each_reading(
    subject: Subject, settings: Any, tmp_path: Path
) -> None:
    settings.DEMO, settings.DATA_FOLDER = True, tmp_path
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "publiccredit.site.middleware.FillingMiddleware"]
    client, address = Client(), f"/subjects/{subject.uscc}/"
    for filed in (3, 4):
        write_progress(Progress(filed=filed, of=9), folder=tmp_path)
        answer = client.get(address)
        assert f"第 {filed} 项，共 9 项" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
    write_progress(Progress(filed=9, of=9), folder=tmp_path)
    complete = client.get(address)
    assert "共 9 项" not in complete.content.decode()
    assert client.get(address, headers={"If-None-Match": complete["ETag"]}).status_code == 304


def test_a_reader_of_large_type_gets_large_type(client: Client, subject: Subject) -> None:
    address = f"/subjects/{subject.uscc}/"
    assert 'class="large-type"' not in client.get(address).content.decode()
    client.cookies["type_size"] = "large"
    assert 'class="large-type"' in client.get(address).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        f"/records/{2**63}/",
        "/departments/abolished_office/",
        "/catalogue/national_2024/99.9/",
        "/catalogue/record-types/abolished_type/",
    ],
)
def test_what_no_pack_and_no_table_can_hold_is_absent(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_corrected_record_names_what_was_changed_and_guesses_no_working_days(subject: Subject) -> None:
    found = queries.versions(record_id=_penalty().pk, audience=Audience.PUBLIC, on=date(2026, 6, 1))[0]
    before = replace(found, disclosed_until=date(2027, 1, 1), fields=found.fields[1:])
    later, first = record_page._versions([found, before])
    assert (later.changed, first.changed) == ((found.fields[0].title, "公示截止日"), ())
    assert record_page._working_days(date(1990, 1, 1), date(1990, 1, 5)) is None
    assert record_page._due(replace(found, record_type="abolished_type")) is None


def test_a_subject_with_hundreds_of_records_is_read_page_by_page(client: Client, subject: Subject) -> None:
    for number in range(10, 260):
        stored_licence(subject=subject, number=number)
    address, seen = f"/subjects/{subject.uscc}/", []
    while address:
        response = client.get(address)
        page = response.content.decode()
        assert "noindex" in response["X-Robots-Tag"]  # the penalty stands on the last page, and is told of on each
        assert "2027-05-19" in page.split("的记录</h2>")[0].split("全部记录</h2>")[0]
        seen += re.findall(r'class="title"><a href="/records/(\d+)/"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/subjects/{subject.uscc}/{following[1]}" if following else ""
    assert len(seen) == len(set(seen)) == 252


def test_a_subject_page_draws_how_long_each_adverse_record_is_shown(client: Client, subject: Subject) -> None:
    page = client.get(f"/subjects/{subject.uscc}/").content.decode()
    assert "不利的记录公示到哪一天" in page
    assert "2027-05-19" in page.split("全部记录")[0]


@pytest.mark.parametrize(
    ("question", "there", "absent"),
    [
        ("", "统一社会信用代码</a>", "18 位代码"),
        ("?letter=T", "18 位代码", '<th scope="row">自然人'),
        ("?q=自然人", '<th scope="row">自然人', '<th scope="row">代码表'),
        ("?q=USCC", '<th scope="row">统一社会信用代码', '<th scope="row">代码表'),
        ("?q=没有这个词", "没有这样的术语", "<th scope"),
    ],
)
def test_a_term_is_found_by_its_letter_and_by_its_words(client: Client, question: str, there: str, absent: str) -> None:
    page = client.get(f"/glossary/{question}").content.decode()
    assert there in page
    assert absent not in page


@pytest.mark.parametrize(("count", "folded"), [(6, False), (7, True)])
def test_many_bars_are_folded_so_that_the_records_come_first(count: int, folded: bool) -> None:
    term = {"title": "行政处罚", "url": "/records/1/", "marks": (), "last_day": "2027-01-01", "days_left": 5}
    terms = [term | {"last_day": f"2027-01-0{day}"} for day in range(1, count + 1)]
    page = render_to_string("disclosure/subject.html", {"terms": terms, "subject": {"name": "甲"}, "status": {}})
    assert page.count('<tr class="adverse">') == count
    assert ("共 7 条，按最后公示日先后列出：从 2027-01-01 到 2027-01-07" in page) is folded


@pytest.mark.parametrize("address", ["/rights/", "/about/"])
def test_where_the_office_is_and_how_it_is_called_is_told(client: Client, address: str) -> None:
    office = catalogue.credit_office()
    page = client.get(address).content.decode()
    assert office.address and office.telephone
    assert [told in page for told in (office.name, office.address, office.telephone, 'id="office"')] == [True] * 4


def test_a_registration_is_nobodys_decision_and_has_no_day_of_one(subject: Subject) -> None:
    found = queries.visible_record(record_id=_penalty().pk, audience=Audience.PUBLIC, on=TODAY)
    assert found is not None
    registration = replace(found, nature=Nature.NEUTRAL, decided_on=None, served_on=None)
    assert [step.title for step in record_page._steps(registration)] == ["平台收到", "公示"]
    assert [step.title for step in record_page._steps(found)] == ["作出决定", "送达", "平台收到", "公示"]


def test_a_figure_that_is_none_yet_leads_nowhere(client: Client) -> None:
    nothing = Figures(year=2026, published=0, on_time=None, median_days=None, months=(), departments=())
    assert [(figure.value, figure.url) for figure in three_figures(nothing)] == [
        ("0", ""), ("还没有数据", ""), ("还没有数据", ""),
    ]  # fmt: skip


def test_the_line_of_the_target_is_named(client: Client) -> None:
    for address in ("/", "/departments/"):
        page = client.get(address).content.decode()
        assert (f"竖线为目标（{TARGET}%）" in page, " 天</td>" in page) == (True, False)
