"""
What the county's departments sent, day by day: the same for the same seed and last day.

The platform began 47 weeks before the last day; what was decided in the two years before that was sent in when it
began. Since then departments send as they do: weekly, on time or late, with mistakes, corrected the next day or not.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from publiccredit.ledger.types import CHINA
from publiccredit.site.demo import mistakes
from publiccredit.site.demo.decisions import LONG_TERM, Decision, Register, Row
from publiccredit.site.demo.enterprises import Enterprise, chance, enterprises
from publiccredit.site.demo.streams import STREAMS, Kind, Service, Stream
from publiccredit.site.demo.words import MARK

WEEKS = 47
DAYS = 730
ENTERPRISES = 2400
REGISTRATION = "market_regulation/registration"
LATE_BY = 2  # sendings


@dataclass(frozen=True)
class File:
    """One file, as a department's liaison sends it."""

    key: str
    at: datetime
    department: str
    source: str
    form: str
    name: str
    rows: tuple[Row, ...]
    served_on: date | None = None
    encoding: str = "utf-8-sig"


@dataclass(frozen=True)
class Nil:
    """A department states that it decided nothing in ``[start, until)``."""

    key: str
    at: datetime
    department: str
    source: str
    start: date
    until: date


Step = File | Nil


def steps(*, until: date, seed: str) -> list[Step]:
    """Give everything the departments sent until a day, in the order of its arrival."""
    monday = until - timedelta(days=until.weekday())
    begins = monday - timedelta(weeks=WEEKS)
    county = enterprises(number=ENTERPRISES, seed=seed, until=until)
    everything: list[Step] = list(_registrations(county, begins, until))
    for stream in STREAMS:
        everything.extend(_Sender(stream, county, seed, begins, until).steps())
    everything.append(_wrong_file(begins))
    last = datetime.combine(until, time(23), CHINA)
    return sorted((step for step in everything if step.at < last), key=lambda step: (step.at, step.key))


# --- registrations --------------------------------------------------------------------------------------------------


def _registrations(county: Sequence[Enterprise], begins: date, until: date) -> Iterator[File]:
    """All enterprises known when the platform begins, then the new ones of each month."""
    months: defaultdict[date, list[Row]] = defaultdict(list)
    for place, enterprise in enumerate(county):
        known = enterprise.registered_on < begins
        month = begins if known else _first_of_next_month(enterprise.registered_on)
        months[month].append(_registration(enterprise, place))
    for month, rows in sorted(months.items()):
        if month <= until:
            first = month == begins
            yield File(
                key=f"{REGISTRATION}/{month}",
                at=datetime.combine(month, time(8, 30), CHINA),
                department="market_regulation",
                source=REGISTRATION,
                form="registry_export" if first else "enterprise_registration",
                name="企业登记存量数据.csv" if first else f"{month:%Y年%m月}企业登记.xlsx",
                rows=tuple(rows),
            )


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _registration(enterprise: Enterprise, place: int) -> Row:
    capital = f"{enterprise.capital_yuan // 10_000}"
    spellings = (capital, f"{capital}万元", f"{capital}(万元)", f"{capital}万元人民币", f"{capital}万人民币")
    return {
        "subject_name": enterprise.name,
        "subject_uscc": enterprise.uscc,
        "registered_on": enterprise.registered_on.isoformat(),
        "enterprise_kind": enterprise.form,
        "registered_capital": spellings[place % 5] if enterprise.capital_yuan else "N/A",
        "business_scope": f"{enterprise.sector.scope}({MARK})",
        "province": "安徽",
        "city": "淮北",
        "subject_address": enterprise.address,
        "legal_representative": enterprise.representative,
        "registration_authority": "濉溪县市场监督管理局",
        "registration_status": "注销" if place % 97 == 5 else "吊销" if place % 193 == 7 else "存续",
        "operates_until": LONG_TERM,
    }


# --- licences and penalties -----------------------------------------------------------------------------------------


