"""Two administrators give one account: by keyboard alone, without scripts, on a phone, each at an own log-in."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DEPUTY, PASSWORD, PHONE
from tests.browser.test_the_office_decides_an_objection import focus, press, verify, write


def at_desk(context: BrowserContext, name: str, password: str = PASSWORD) -> Page:
    page = context.new_page()
    page.goto("/log-in/")
    write(page, "input[name=username]", name)
    write(page, "input[name=password]", password)
    press(page, "登录")
    return page


@pytest.mark.browser
def test_an_account_is_proposed_refused_proposed_again_approved_and_collected(
    context_for: Callable[..., BrowserContext],
) -> None:
    first = at_desk(context_for(viewport=PHONE, scripts=False), "administrator")
    other = at_desk(context_for(viewport=PHONE), DEPUTY)

    propose(first, reason="新来的人")
    other.goto("/accounts/")
    press(other, "件等您审核")
    verify(other)
    press(other, "scjg09")
    verify(other)
    expect(other.get_by_text("理由").first).to_be_visible()
    focus(other, "summary")
    other.keyboard.press("Enter")
    write(other, "textarea[name=because]", "没有写明凭什么开户")
    press(other, "不同意")
    expect(other.get_by_text("已不予同意")).to_be_visible()
    first.reload()
    expect(first.get_by_text("没有写明凭什么开户")).to_be_visible()

    propose(first, reason="市场监管局来函，增加一名联络员")
    expect(first.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    other.goto("/accounts/proposals/")
    press(other, "scjg09")
    focus(other, "form[action$='/approve/'] button")
    with other.expect_navigation():
        other.keyboard.press("Enter")
    expect(other.get_by_text("由拟办人领取以后生效")).to_be_visible()
    expect(other.get_by_role("button", name="领取")).to_have_count(0)
    verify(other)

    first.goto("/accounts/proposals/")
    press(first, "scjg09")
    focus(first, "form[action$='/collect/'] button")
    with first.expect_navigation():
        first.keyboard.press("Enter")
    secret = first.locator("code").inner_text()
    newcomer = at_desk(context_for(viewport=PHONE), "scjg09", secret)
    assert newcomer.url.endswith("/password/")
    other.reload()
    assert secret not in other.content()
    expect(other.get_by_text("已领取")).to_be_visible()


def propose(page: Page, *, reason: str) -> None:
    page.goto("/accounts/")
    press(page, "开设账号")
    write(page, "input[name=username]", "scjg09")
    write(page, "input[name=display_name]", "市场某")
    focus(page, "input[name=role]")
    page.keyboard.press("Space")
    focus(page, "select[name=department_code]")
    page.keyboard.type("濉溪县市场监督管理局")
    if page.locator("select[name=department_code]").input_value() != "market_regulation":
        page.locator("select[name=department_code]").select_option("market_regulation")
    write(page, "textarea[name=reason]", reason)
    press(page, "提交审核")
    assert re.search(r"/accounts/proposals/\d+/$", page.url.split("#")[0]), page.url
    expect(page.get_by_text("已提交，等另一位管理员审核。")).to_be_visible()
