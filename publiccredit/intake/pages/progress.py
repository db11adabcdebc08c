"""The bar that moves while a submission is worked on: which step it is at, and how far within it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from publiccredit.accounts.access import open_to
from publiccredit.intake.models import Submission, SubmissionState
from publiccredit.intake.pages.shared import READERS, submission_for

WAITING = (SubmissionState.RECEIVED, SubmissionState.CHECKING, SubmissionState.FILING)
STOP_POLLING = 286  # htmx's own status: take this answer and ask no more
STEPS = ("收到文件", "读取表格", "逐行核验", "匹配主体、入库")


@dataclass(frozen=True)
class Step:
    """One step of the way; ``state``: done, open, ahead."""

    title: str
    state: str
    word: str


@dataclass(frozen=True)
class Moving:
    """Where a submission is. Without a ``maximum`` nobody can say how much is left, and the bar does not pretend to."""

    steps: tuple[Step, ...]
    text: str
    value: int | None = None
    maximum: int | None = None


@open_to(READERS)
@require_GET
def progress(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Give the moving bar alone; when the submission is done, tell the page to load itself again."""
    found = submission_for(request, submission_id)
    if found.state not in WAITING:
        response = HttpResponse(status=STOP_POLLING)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "intake/progress.html", {"submission": found, "moving": moving(found)})


def moving(found: Submission) -> Moving:
    """Say where a submission is that is neither filed nor refused yet."""
    if found.state == SubmissionState.RECEIVED:
        return Moving(_steps(0), "已收到，排队等待核验")
    if found.state == SubmissionState.FILING:
        # One transaction: from outside nothing of it is to be seen until all of it is.
        return Moving(_steps(3), f"{found.progress:,} 行已核验，正在匹配主体并一次入库")
    if found.recognised is None:
        if found.surveyed_percent is None:
            return Moving(_steps(1), "正在读取表格")
        return Moving(_steps(1), f"正在读取表格，已看过 {found.surveyed_percent}%", found.surveyed_percent, 100)
    counted = found.counted_independently
    read = max(found.rows_read, found.progress)  # the two are counted apart; what is checked has been read
    if not counted:
        return Moving(_steps(2), f"正在核验，已读 {read:,} 行，已核验 {found.progress:,} 行")
    # Reading a row and checking it take about as long: each is half of the way.
    said = f"共 {counted:,} 行，已读 {read:,} 行，已核验 {found.progress:,} 行"
    return Moving(_steps(2), said, min(read, counted) + min(found.progress, counted), 2 * counted)


def _steps(at: int) -> tuple[Step, ...]:
    states = (("done", "已完成"), ("open", "进行中"), ("ahead", "未开始"))
    return tuple(
        Step(title, *states[0 if place < at else 1 if place == at else 2]) for place, title in enumerate(STEPS)
    )
