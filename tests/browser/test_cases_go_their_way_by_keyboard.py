"""An enterprise repairs, a department decides, a reader contests, the office withdraws: by keyboard alone, on a phone."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from publiccredit.accounts.types import Role
from tests.browser.conftest import PHONE
from tests.browser.county import OLD_ENTERPRISE, OTHER_ENTERPRISE
from tests.browser.test_the_office_decides_an_objection import focus, press, verify, write
from tests.papers import a_pdf

Open = Callable[..., BrowserContext]
PUBLIC_WORDS = "县人民法院已经撤销该处罚决定。"
EFFECTS = ("停止公示", "停止共享和使用", "解除失信惩戒措施", "更新评价结果")
PDF = a_pdf("synthetic")


def send(page: Page, selector: str) -> None:
    """Reach a button by Tab and press Enter."""
    focus(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def letter_for(context_for: Open, identifier: str) -> str:
    """Have the counter make a letter for an enterprise, and give its code."""
    page = context_for(Role.OFFICE_CLERK, PHONE).new_page()
    page.goto("/proofs/")
    write(page, "#identifier", identifier)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    verify(page)
    write(page, "form[action$='/letter/'] textarea", "营业执照原件、授权委托书")
    send(page, "form[action$='/letter/'] button")
    verify(page)
    return page.locator(".letter-code").inner_text()


def at_the_desk(context_for: Open, identifier: str) -> Page:
    """Prove an enterprise with the code of its letter."""
    code = letter_for(context_for, identifier)
    page = context_for(viewport=PHONE).new_page()
    page.goto("/mine/")
    verify(page)
    write(page, "form[action$='/letter/'] input[name=identifier]", identifier)
    write(page, "input[name=code]", code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    verify(page)
    return page


def decide(page: Page, outcome: str, reasons: str, public: str = "") -> None:
    """Choose an outcome, be refused with its untouched template, and give reasons of one's own."""
    press(page, outcome)
    template = page.locator("textarea[name=reasons]").input_value()
    if public:
        write(page, "textarea[name=public_notice]", public)
    send(page, "#form-decide button")
    verify(page)
    expect(page.locator("#form-decide")).to_contain_text("理由仍是模板原文")
    assert page.locator("textarea[name=reasons]").input_value() == template
    write(page, "textarea[name=reasons]", reasons)
    send(page, "#form-decide button")
    verify(page)


@pytest.mark.browser
def test_an_enterprise_repairs_and_its_department_decides_with_four_effects(context_for: Open, tmp_path: Path) -> None:
    mine = at_the_desk(context_for, OLD_ENTERPRISE)
    press(mine, "行政处罚")
    verify(mine)
    record = mine.url
    public = record.replace("/mine", "")
    expect(mine.get_by_text("最短公示期已满，现在就可以申请。")).to_be_visible()
    expect(mine.get_by_text("需要 2 份材料")).to_be_visible()
    number = record.rstrip("/").rsplit("/", 1)[1]
    assert mine.request.get(public).status == 200

    press(mine, "申请信用修复")
    verify(mine)
    for place, name in enumerate(("缴款凭证.pdf", "承诺书.pdf")):
        file = tmp_path / name
        file.write_bytes(PDF)
        mine.locator("input[type=file]").nth(place).set_input_files(file)
    focus(mine, "input[name=ground]")
    mine.keyboard.press("Space")
    write(mine, "textarea[name=request]", "罚款已经缴纳，违法行为已经改正，申请修复。")
    send(mine, "main form[enctype] button[type=submit]")
    verify(mine)
    case = mine.locator("h1").inner_text().split()[-1]
    expect(mine.get_by_text("申请已收到，编号")).to_be_visible()

    desk = context_for(Role.LIAISON, PHONE).new_page()
    desk.goto("/cases/")
    verify(desk)
    press(desk, "待受理")
    press(desk, case)
    verify(desk)
    paper = desk.locator("a[href*='/papers/']").first
    assert desk.request.get(paper.get_attribute("href") or "").headers["content-type"] == "application/pdf"
    send(desk, "#form-take button")
    decide(desk, "准予修复", "缴款凭证和信用承诺书齐全，最短公示期已满，符合修复条件。")
    expect(desk.locator(".page-head .status").first).to_have_text("待审核")
    page_of_case = desk.url.split("#")[0].split("?")[0]

    head = context_for(Role.DEPARTMENT_HEAD, PHONE).new_page()
    head.goto(page_of_case)
    send(head, "#form-approve button")
    verify(head)
    expect(head.locator(".page-head .status").first).to_have_text("已决定")
    for effect in EFFECTS:
        expect(head.locator("dl", has_text=effect).first).to_contain_text(
            re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d")
        )
    press(head, "处理决定书")
    verify(head)
    expect(head.locator("article.letter")).to_contain_text("准予修复")

    mine.goto(record)
    verify(mine)
    for effect in EFFECTS:
        expect(mine.locator("aside li", has_text=effect)).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    copied = json.loads(mine.request.get("/mine/copy.json").text())
    effects = next(r for r in copied["records"] if str(r["id"]) == number)["repair_effects"]
    assert [e["title"] for e in effects] == list(EFFECTS)
    assert len({e["at"] for e in effects}) == 1
    mine.goto("/mine/copy/")
    verify(mine)
    expect(mine.locator("main")).to_contain_text("解除失信惩戒措施")
    assert mine.request.get(public).status == 404
    assert mine.request.get(f"/api/v1/records/{number}").status in (404, 410)
    feed = json.loads(mine.request.get("/api/v1/changes").text())
    assert feed["complete"] is True
    tombstones = {c["record_id"]: c["reason"] for c in feed["changes"] if c["record"] is None}
    assert tombstones[int(number)] == "ended"


