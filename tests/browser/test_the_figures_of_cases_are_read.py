"""The public figures of cases with months in them: read at both widths, for everyone, and taken along as a file."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import Browser

from publiccredit.accounts.operations import act_as, act_as_nobody
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.operations import (
    refuse_repair,
    reject_objection,
    request_review,
    take_back_request,
    take_case,
)
from publiccredit.catalogue.types import ProcedureName
from publiccredit.site import embedded_postgres
from publiccredit.subjects.models import Subject
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_every_page_is_for_everyone import faults
from tests.environment import ROOT, WORKER, unmeasured
from tests.factories import stored_record, stored_subject
from tests.flows.cases import (
    APPLICANT,
    AT,
    CLERK,
    HEAD,
    LIAISON,
    OFFICE_HEAD,
    OWNER,
    REASONS,
    THIRD,
    asked_in_vain,
    objection_ready,
    opened,
    people,
    repair_ready,
    settled,
)

ADDRESS = f"/cases/statistics/?year={AT.year}"
ENOUGH = 10


@pytest.fixture(scope="module")
def address(
    cluster: embedded_postgres.Cluster, template_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """A site of its own, with the cases of a September: what other pages show is not changed by them."""
    name, usual = f"browser_figures_{WORKER}", connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        embedded_postgres.drop_database(cluster=cluster, name=name)
        embedded_postgres.create_database(cluster=cluster, name=name, template=template_database)
        connection.settings_dict["NAME"] = name
        try:
            act_as(actor=PROGRAM)
            _september()
            act_as_nobody()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.server"],
        cwd=ROOT,
        env={**unmeasured(), "PUBLICCREDIT_DATABASE_NAME": name},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=30)
        with django_db_blocker.unblock():
            embedded_postgres.drop_database(cluster=cluster, name=name)


def _september() -> None:
    """Something in every table: in time and late, put right and left, reviewed, taken back, and too few together."""
    people()
    subject, later = stored_subject(), AT + timedelta(days=6)
    for number in range(ENOUGH):
        objection = objection_ready(stored_record(subject=subject, number=100 + number))
        reject_objection(by=CLERK, case_id=objection.pk, reasons=REASONS, at=AT)
        wrong = objection_ready(stored_record(subject=subject, number=200 + number))
        settled(wrong, "corrected", first=CLERK, second=OFFICE_HEAD, corrections={"fine_fen": "1"}, at=later)
        granted = repair_ready(stored_record(subject=subject, number=300 + number))
        settled(granted, "granted", first=LIAISON, second=HEAD, at=AT)
        elsewhere = ("emergency_management", "taxation", "human_resources")[number % 3]
        few = objection_ready(stored_record(subject=subject, number=400 + number, department_code=elsewhere))
        reject_objection(by=CLERK, case_id=few.pk, reasons=REASONS, at=AT)
        back = objection_ready(stored_record(subject=subject, number=500 + number))
        take_back_request(by=CLERK, case_id=back.pk, stated="9 月 1 日来函，存卷", at=AT)
        _reviewed(subject, 600 + number)


def _reviewed(subject: Subject, number: int) -> None:
    first = opened(
        ProcedureName.CREDIT_REPAIR, stored_record(subject=subject, number=number), ground="duties_performed"
    )
    take_case(by=LIAISON, case_id=first.pk, at=AT)
    asked_in_vain(first, by=LIAISON)
    refuse_repair(by=LIAISON, case_id=first.pk, reasons=REASONS, at=AT)
    review = request_review(by=OWNER, case_id=first.pk, applicant=APPLICANT, request="不服", at=AT)
    take_case(by=THIRD, case_id=review.pk, at=AT)
    refuse_repair(by=THIRD, case_id=review.pk, reasons=REASONS, at=AT)


@pytest.mark.browser
def test_the_figures_pass_axe_at_both_widths_and_come_as_a_file(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, viewport=DESKTOP, locale="zh-CN", accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    assert faults(page, ADDRESS, complaints) == []
    for width in (DESKTOP, PHONE):
        page.set_viewport_size(width)
        page.goto(ADDRESS)
        headings = page.get_by_role("heading", level=2).all_inner_texts()
        assert headings == ["按期办理", "复核", "记录对不对", "撤回的请求", "怎么算的"]
        last = page.locator("table").nth(2).locator("tbody tr").last
        assert last.locator("th").inner_text() == "其他单位合计"
        assert last.locator("td").all_inner_texts() == ["10", "0", "10"]
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/figures-{width['width']}.png", full_page=True)
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载这些表").click()
    assert saved.value.suggested_filename == f"case-statistics-{AT.year}.csv"
    assert "其他单位合计" in saved.value.path().read_text(encoding="utf-8-sig")
    context.close()
