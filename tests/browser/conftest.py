"""
One site, one browser, for all browser tests of a worker.

The site runs in its own process on a copy of the template database, with one account for every role. A test that needs
more files it through the site itself.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from publiccredit.accounts.operations import act_as, act_as_nobody, propose_grant
from publiccredit.accounts.types import DEPARTMENT_ROLES, PROGRAM, ROLE_TITLES, Actor, Grant, Role, Wanted
from publiccredit.site import embedded_postgres
from tests.accounts import TERM, opened_account
from tests.browser.county import file_a_small_county
from tests.environment import ROOT, WORKER, unmeasured

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PASSWORD = "browser-only-5127"
DEPUTY = "deputy"  # the second administrator
OPENED = datetime(2026, 11, 1, tzinfo=UTC)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}

# Playwright's event loop lives in this thread for the whole session; the site itself runs in another process.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass(frozen=True)
class Site:
    url: str
    database: str


@pytest.fixture(scope="session")
def site(
    cluster: embedded_postgres.Cluster, template_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Site]:
    """The running site and its worker, with an account for every role and a few records on file."""
    name = f"browser_{WORKER}"
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        embedded_postgres.drop_database(cluster=cluster, name=name)
        embedded_postgres.create_database(cluster=cluster, name=name, template=template_database)
        connection.settings_dict["NAME"] = name
        try:
            _fill()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
    environment = {**unmeasured(), "PUBLICCREDIT_DATABASE_NAME": name, "PUBLICCREDIT_DEMO": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.server"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "publiccredit.site.commands", "worker"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        yield Site(url=process.stdout.readline().strip(), database=name)
    finally:
        for running in (process, worker):
            running.terminate()
            running.wait(timeout=30)
        with django_db_blocker.unblock():
            embedded_postgres.drop_database(cluster=cluster, name=name)


def _fill() -> None:
    act_as(actor=PROGRAM)
    opened_account(
        username=DEPUTY, display_name="演示第二管理员", role=Role.ADMINISTRATOR, password=PASSWORD, at=OPENED
    )  # fmt: skip
    for role in sorted(Role, key=lambda r: r is not Role.ADMINISTRATOR):
        opened_account(
            username=role.value,
            display_name=f"演示{ROLE_TITLES[role]}",
            role=role,
            department_code="market_regulation" if role in DEPARTMENT_ROLES else "",
            password=PASSWORD,
            at=OPENED,
        )
    _leave_one_proposal()
    file_a_small_county()
    act_as_nobody()


def _leave_one_proposal() -> None:
    """What the administrator has to approve."""
    wanted = Wanted(
        kind=Grant.OPEN_ACCOUNT,
        about="hb01",
        terms={"username": "hb01", "display_name": "环某", "role": "liaison", "department_code": "taxation"},
    )
    by = Actor(name=DEPUTY, role=Role.ADMINISTRATOR)
    propose_grant(by=by, wanted=wanted, reason="县税务局来函，增加一名联络员", term=TERM, at=datetime.now(UTC))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.fail(
            f"没有 {CHROMIUM}。请安装：apt-get install -y chromium fonts-noto-cjk;或用环境变量 CHROMIUM 指明位置。"
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def cookies_of(browser: Browser, site: Site) -> Callable[[Role], list[dict[str, object]]]:
    """The session cookies of a role, logged in once."""
    known: dict[Role, list[dict[str, object]]] = {}

    def cookies(role: Role) -> list[dict[str, object]]:
        if role not in known:
            context = browser.new_context(base_url=site.url)
            page = context.new_page()
            log_in(page, role)
            known[role] = context.cookies()
            context.close()
        return known[role]

    return cookies


def log_in(page: Page, role: Role) -> None:
    """Log in by the page."""
    page.goto("/log-in/")
    page.get_by_label("账号").fill(role.value)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state()


@pytest.fixture
def context_for(
    browser: Browser, site: Site, cookies_of: Callable[[Role], list[dict[str, object]]]
) -> Iterator[Callable[..., BrowserContext]]:
    """Open browser contexts: ``context_for(role, viewport=…, scripts=True)``; closed after the test."""
    opened: list[BrowserContext] = []

    def make(role: Role | None = None, viewport: dict[str, int] = DESKTOP, *, scripts: bool = True) -> BrowserContext:
        context = browser.new_context(
            base_url=site.url, viewport=viewport, java_script_enabled=scripts, locale="zh-CN", accept_downloads=True
        )
        if role is not None:
            context.add_cookies(cookies_of(role))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
