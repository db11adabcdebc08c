"""What went wrong is said with what to do next, and nothing is kept of what was refused."""

import pytest
from django.test import Client, RequestFactory, override_settings

from publiccredit.site import errors

pytestmark = pytest.mark.django_db


def test_absent_and_hidden_pages_offer_a_search(client: Client) -> None:
    answer = client.get("/records/999999/")
    assert answer.status_code == 404
    assert 'role="search"' in answer.content.decode()
    assert "三种情况平台给出同样的答复" in answer.content.decode()


def test_a_browser_that_shows_no_page_finds_the_sign_of_the_site(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/site/seal.svg")
    assert answer["Cache-Control"] == "max-age=86400"


@override_settings(UPLOAD_MAX_BYTES=2**20)
def test_a_body_above_the_limit_is_refused_before_it_is_read(client: Client) -> None:
    page = client.post("/log-in/", {"username": "x"}, headers={"content-length": str(2**30)})
    assert (page.status_code, "一次最多上传 1 MB" in page.content.decode()) == (413, True)
    program = client.post("/api/v1/submissions", {}, headers={"content-length": str(2**30)})
    assert (program.status_code, program.json()["code"]) == (413, "too_large")


def test_a_form_without_its_token_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/log-in/", {"username": "a", "password": "b"})
    assert (answer.status_code, "这张表单已经过期" in answer.content.decode()) == (403, True)


def test_a_failure_says_that_nothing_is_half_done_and_asks_nothing_of_the_database() -> None:
    answer = errors.failed(RequestFactory().get("/"))
    assert (answer.status_code, "不会只存一半" in answer.content.decode()) == (500, True)
    assert "公共信用信息平台</a>" in answer.content.decode()


def test_a_request_that_cannot_be_understood_is_explained(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert (answer.status_code, "这个请求无法识别" in answer.content.decode()) == (400, True)


def test_type_size_is_kept_and_never_leads_elsewhere(client: Client) -> None:
    large = client.post("/type-size/", {"size": "large", "next": "/about/"})
    assert (large.headers["Location"], large.cookies["type_size"].value) == ("/about/", "large")
    assert 'class="large-type"' in client.get("/about/").content.decode()
    back = client.post("/type-size/", {"size": "normal", "next": "https://elsewhere.example/"})
    assert (back.headers["Location"], back.cookies["type_size"].value) == ("/", "")


def test_the_rights_page_states_the_terms_in_force_with_how_well_they_are_known(client: Client) -> None:
    page = client.get("/rights/").content.decode()
    assert all(words in page for words in ("公示有期限", "已核对原文", "据转载", "12 个月"))


def test_a_page_for_everybody_sets_no_cookie(client: Client) -> None:
    assert dict(client.get("/about/").cookies) == {}


def test_an_address_that_only_takes_a_form_says_so(client: Client) -> None:
    answer = client.post("/about/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert "不能这样打开" in answer.content.decode()
