"""A liaison proposes another severity with the keyboard and without scripts; every step is for everyone, at both widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from publiccredit.accounts.types import Role
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page_is_for_everyone import AXE, OPTIONS, RUN
from tests.papers import a_pdf

REASON = "依本系统失信程度标准，当事人主动消除危害后果。"


def _faults(page: Page, *, scripts: bool) -> list[str]:
    if not scripts:  # axe is a script: it looks at the same pages in the other run
        return []
    page.evaluate(AXE)
    found = []
    for width in (PHONE, DESKTOP):
        page.set_viewport_size(width)
        found += page.evaluate(RUN, OPTIONS)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"scrolls sideways at {width['width']}")
    return found


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_liaison_chooses_looks_and_proposes(context_for: Callable[..., BrowserContext], scripts: bool) -> None:
    page = context_for(Role.LIAISON, scripts=scripts).new_page()
    page.goto("/intake/")
    page.get_by_role("link", name="查看和更正").click()
    page.locator("tbody th a").nth(int(scripts)).click()  # one record each: the other is under way by then
    page.get_by_role("radio").first.check()
    page.get_by_label("理由").fill("情 节 很 严 重 呀")
    page.get_by_role("button", name="看更正后的公示期").click()
    expect(page.get_by_role("alert")).to_contain_text("理由至少 10 个字，实为 6 个字")
    assert _faults(page, scripts=scripts) == []
    page.get_by_role("radio").first.check()
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="看更正后的公示期").click()
    expect(page.get_by_role("heading", name="更正后")).to_be_visible()
    expect(page.get_by_text(f"理由：{REASON}")).to_be_visible()
    assert _faults(page, scripts=scripts) == []
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("理由")).to_have_value(REASON)
    page.get_by_role("button", name="看更正后的公示期").click()
    page.get_by_role("button", name="提交负责人审核").click()
    if not scripts:  # a browser that checks by itself says so in words of its own
        expect(page.get_by_role("button", name="提交负责人审核")).to_be_visible()
    page.get_by_label("决定文书或者审批表").set_input_files(
        files=[{"name": "审批表.pdf", "mimeType": "application/pdf", "buffer": a_pdf("severity")}]
    )
    page.get_by_role("button", name="提交负责人审核").click()
    expect(page.get_by_text("由本单位另一位负责人审核后生效；审核以前记录不变。")).to_be_visible()
    assert _faults(page, scripts=scripts) == []
