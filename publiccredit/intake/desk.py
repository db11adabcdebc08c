"""What the liaison's desk shows: what is due, how a submission came out, its issues by rule. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import IssueKind, Source
from publiccredit.intake.confirmations import row_confirmed
from publiccredit.intake.models import DuplicateRow, NilReturn, RowIssue, Submission, SubmissionState
from publiccredit.intake.periods import Period, period_before, period_of
from publiccredit.intake.types import WEEKS_WATCHED

# How a filed submission came out, beside its state: as its badge says.
RETURNED_TITLES = {"partly_returned": "部分退回", "all_returned": "全部退回"}
_FILED_AS = {
    "filed": Q(returned=0),
    "partly_returned": Q(returned__gt=0) & (Q(accepted__gt=0) | Q(duplicates__gt=0)),
    "all_returned": Q(returned__gt=0, accepted=0, duplicates=0),
}
LOOKED_BACK = timedelta(weeks=WEEKS_WATCHED)  # however lately a department began to send
LOOKED_BACK_AT_MOST = timedelta(weeks=53)
CELLS_SHOWN = 20  # of each rule on the submission's own page; the rule's page lists them all
PAGE = 50
PLACES_SHOWN = 100  # to be confirmed at once, each looked at: a file with more has its column in another unit


@dataclass(frozen=True)
class Due:
    """One source of a department in this period: sent, declared nil or still open, and whether the last was missed."""

    source: Source
    period: Period
    submission_id: int | None
    is_nil: bool
    missed: Period | None

    @property
    def is_open(self) -> bool:
        return self.submission_id is None and not self.is_nil


@dataclass(frozen=True)
class Cell:
    """Where one problem is, as the sender's own program names the place."""

    place: str
    column: str
    found: str
    expected: str


@dataclass(frozen=True)
class IssueGroup:
    """All problems of one rule in one submission, with the first of their cells."""

    code: str
    title: str
    remedy: str
    basis: str
    returns: bool
    overridable: bool
    by_row: bool
    count: int
    cells: tuple[Cell, ...]


def sources_due(*, department_code: str, on: date) -> tuple[Due, ...]:
    """Give what a department is to send in the period of a day. Three queries, however many sources."""
    sources = catalogue.sources_of(department=department_code, on=on)
    periods = {s.name: period_of(rhythm=s.update, on=on) for s in sources}
    before = {s.name: period_before(rhythm=s.update, period=periods[s.name]) for s in sources}
    if not sources:
        return ()
    since = min(p.start for p in before.values())
    sent = list(
        Submission.objects.filter(
            department_code=department_code, state=SubmissionState.FILED, received_at__gte=_midnight(since)
        )
        .order_by("-id")
        .values_list("source", "received_at", "id")
    )
    nil = set(
        NilReturn.objects.filter(department_code=department_code, period_from__gte=since).values_list(
            "source", "period_from"
        )
    )
    return tuple(
        Due(
            source=s,
            period=periods[s.name],
            submission_id=_first_in(sent, s.name, periods[s.name]),
            is_nil=(s.name, periods[s.name].start) in nil,
            missed=None
            if _first_in(sent, s.name, before[s.name]) or (s.name, before[s.name].start) in nil
            else before[s.name],
        )
        for s in sources
    )


def missed_periods(*, department_code: str, on: date) -> tuple[tuple[Source, Period], ...]:
    """
    Give every period that is over and for which nothing came, the newest first: since the department began to send, or
    as far back as the office's board shows. Three queries, however many sources.
    """
    sources = catalogue.sources_of(department=department_code, on=on)
    filed = Submission.objects.filter(department_code=department_code, state=SubmissionState.FILED)
    first = filed.order_by("received_at").values_list("received_at", flat=True).first()
    began = timezone.localdate(first) if first else on
    since = max(min(began, on - LOOKED_BACK), on - LOOKED_BACK_AT_MOST)
    sent: dict[str, set[date]] = {}
    for source, at in filed.filter(received_at__gte=_midnight(since - timedelta(days=92))).values_list(
        "source", "received_at"
    ):
        sent.setdefault(source, set()).add(timezone.localdate(at))
    nil = set(NilReturn.objects.filter(department_code=department_code).values_list("source", "period_from"))
    missed = [
        (source, period)
        for source in sources
        for period in _periods_over(source, since=since, on=on)
        if (source.name, period.start) not in nil
        and not any(period.start <= day < period.until for day in sent.get(source.name, ()))
    ]
    return tuple(sorted(missed, key=lambda pair: (-pair[1].start.toordinal(), pair[0].title)))


def _periods_over(source: Source, *, since: date, on: date) -> Iterable[Period]:
    if source.update == "daily":
        return  # no day is chased: what is decided has its own clock
    period = period_before(rhythm=source.update, period=period_of(rhythm=source.update, on=on))
    while period.until > since:
        yield period
        period = period_before(rhythm=source.update, period=period)


