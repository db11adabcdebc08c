"""
Every page passes axe at phone and desktop width, scrolls in one direction only, loads nothing from elsewhere, shows where
the keyboard is, and speaks Chinese: no name of the code stands on a screen.
"""

import copy
import re
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
from tests.browser.county import LONG_SUBJECT
from tests.browser.gallery import values

SUBJECT = "/subjects/91000000000070017G/"  # of the packs' samples
PAGES: list[tuple[str, Role | None]] = [
    ("/", None),
    ("/search/?q=濉溪", None),
    ("/search/?q=没有这样的企业", None),
    ("/search/", None),
    ("/search/?q=9100000000007001G", None),
    ("/search/?q=信", None),  # too short
    (SUBJECT, None),
    (f"{SUBJECT}?known=2026-01-01", None),
    (f"/subjects/{LONG_SUBJECT}/", None),
    (f"/search/?q={LONG_SUBJECT}", None),
    ("/records/", None),
    ("/records/1/", None),
    ("/departments/", None),
    ("/departments/market_regulation/", None),
    ("/catalogue/", None),
    ("/catalogue/record-types/administrative_penalty/", None),
    ("/catalogue/national_2024/3.2/", None),
    ("/glossary/", None),
    ("/glossary/?letter=X", None),
    ("/glossary/?q=没有", None),
    ("/api/", None),
    ("/about/", None),
    ("/rights/", None),
    ("/accessibility/", None),
    ("/help/", None),
    ("/help/enterprise/", None),
    ("/help/administrator/", None),
    ("/help/casework/", None),
    ("/no-such-page/", None),
    ("/log-in/", None),
    ("/log-in/code/", None),
    ("/password/", Role.LIAISON),
    ("/second-factor/", Role.DEPARTMENT_HEAD),
    ("/accounts/", Role.LIAISON),  # forbidden
    ("/accounts/", Role.ADMINISTRATOR),
    ("/accounts/new/", Role.ADMINISTRATOR),
    ("/accounts/1/", Role.ADMINISTRATOR),
    ("/accounts/2/", Role.ADMINISTRATOR),
    ("/accounts/1/role/", Role.ADMINISTRATOR),
    ("/accounts/1/tokens/", Role.ADMINISTRATOR),
    ("/accounts/1/password/", Role.ADMINISTRATOR),
    ("/accounts/proposals/", Role.ADMINISTRATOR),
    ("/accounts/proposals/*", Role.ADMINISTRATOR),  # the first of the list: one to approve
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
    ("/start/", Role.OFFICE_CLERK),
    ("/start/", Role.OFFICE_HEAD),
    ("/oversight/", Role.OFFICE_CLERK),
    ("/oversight/departments/market_regulation/", Role.OFFICE_CLERK),
    ("/oversight/late/", Role.OFFICE_CLERK),
    ("/oversight/questions/", Role.OFFICE_CLERK),
    ("/oversight/questions/1/", Role.OFFICE_CLERK),
    ("/oversight/ledger/", Role.AUDITOR),
    ("/oversight/ledger/verification/", Role.AUDITOR),
    ("/oversight/ledger/2/?chain=1", Role.AUDITOR),
    ("/cases/statistics/", None),
    ("/cases/", Role.LIAISON),
    ("/cases/?queue=open", Role.OFFICE_CLERK),
    ("/cases/?queue=closed", Role.OFFICE_CLERK),
    ("/cases/1/", Role.OFFICE_CLERK),
    ("/cases/1/?outcome=corrected", Role.OFFICE_CLERK),
    ("/cases/1/letters/1/", Role.OFFICE_CLERK),
    ("/cases/new/", Role.OFFICE_CLERK),
    ("/cases/new/?q=有限公司", Role.OFFICE_CLERK),
    ("/cases/new/?record=1&procedure=objection", Role.OFFICE_CLERK),
    ("/cases/guidance/?case=1", Role.OFFICE_CLERK),
    ("/cases/guidance/", Role.OFFICE_CLERK),
    ("/cases/1/relation/", Role.OFFICE_CLERK),
    ("/cases/1/", Role.AUDITOR),
    ("/proofs/", Role.OFFICE_CLERK),
    ("/proofs/outbox/", Role.OFFICE_CLERK),
    ("/mine/log-in/", None),
    ("/records/1/challenge/", None),
    ("/challenges/", None),
    ("/complaints/", None),
    ("/recipients/", Role.ADMINISTRATOR),
    ("/recipients/notices/", Role.OFFICE_CLERK),
]
ABSENT = {"/no-such-page/"}
FOR_PROGRAMMERS = {"/api/"}  # the one page whose readers look for names of the code
CODE_NAME = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+)+")
HALF_WIDTH = re.compile("[\u4e00-\u9fff\u201d\uff09][,;:?!][\u4e00-\u9fff\u201c\uff08]")
ACCOUNTS = {role.value for role in Role}  # of the tests' officers, who bear the names of their roles
POLICY = {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
WORDS = """() => {
    const seen = document.body.cloneNode(true);
    seen.querySelectorAll("code, pre, kbd, script, textarea").forEach(part => part.remove());
    return seen.textContent;
}"""
# A focus set by a script shows itself as one set by a key does, once a key has set one.
UNMARKED = """() => {
    const reachable = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
        .filter(part => part.tabIndex >= 0 && part.checkVisibility());
    const unmarked = reachable.filter(part => {
        part.focus();
        const look = getComputedStyle(part);
        return document.activeElement !== part || look.outlineStyle === "none" || parseFloat(look.outlineWidth) < 2;
    });
    const jumping = reachable.filter(part => part.tabIndex > 0);
    return [...unmarked.map(part => "no visible focus: " + part.outerHTML.slice(0, 120)),
            ...jumping.map(part => "out of order: " + part.outerHTML.slice(0, 120))];
}"""
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
    found = [*complaints, *_lax(answer.headers.get("content-security-policy", "")), *_foreign_words(page, path)]
    for width in (PHONE, DESKTOP):
        page.set_viewport_size(width)
        found += page.evaluate(RUN, OPTIONS)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"scrolls sideways at {width['width']}")
    refused = page.evaluate("document.activeElement.matches('.alert[autofocus]')")  # there the keyboard begins
    page.keyboard.press("Tab")
    if not refused and page.evaluate("document.activeElement.textContent") != "跳到正文":
        found.append("the first key press does not lead to the skip link")
    found += page.evaluate(UNMARKED)
    return [f"{path}: {fault}" for fault in found]


