"""An enterprise's objection, from the counter to its letter: by keyboard alone, without scripts, on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from publiccredit.accounts.types import Role
from tests.browser.conftest import PHONE
from tests.browser.test_a_liaison_files_a_workbook import press_until
from tests.browser.test_every_page_is_for_everyone import AXE, OPTIONS, RUN


def penalty(page: Page) -> str:
    """Give the address of the penalty that the county's first case is about."""
    page.goto("/cases/1/")
    return page.locator('main a[href^="/records/"]').first.get_attribute("href") or ""


def verify(page: Page) -> None:
    """Hold the page as it stands to axe and to its width."""
    assert page.evaluate("document.documentElement.scrollWidth > window.innerWidth") is False, page.url
    page.evaluate(AXE)
    assert page.evaluate(RUN, OPTIONS) == [], page.url


def focus(page: Page, selector: str) -> None:
    """Press Tab until a control has the focus; nothing is clicked."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"Tab never reached {selector!r} on {page.url}")


def write(page: Page, selector: str, words: str) -> None:
    focus(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(words)


def press(page: Page, words: str) -> None:
    """Reach a control by Tab and press Enter, then wait for the page that follows."""
    press_until(page, words, at_most=120)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.browser
def test_an_objection_goes_from_the_counter_to_its_letter_by_keyboard_on_a_phone(
    context_for: Callable[..., BrowserContext],
) -> None:
    page = context_for(Role.OFFICE_CLERK, PHONE).new_page()
    page.goto(penalty(page))
    press(page, "登记异议")
    press(page, "异议")
    verify(page)
    focus(page, "input[name=ground]")
    page.keyboard.press("Space")
    write(page, "textarea[name=request]", "罚款金额与决定书不符，请核对。")
    press(page, "收件")
    verify(page)
    case = page.url
    expect(page.get_by_text("已收件，编号")).to_be_visible()
    assert (
        page.locator(".timeline")
        .inner_text()
        .startswith("信用信息主体提出请求（窗口），由演示信用办经办人（信用办经办人）收件。")
    )

    focus(page, "#form-take button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("已受理，由您承办。")).to_be_visible()

    press(page, "不予支持")
    template = page.locator("textarea[name=reasons]").input_value()
    assert "____" in template
    focus(page, "#form-decide button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    verify(page)
    expect(page.locator("#form-decide")).to_contain_text("理由仍是模板原文")
    assert page.locator("textarea[name=reasons]").input_value() == template
    write(page, "textarea[name=reasons]", "经核对决定书第二页，罚款金额与所载一致，异议不予支持。")
    focus(page, "#form-decide button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{case}#main"
    expect(page.locator(".page-head .status").first).to_have_text("已决定")
    verify(page)

    press(page, "处理决定书")
    verify(page)
    letter = page.locator("article.letter")
    expect(letter).to_contain_text("罚款金额与所载一致")
    page.emulate_media(media="print")
    assert page.locator(".masthead").is_visible() is False
    assert letter.is_visible()


@pytest.mark.browser
def test_a_case_is_handled_without_scripts(context_for: Callable[..., BrowserContext]) -> None:
    page = context_for(Role.OFFICE_CLERK, PHONE, scripts=False).new_page()
    page.goto("/cases/1/")
    page.locator("#form-extend summary").click()
    page.locator("#form-extend input[name=days]").fill("1")
    page.locator("#form-extend textarea").fill("需要调阅案卷原件")
    page.locator("#form-extend button").click()
    expect(page.get_by_text("期限已延长，并告知申请人。")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^延期通知书$"))).to_be_visible()


@pytest.mark.browser
def test_the_deciding_department_prints_the_repair_notice_with_the_penalty(
    context_for: Callable[..., BrowserContext],
) -> None:
    page = context_for(Role.LIAISON, PHONE).new_page()
    page.goto(penalty(page))
    press(page, "打印信用修复告知书")
    verify(page)
    expect(page.locator("article.letter h2")).to_have_text("信用修复告知书")
    expect(page.get_by_role("link", name="PDF 文件")).to_have_attribute(
        "href", re.compile(r"/cases/notices/\d+/notice\.pdf$")
    )