def _first_in(sent: Iterable[tuple[str, datetime, int]], source: str, period: Period) -> int | None:
    for name, at, number in sent:
        if name == source and period.start <= timezone.localdate(at) < period.until:
            return number
    return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def submissions_before(
    *, department_code: str, before: int | None, state: str = "", week: Period | None = None, since: date | None = None
) -> QuerySet[Submission]:
    """Give submissions, the newest first, from behind a number on; of every department where none is named."""
    found = Submission.objects.order_by("-id")
    if department_code:
        found = found.filter(department_code=department_code)
    if state in _FILED_AS:
        found = found.filter(_FILED_AS[state], state=SubmissionState.FILED)
    elif state:
        found = found.filter(state=state)
    if week is not None:
        found = found.filter(received_at__gte=_midnight(week.start), received_at__lt=_midnight(week.until))
    if since is not None:
        found = found.filter(received_at__gte=_midnight(since))
    return found if before is None else found.filter(id__lt=before)


def issue_groups(*, submission: Submission) -> tuple[IssueGroup, ...]:
    """Give a submission's issues by rule, returned ones first, the most frequent first. Two queries."""
    counted = RowIssue.objects.filter(submission=submission).values("code", "severity").annotate(found=Count("id"))
    numbered = RowIssue.objects.filter(submission=submission).annotate(
        place_in_rule=Window(
            RowNumber(), partition_by=[F("code"), F("severity")], order_by=[F("sheet"), F("row_number"), F("id")]
        )
    )
    shown: dict[tuple[str, str], list[Cell]] = {}
    for issue in numbered.filter(place_in_rule__lte=CELLS_SHOWN):
        shown.setdefault((issue.code, issue.severity), []).append(cell_of(issue))
    groups = [
        _group(code=row["code"], severity=row["severity"], count=row["found"], cells=shown)
        for row in counted.order_by()
    ]
    return tuple(sorted(groups, key=lambda g: (not g.returns, -g.count, g.code)))


def _group(*, code: str, severity: str, count: int, cells: dict[tuple[str, str], list[Cell]]) -> IssueGroup:
    kind = issue_kind(code=code)
    return IssueGroup(
        code=code,
        title=kind.title if kind else code,
        remedy=kind.remedy.replace("{expected}", "“应为”一栏所列") if kind else "",  # the words of the page's own table
        basis=kind.basis if kind else "",
        returns=severity == "return",
        overridable=bool(kind and kind.overridable),
        by_row=bool(kind and kind.by_row),
        count=count,
        cells=tuple(cells.get((code, severity), ())),
    )


def issue_kind(*, code: str) -> IssueKind | None:
    """Give the words of an issue code; nothing for a code of packs since replaced."""
    return next((kind for kind in catalogue.packs().issues if kind.code == code), None)


def cell_of(issue: RowIssue) -> Cell:
    sheet = f"{issue.sheet}!" if issue.sheet else ""
    place = (
        f"{sheet}{issue.column_letter}{issue.row_number}" if issue.column_letter else f"{sheet}第 {issue.row_number} 行"
    )
    return Cell(place=place, column=issue.column, found=issue.found, expected=issue.expected)


def places_to_confirm(*, submission: Submission, code: str) -> list[tuple[str, str]]:
    """Give the first cells of a doubt that is confirmed row by row: the word that confirms each, and what it says."""
    found = RowIssue.objects.filter(submission=submission, code=code, severity="return")
    shown: dict[str, str] = {}
    for issue in found.order_by("sheet", "row_number", "id")[:PLACES_SHOWN]:
        cell = cell_of(issue)
        word = row_confirmed(code=code, sheet=issue.sheet, row=issue.row_number)
        said = f"{cell.place}“{cell.column}”填“{cell.found}”：{cell.expected}"
        shown[word] = f"{shown[word]}；{said}" if word in shown else said
    return list(shown.items())


def left_to_confirm(*, groups: Iterable[IssueGroup], shown: int) -> int:
    """Give how many doubts that are confirmed row by row the page does not show at once."""
    return max(0, sum(g.count for g in groups if g.by_row and g.returns) - shown)


def issues_after(*, submission: Submission, code: str, after: tuple[int, int] | None) -> QuerySet[RowIssue]:
    """Give the issues of one rule by row, from behind a row and number on."""
    found = RowIssue.objects.filter(submission=submission, code=code).order_by("row_number", "id")
    if after is None:
        return found
    row, number = after
    return found.filter(Q(row_number__gt=row) | Q(row_number=row, id__gt=number))


def duplicates_after(*, submission: Submission, after: int) -> QuerySet[DuplicateRow]:
    """Give the rows that were already on file, a page from behind one on, and the first of the next page."""
    return DuplicateRow.objects.filter(submission=submission, pk__gt=after).order_by("pk")[: PAGE + 1]
