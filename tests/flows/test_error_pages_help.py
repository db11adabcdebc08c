"""What went wrong is said with what to do next, and nothing is kept of what was refused."""

import json
from unittest.mock import patch

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
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


def broken(error: Exception, address: str) -> HttpResponse:
    """Give the answer to a request during which the database raised this."""
    browser = Client(raise_request_exception=False)
    with patch("django.db.backends.utils.CursorWrapper.execute", side_effect=error):
        return browser.get(address)


def stopped(state: str | None) -> OperationalError:
    """Raise as Django does: its own error, from the driver's, which knows PostgreSQL's code or was not told one."""
    error = OperationalError("the database system is shutting down")
    error.__cause__ = psycopg.errors.lookup(state)() if state else psycopg.OperationalError("connection refused")
    return error


@pytest.mark.parametrize("state", [None, "57P01", "57P03", "08006", "53300"])
def test_a_database_out_of_reach_is_said_to_pass(state: str | None) -> None:
    page = broken(stopped(state), "/departments/")
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "平台暂时不能提供服务" in page.content.decode()
    assert "不会只存一半" in page.content.decode()
    program = broken(stopped(state), "/api/v1/search?q=濉溪")
    assert (program.status_code, program["Retry-After"]) == (503, "30")
    assert (json.loads(program.content)["code"], json.loads(program.content)["where"]) == ("unavailable", [])
    watcher = broken(stopped(state), "/health")
    assert (watcher.status_code, watcher["Content-Type"]) == (503, "text/plain")


def test_a_lost_connection_passes_too_and_a_refused_statement_is_a_failure() -> None:
    assert broken(InterfaceError("connection already closed"), "/departments/").status_code == 503
    assert broken(stopped("57014"), "/departments/").status_code == 500  # a statement that took too long
    assert broken(ValueError("a mistake of ours"), "/departments/").status_code == 500


def test_a_request_that_cannot_be_understood_is_explained(client: Client) -> None:
    answer = client.get("/search/?q=%00%00")
    assert (answer.status_code, "请检查是否复制完整" in answer.content.decode()) == (400, True)


def test_a_host_name_the_site_does_not_go_by_is_named_as_the_reason(client: Client) -> None:
    page = client.get("/", headers={"host": "elsewhere.example"})
    assert (page.status_code, "PUBLICCREDIT_HOSTS" in page.content.decode()) == (400, True)
    program = client.get("/api/v1/search?q=濉溪", headers={"host": "elsewhere.example"})
    assert (program.status_code, program.json()["code"]) == (400, "unknown_host")


def test_under_the_address_of_the_interface_a_program_is_answered_in_its_shape(client: Client) -> None:
    for address in ("/api/nothing", "/api/v2/search?q=濉溪", "/api/v1/nothing"):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["code"], answer.json()["where"]) == (404, "not_found", [])
    sent = client.post("/api/schema")
    assert (sent.status_code, sent.json()["code"], sent["Allow"]) == (405, "method_not_allowed", "GET, HEAD")
    assert "没有找到这一页" in client.get("/api/try/nothing").content.decode()
    assert "不能这样打开" in client.post("/api/").content.decode()


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
