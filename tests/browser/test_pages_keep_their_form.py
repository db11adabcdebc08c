"""What a designer sees and axe does not: lines that are lines, bars that can be compared, middles in the middle."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from publiccredit.accounts.types import Role
from tests.browser.conftest import DESKTOP, PHONE

TOPS = "steps => steps.map(step => Math.round(step.getBoundingClientRect().top))"
ENDS = "bars => bars.map(bar => { const box = bar.getBoundingClientRect(); return [box.left, box.right]; })"
MIDDLE = "part => { const box = part.getBoundingClientRect(); return (box.left + box.right) / 2; }"


@pytest.mark.browser
def test_the_course_of_a_record_is_one_line_where_there_is_room(context_for: Callable[..., BrowserContext]) -> None:
    page = context_for().new_page()
    page.goto("/records/?type=administrative_penalty")
    page.locator(".entries a[href^='/records/']").first.click()
    tops = {}
    for width in (DESKTOP, PHONE):
        page.set_viewport_size(width)
        tops[width["width"]] = page.eval_on_selector_all(".timeline.across > li", TOPS)
    assert len(tops[1280]) >= 3
    assert len(set(tops[1280])) == 1
    assert tops[390] == sorted(set(tops[390]))  # one below the other


@pytest.mark.browser
def test_bars_begin_and_end_in_one_place_so_that_they_can_be_compared(
    context_for: Callable[..., BrowserContext],
) -> None:
    page = context_for(Role.OFFICE_CLERK).new_page()
    page.goto("/oversight/")
    for width in (DESKTOP, PHONE):
        page.set_viewport_size(width)
        ends = page.eval_on_selector_all(".bars svg", ENDS)
        assert len(ends) > 1
        assert len({tuple(end) for end in ends}) == 1, width


@pytest.mark.browser
def test_what_stands_between_two_ways_is_in_the_middle_also_where_there_is_one(
    context_for: Callable[..., BrowserContext],
) -> None:
    page = context_for(Role.OFFICE_CLERK).new_page()
    page.goto("/oversight/questions/")
    page.get_by_role("link", name="从这里的第一项开始判定").click()
    whole = page.eval_on_selector(".paginator", MIDDLE)
    assert page.get_by_role("link", name="← 上一项").count() == 0
    assert abs(page.eval_on_selector(".paginator > :nth-child(2)", MIDDLE) - whole) < 1
