"""The liaison's whole way: by keyboard alone, without scripts, and with the bar that moves."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from publiccredit.accounts.types import Role
from tests.browser.conftest import PASSWORD, PHONE
from tests.browser.county import SAMPLES

RETURNED = SAMPLES / "returned/licence.csv"
FOCUSED = "document.activeElement.textContent.trim() || document.activeElement.name || document.activeElement.type"
LONGEST = 60_000  # milliseconds until a small file must have been filed


def press_until(page: Page, words: str, *, at_most: int = 60) -> None:
    """Press Tab until the control of these words has the focus."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    pytest.fail(f"Tab never reached {words!r}")


@pytest.mark.browser
def test_a_liaison_logs_in_and_reaches_the_desk_by_keyboard(context_for: Callable[..., BrowserContext]) -> None:
    page = context_for().new_page()
    page.goto("/log-in/")
    press_until(page, "username")
    page.keyboard.type(Role.LIAISON.value)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/intake/")
    expect(page.get_by_role("heading", level=1)).to_have_text("报送")
    press_until(page, "file")
    press_until(page, "核验并入库")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


@pytest.mark.browser
def test_a_file_is_sent_and_its_outcome_appears_by_itself(
    context_for: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = context_for(Role.LIAISON).new_page()
    page.goto("/intake/")
    page.get_by_label("选择或拖入要报送的文件").set_input_files(RETURNED)
    page.get_by_role("button", name="核验并入库").click()
    expect(page.get_by_role("heading", name="疑问")).to_be_visible(timeout=LONGEST)
    assert page.locator(".figure .title").all_text_contents() == ["接受", "退回", "已在库"]
    with page.expect_download() as answer:
        page.get_by_role("link", name="下载标注好的工作簿").click()
    answer.value.save_as(tmp_path / "annotated.xlsx")
    book = openpyxl.load_workbook(tmp_path / "annotated.xlsx")
    assert any(cell.comment for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.browser
def test_without_scripts_on_a_phone_everything_is_done_all_the_same(
    context_for: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = context_for(Role.LIAISON, PHONE, scripts=False).new_page()
    page.goto("/intake/")
    file = tmp_path / "许可.csv"
    file.write_bytes((SAMPLES / "accepted/licence-dates.csv").read_bytes())
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_role("button", name="核验并入库").click()
    # The page refreshes itself by its head while the file is being checked.
    expect(page.locator(".figure").first).to_be_visible(timeout=LONGEST)
    expect(page.get_by_text("没有疑问")).to_be_visible()
    page.get_by_role("link", name="全部报送").click()
    expect(page.get_by_role("link", name="许可.csv")).to_be_visible()


@pytest.mark.browser
def test_a_form_sent_empty_says_what_is_missing_beside_the_field(context_for: Callable[..., BrowserContext]) -> None:
    page = context_for(Role.LIAISON, scripts=False).new_page()
    page.goto("/intake/")
    page.locator('input[type="file"]').evaluate("e => e.removeAttribute('required')")
    page.get_by_role("button", name="核验并入库").click()
    field = page.locator('input[type="file"]')
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby") or ""
    said = " ".join(page.locator(f"#{name}").inner_text() for name in described.split())
    assert "还没有选择文件" in said


@pytest.mark.browser
def test_a_file_dropped_anywhere_lands_in_the_form_and_is_sent_once(
    context_for: Callable[..., BrowserContext],
) -> None:
    page = context_for(Role.LIAISON).new_page()
    page.goto("/intake/")
    expect(page.get_by_text("拖到本页任意位置")).to_be_visible()
    dropped = page.evaluate_handle(
        """() => { const t = new DataTransfer(); t.items.add(new File(["a,b"], "dropped.csv")); return t; }"""
    )
    page.dispatch_event("footer", "dragenter", {"dataTransfer": dropped})
    assert page.evaluate("document.body.className") == "dropping"
    page.dispatch_event("footer", "drop", {"dataTransfer": dropped})
    assert page.evaluate("document.querySelector('input[type=file]').files[0].name") == "dropped.csv"
    assert page.evaluate("document.body.className") == ""
    posts: list[str] = []
    page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    page.evaluate(
        """() => { const b = document.querySelector('form[data-once] button[type=submit]'); b.click(); b.click(); }"""
    )
    page.wait_for_url("**/intake/submissions/*/")
    assert len(posts) == 1