class _Sender:
    """One department's liaison with one source."""

    def __init__(self, stream: Stream, county: Sequence[Enterprise], seed: str, begins: date, until: date) -> None:
        self._stream = stream
        self._begins = begins
        self._until = until
        self._luck = chance(seed, stream.department, stream.source)
        self._register = Register(stream=stream, enterprises=county, luck=self._luck)
        self._waiting: defaultdict[int, list[Decision]] = defaultdict(list)

    def steps(self) -> Iterator[Step]:
        yield self._backlog()
        for week in range(WEEKS + 1):
            monday = self._begins + timedelta(weeks=week)
            if week % self._stream.every_weeks:
                if week % 10 != 7:  # now and then even the nil return is forgotten
                    yield self._nil(monday)
                continue
            yield from self._week(week, monday)

    def _backlog(self) -> File:
        first = self._until - timedelta(days=DAYS)
        days = _working_days(first, self._begins)
        rows = [d.row for d in self._register.decide(days=days, number=self._stream.before, sent_on=self._begins)]
        place = STREAMS.index(self._stream)
        at = datetime.combine(self._begins, time(9 + place), CHINA)
        return self._file("backlog", at, rows, f"存量数据回填.{self._ending}", self._begins)

    def _week(self, week: int, monday: date) -> Iterator[Step]:
        # The days since the last sending, up to the day before this one.
        since = monday + timedelta(days=self._stream.sends_on - 7 * self._stream.every_weeks)
        sending = monday + timedelta(days=self._stream.sends_on)
        if sending > self._until:
            return
        days = _working_days(max(since, self._begins), sending)
        decisions = self._register.decide(days=days, number=self._number(), sent_on=sending)
        for decision in list(decisions):
            if self._luck.random() < self._stream.late_share:
                decisions.remove(decision)
                self._waiting[week + LATE_BY * self._stream.every_weeks].append(decision)
        decisions += self._waiting.pop(week, [])
        at = datetime.combine(sending, time(14 + week % 3, self._luck.randint(0, 59)), CHINA)
        yield from self._sent(f"{monday}", at, decisions)

    def _number(self) -> int:
        usual = self._stream.weekly
        return max(1, usual + self._luck.randint(-usual // 4, usual // 4))

    def _sent(self, key: str, at: datetime, decisions: Sequence[Decision]) -> Iterator[Step]:
        """The file with its mistakes, and mostly, on the next day, the rows that came back, corrected."""
        rows, corrected = [], []
        last = at.date() > self._until - timedelta(days=7)
        share = self._stream.wrong_share * (4 if last else 1)
        for decision in decisions:
            row = self._doubtful(decision.row)
            if self._luck.random() < share:
                rows.append(self._luck.choice(mistakes.MISTAKES)(row, decision.decided_on))
                corrected.append(row)
            else:
                rows.append(row)
        rows.extend(self._repeated(rows))
        name = f"{at:%Y%m%d}{'行政许可' if self._stream.kind is Kind.LICENCE else '行政处罚'}.{self._ending}"
        yield self._file(key, at, rows, name, at.date())
        next_day = at + timedelta(days=1 if at.weekday() < 4 else 3)
        if corrected and not last and self._luck.random() < 0.8:
            yield self._file(f"{key}/corrected", next_day, corrected, f"补正{name}", next_day.date())

    def _doubtful(self, row: Row) -> Row:
        draw = self._luck.random()
        if draw < 0.0015:
            return mistakes.name_of_another(row, self._luck)
        if draw < 0.003:
            return mistakes.without_identifier(row, self._luck)
        if draw < 0.004:
            return mistakes.of_a_person(row, self._begins)
        return row

    def _repeated(self, rows: Sequence[Row]) -> list[Row]:
        return [dict(self._luck.choice(rows))] if rows and self._luck.random() < 0.1 else []

    def _file(self, key: str, at: datetime, rows: Sequence[Row], name: str, on: date) -> File:
        file = File(
            key=f"{self._stream.department}/{self._stream.source}/{key}",
            at=at,
            department=self._stream.department,
            source=self._stream.source,
            form=self._stream.form,
            name=name,
            rows=tuple(rows),
            encoding="gb18030" if self._stream.ending == "gb.csv" else "utf-8-sig",
        )
        if self._stream.kind is Kind.LICENCE or self._stream.service is Service.COLUMN:
            return file
        without = replace(file, rows=tuple({**row, "served_on": ""} for row in rows))
        forgetful = self._stream.service is Service.SOMETIMES and key != "backlog"
        forgotten = forgetful and self._luck.random() < 0.25
        return without if forgotten else replace(without, served_on=on)

    @property
    def _ending(self) -> str:
        return "csv" if self._stream.ending.endswith("csv") else "xlsx"

    def _nil(self, monday: date) -> Nil:
        end = monday + timedelta(days=7)
        return Nil(
            key=f"{self._stream.department}/{self._stream.source}/nil/{monday}",
            at=datetime.combine(monday + timedelta(days=4), time(16, 30), CHINA),
            department=self._stream.department,
            source=self._stream.source,
            start=monday,
            until=end,
        )


def _working_days(since: date, until: date) -> list[date]:
    days = (since + timedelta(days=n) for n in range((until - since).days))
    return [day for day in days if day.weekday() < 5] or [until - timedelta(days=1)]


def _wrong_file(begins: date) -> File:
    """Someone sends the wrong file: it is refused as a whole, with a sentence."""
    return File(
        key="emergency_management/work_safety/penalty/wrong",
        at=datetime.combine(begins + timedelta(weeks=20, days=3), time(10, 12), CHINA),
        department="emergency_management",
        source="work_safety/penalty",
        form="",
        name="会议签到表.xlsx",
        rows=({"序号": "1", "单位": "示例单位", "备注": MARK},),
    )