def _lax(policy: str) -> list[str]:
    """Give what the security policy lacks, and every word of it that would let in what stands in a page or elsewhere."""
    parts = {part.strip() for part in policy.split(";") if part.strip()}
    loose = [part for part in parts if re.search(r"unsafe|nonce|\*|https?:", part)]
    return [f"the policy lacks {part}" for part in sorted(POLICY - parts)] + [
        f"the policy has {part}" for part in loose
    ]


def _foreign_words(page: Page, path: str) -> list[str]:
    words = page.evaluate(WORDS)
    names = set() if path in FOR_PROGRAMMERS else set(CODE_NAME.findall(words)) - ACCOUNTS
    return [f"speaks code: {name}" for name in sorted(names)] + [f"half width: {m}" for m in HALF_WIDTH.findall(words)]


@pytest.mark.browser
def test_without_scripts_no_button_waits_for_one(context_for: Callable[..., BrowserContext]) -> None:
    page = context_for(scripts=False).new_page()
    idle = {}
    for path, role in PAGES:
        if role is None:
            page.goto(path)
            idle[path] = page.locator("button:visible:not([type=submit])").count()
    assert {path: count for path, count in idle.items() if count} == {}


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
    answer = page.goto("/about/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
    page.route("**/gallery/", lambda route: route.fulfill(body=html, headers=headers))
    assert faults(page, "/gallery/", []) == []