@pytest.mark.browser
def test_a_reader_contests_a_field_and_the_office_withdraws_with_its_reason_in_the_place(context_for: Open) -> None:
    reader = context_for(viewport=PHONE).new_page()
    reader.goto(f"/subjects/{OTHER_ENTERPRISE}/")
    press(reader, "行政处罚")
    record = reader.url
    press(reader, "在这里指出")
    verify(reader)
    focus(reader, "select[name=field]")
    focus(reader, "input[name=ground]")
    reader.keyboard.press("Space")
    write(reader, "textarea[name=wrong]", "该文号的处罚决定已经由法院撤销，不应公示。")
    write(reader, "textarea[name=source]", "中国裁判文书网，案号另附。")
    send(reader, "main form[data-once] button[type=submit]")
    verify(reader)
    number, code = (reader.locator("strong.number").nth(n).inner_text() for n in (0, 1))
    reader.goto(record)
    expect(reader.locator("main")).to_contain_text("异议处理中")

    office = context_for(Role.OFFICE_CLERK, PHONE).new_page()
    office.goto("/cases/?queue=new")
    verify(office)
    press(office, number)
    verify(office)
    send(office, "#form-take button")
    decide(office, "停止公示", "经向法院核实，该处罚决定已被撤销，信息不应公示，停止公示。", PUBLIC_WORDS)
    page_of_case = office.url.split("#")[0].split("?")[0]
    second = context_for(Role.OFFICE_HEAD, PHONE).new_page()
    second.goto(page_of_case)
    send(second, "#form-approve button")
    verify(second)

    answer = reader.goto(record)
    assert answer is not None and answer.status == 410
    verify(reader)
    expect(reader.locator("main")).to_contain_text(f"异议成立，停止公示。{PUBLIC_WORDS}")
    reader.goto("/challenges/")
    verify(reader)
    write(reader, "input[name=number]", number)
    write(reader, "input[name=code]", code)
    with reader.expect_navigation():
        reader.keyboard.press("Enter")
    verify(reader)
    expect(reader.locator("main")).to_contain_text("处理决定书")


@pytest.mark.browser
def test_a_department_finds_its_own_and_overdue_cases_by_filter(context_for: Open) -> None:
    page = context_for(Role.LIAISON, PHONE).new_page()
    page.goto("/cases/")
    for queue in ("待本单位办理", "我承办的", "逾期"):
        press(page, queue)
        verify(page)
        expect(page.locator("main")).to_contain_text(queue)
