"""帮助: the guides of docs/guide as pages; an officer is led to the own one."""

import re

import pytest
from django.test import Client
from markdown_it import MarkdownIt

from publiccredit.accounts.types import DEPARTMENT_ROLES, Role
from publiccredit.site.guides import FOLDER, GUIDES, _join, guides, read_guide
from tests.accounts import opened_account
from tests.flows.cases import AT

pytestmark = pytest.mark.django_db


def test_every_guide_of_the_folder_is_a_page_with_its_sections_and_the_list_names_it(client: Client) -> None:
    written = {file.stem for file in FOLDER.glob("*.md")} - {"add-a-source"}  # for developers, in English
    assert {guide.name for guide in guides()} == written
    listed = client.get("/help/").content.decode()
    for guide in guides():
        page = client.get(f"/help/{guide.name}/").content.decode()
        assert f"<h1>{guide.title}</h1>" in page
        assert page.count("<h1") == 1
        assert all(f'<h2 id="{s.anchor}">' in page for s in guide.sections)
        assert f'href="/help/{guide.name}/"' in listed


def test_links_between_guides_lead_within_the_site_and_no_other_file_is_named() -> None:
    liaison = read_guide(name="liaison")
    assert liaison is not None
    assert 'href="/help/interface/"' in liaison.html
    assert [g.name for g in guides() if re.search(r'href="[^"]*\.md', g.html)] == []


GAP = re.compile("[\u4e00-\u9fff\uff0c\u3002\uff1b\uff1a][ \n]+[\u4e00-\u9fff]")


def test_no_line_of_a_guide_leaves_a_gap_between_two_chinese_characters() -> None:
    gaps = {g.name: GAP.findall(re.sub("<pre.*?</pre>", "", g.html, flags=re.S)) for g in guides()}
    assert {name: found for name, found in gaps.items() if found} == {}


def test_a_break_beside_other_letters_stays_a_space() -> None:
    parser = MarkdownIt("commonmark")
    tokens = parser.parse("许可等其他\n信息的，用\nAPI 取\n**得**\n数")
    for token in tokens:
        _join(token)
    said = parser.renderer.render(tokens, parser.options, {})
    assert said == "<p>许可等其他信息的，用\nAPI 取<strong>得</strong>数</p>\n"


def test_a_guide_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/help/none/").status_code == 404
    assert client.get("/help/..%2F..%2FREADME/").status_code == 404


@pytest.mark.usefixtures("as_program")
@pytest.mark.parametrize("role", list(Role))
def test_an_officer_is_led_to_the_guide_of_the_own_role(client: Client, role: Role) -> None:
    officer = opened_account(username="somebody", display_name="张三", role=role, password="long-enough-3819", at=AT,
        department_code="market_regulation" if role in DEPARTMENT_ROLES else "",
    )  # fmt: skip
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    page = client.get("/password/").content.decode()
    own = next(name for name, _, roles in GUIDES if role in roles)
    assert f'<a href="/help/{own}/">帮助</a>' in page
    assert client.get(f"/help/{own}/").status_code == 200
