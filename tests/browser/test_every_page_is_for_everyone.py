"""Every page passes axe at phone and desktop width, scrolls in one direction only, and loads nothing from elsewhere."""

import copy
from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import BrowserContext, Page

from publiccredit.accounts.types import Role
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.gallery import values

SUBJECT = "/subjects/91000000000070017G/"  # of the packs' samples
PAGES: list[tuple[str, Role | None]] = [
    ("/", None),
    ("/search/?q=濉溪", None),
    ("/search/?q=没有这样的企业", None),
    (SUBJECT, None),
    ("/records/", None),
    ("/records/1/", None),
    ("/departments/", None),
    ("/departments/market_regulation/", None),
    ("/catalogue/", None),
    ("/catalogue/record-types/administrative_penalty/", None),
    ("/catalogue/national_2024/3.2/", None),
    ("/glossary/", None),
    ("/about/", None),
    ("/rights/", None),
    ("/accessibility/", None),
    ("/help/", None),
    ("/help/enterprise/", None),
    ("/help/administrator/", None),
    ("/help/casework/", None),
    ("/no-such-page/", None),
    ("/log-in/", None),
    ("/password/", Role.LIAISON),
    ("/accounts/", Role.LIAISON),  # forbidden
    ("/accounts/", Role.ADMINISTRATOR),
    ("/accounts/new/", Role.ADMINISTRATOR),
    ("/accounts/1/", Role.ADMINISTRATOR),
    ("/intake/", Role.LIAISON),
    ("/intake/nil-return/", Role.LIAISON),
    ("/intake/documents/", Role.LIAISON),
    ("/intake/submissions/", Role.LIAISON),
    ("/intake/submissions/3/", Role.LIAISON),
    ("/intake/submissions/4/", Role.LIAISON),
    ("/intake/submissions/4/rows/accepted/", Role.LIAISON),
    ("/intake/submissions/4/rows/returned/", Role.LIAISON),
    ("/intake/submissions/4/rows/duplicates/", Role.LIAISON),
    ("/severity/", Role.LIAISON),
    ("/severity/?q=没有", Role.LIAISON),
    ("/severity/*", Role.LIAISON),  # the first penalty of the list
    ("/oversight/start/", Role.DEPARTMENT_HEAD),
    ("/severity/?given=rule", Role.LIAISON),
    ("/oversight/", Role.OFFICE_CLERK),
    ("/oversight/departments/market_regulation/", Role.OFFICE_CLERK),
    ("/oversight/late/", Role.OFFICE_CLERK),
    ("/oversight/questions/", Role.OFFICE_CLERK),
    ("/oversight/questions/1/", Role.OFFICE_CLERK),
    ("/oversight/ledger/", Role.AUDITOR),
    ("/cases/statistics/", None),
    ("/cases/", Role.LIAISON),
    ("/cases/?queue=open", Role.OFFICE_CLERK),
    ("/cases/?queue=closed", Role.OFFICE_CLERK),
    ("/cases/1/", Role.OFFICE_CLERK),
    ("/cases/1/?outcome=corrected", Role.OFFICE_CLERK),
    ("/cases/1/letters/1/", Role.OFFICE_CLERK),
    ("/cases/new/", Role.OFFICE_CLERK),
    ("/cases/new/?record=1&procedure=objection", Role.OFFICE_CLERK),
    ("/cases/guidance/?case=1", Role.OFFICE_CLERK),
    ("/cases/guidance/", Role.OFFICE_CLERK),
    ("/cases/1/", Role.AUDITOR),
    ("/proofs/", Role.OFFICE_CLERK),
    ("/mine/log-in/", None),
    ("/recipients/", Role.ADMINISTRATOR),
    ("/recipients/notices/", Role.OFFICE_CLERK),
]
ABSENT = {"/no-such-page/"}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast-enhanced": {"enabled": True}},  # 7:1, the one rule of WCAG AAA we hold to everywhere
    "resultTypes": ["violations"],
}
RUN = """options => axe.run(document, options).then(results => results.violations.map(
    v => v.id + " ×" + v.nodes.length + ": " + v.nodes[0].html.slice(0, 160)))"""


def faults(page: Page, path: str, complaints: list[str]) -> list[str]:
    """Give what is wrong with a page at both widths: axe, sideways scrolling, other hosts, the security policy."""
    complaints.clear()
    if path.endswith("*"):
        page.goto(path[:-1])
        path = page.locator(f'main table a[href^="{path[:-1]}"]').first.get_attribute("href") or path
    answer = page.goto(path)
    if answer is None or answer.status >= 500 or (answer.status == 404) != (path in ABSENT):
        return [f"{path}: answers {answer and answer.status}"]
    page.evaluate(AXE)
    found = list(complaints)
    for width in (PHONE, DESKTOP):
        page.set_viewport_size(width)
        found += page.evaluate(RUN, OPTIONS)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"scrolls sideways at {width['width']}")
    return [f"{path}: {fault}" for fault in found]


@pytest.mark.browser
@pytest.mark.parametrize("role", sorted({r for _, r in PAGES}, key=str), ids=lambda r: r.value if r else "reader")
def test_every_page_passes_axe_and_stays_within_its_width(
    context_for: Callable[..., BrowserContext], site: Site, role: Role | None
) -> None:
    page = context_for(role).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("request", lambda r: None if r.url.startswith((site.url, "data:")) else complaints.append(r.url))
    assert [fault for path, whose in PAGES if whose is role for fault in faults(page, path, complaints)] == []


@pytest.mark.browser
def test_large_type_is_chosen_without_scripts_and_kept(context_for: Callable[..., BrowserContext]) -> None:
    page = context_for(scripts=False).new_page()
    page.goto("/about/")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"
    page.get_by_role("button", name="大字版").click()
    assert page.url.endswith("/about/")
    page.goto("/rights/")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"


@pytest.mark.browser
def test_the_first_key_press_leads_past_the_navigation(context_for: Callable[..., BrowserContext]) -> None:
    page = context_for().new_page()
    page.goto("/rights/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.browser
def test_every_part_in_the_gallery_is_for_everyone(
    context_for: Callable[..., BrowserContext], site: Site, settings: object
) -> None:
    engine = copy.deepcopy(settings.TEMPLATES)  # type: ignore[attr-defined]
    engine[0]["DIRS"] = [Path(__file__).parent / "templates"]
    settings.TEMPLATES = engine  # type: ignore[attr-defined]
    request = RequestFactory().get("/gallery/")
    request.user = AnonymousUser()
    html = render_to_string("gallery.html", dict(values()), request=request)
    page = context_for().new_page()
    page.route("**/gallery/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    assert faults(page, "/gallery/", []) == []
