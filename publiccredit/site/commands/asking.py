"""Commands that ask what the public may see: search, show."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import click

from publiccredit.ledger.types import CHINA
from publiccredit.site.commands.running import database_ready, today
from publiccredit.site.commands.speaking import DONE, FOUND, Command, Day, NumberBetween, Refused, answer, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publiccredit.disclosure.types import Happened, SubjectFile, VisibleRecord
    from publiccredit.recipients.types import Identified


class Instant(click.ParamType[datetime]):
    """A day or an instant; a day means its end in China."""

    name = "时间"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the instant, or say how to write one."""
        if isinstance(value, datetime):
            return value
        try:
            if len(str(value)) == 10:
                return datetime.combine(date.fromisoformat(str(value)), time.max, CHINA)
            read = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}”不是时间，请写成 2026-11-03 或 2026-11-03T16:00 的形式", param, ctx)
        return read if read.tzinfo else read.replace(tzinfo=CHINA)


@click.command("search", cls=Command)
@click.argument("text", metavar="词语")
@click.option("--limit", type=NumberBetween(1, 100), default=20, help="最多显示几个，默认 20。")
def search(text: str, limit: int) -> int:
    """查找主体：名称中任意两个字以上、统一社会信用代码、文书号或名称的拼音首字母。没有找到时退出码为 1。"""
    database_ready()
    from publiccredit.catalogue.types import Audience
    from publiccredit.disclosure import queries

    try:
        page = queries.search(words=text, audience=Audience.PUBLIC, on=today(), limit=limit)
        counted = queries.search_total(words=text, audience=Audience.PUBLIC, on=today())
    except queries.UnableToSearch as error:
        raise Refused(code="unable_to_search", message=str(error), where="词语") from error
    answer({"hits": [asdict(hit) for hit in page.hits], "more": bool(page.next_cursor), "total": asdict(counted)})
    for hit in page.hits:
        say(f"{hit.identifier}  {hit.name}")
    if not page.hits:
        say(f"没有找到与“{text}”相符的主体。")
    elif page.next_cursor:
        say(f"共 {counted.number} 个{'以上' if counted.more else ''}，请用更具体的词语查找。")
    return DONE if page.hits else FOUND


@click.command("show", cls=Command)
@click.argument("identifier", metavar="代码")
@click.option("--on", type=Day(), help="只列现在公开的记录中，该日也在公示期内的。")
@click.option(
    "--as-known-at",
    "as_known_at",
    type=Instant(),
    help="现在公开的记录，平台在该时间怎样记载；写日期即该日终了。",
)
@click.option(
    "--to",
    "recipient",
    metavar="接收方",
    help="提供给哪个已登记的接收方：只提供现在公开的内容，记入提供记录，日后变更即告知它。",
)
def show(identifier: str, on: date | None, as_known_at: datetime | None, recipient: str | None) -> int:
    """
    显示一个主体现在向公众公开的档案。没有可公开的内容时退出码为 1。

    --on 只列其中该日也在公示期内的；--as-known-at 换的是平台何时所知。期满、修复、撤回的，回看也不再公示。
    """
    database_ready()
    from publiccredit.catalogue.types import Audience
    from publiccredit.disclosure import queries
    from publiccredit.recipients.operations import disclosing
    from publiccredit.recipients.types import Way

    now, day = datetime.now(UTC), today()
    known_at = _not_to_come(as_known_at, now=now) if as_known_at else None
    other_day = on if on != day else None
    if recipient and (other_day or known_at):
        raise _only_of_now(where="--on" if other_day else "--as-known-at")
    with disclosing(to=_recipient(recipient) if recipient else None, way=Way.EXPORT, at=now) as handed:
        file = queries.subject_file(
            identifier=identifier.strip().upper() if not identifier.startswith("id-") else identifier,
            audience=Audience.PUBLIC,
            on=day,
            as_known_at=known_at,
            in_term_on=other_day,
        )
        for record in file.records if file else ():
            handed.add(record_id=record.id, known_from=record.known_from)
    if file is None:
        raise Refused(
            code="not_found",
            message=f"没有代码为“{identifier}”且现在有公开信息的主体。"
            "请核对代码，或用 publiccredit search 按名称查找。",
            where="代码",
            exit_code=FOUND,
        )
    courses = queries.courses(records=file.records, on=day)
    file = replace(file, records=tuple(courses[record.id].record for record in file.records))
    histories = {number: course.happened for number, course in courses.items()}
    answer(asdict(file) | {"histories": {number: [vars(one) for one in told] for number, told in histories.items()}})
    _tell(file, histories, on=other_day)
    return DONE if file.records else FOUND


def _only_of_now(*, where: str) -> Refused:
    """Whoever is given records is told of every change of them later: it is given what holds now, and nothing else."""
    message = "提供给接收方的，只能是现在公开的内容。请去掉该选项；只供自己查看的，请去掉 --to。"
    return Refused(code="only_of_now", message=message, where=where)


def _not_to_come(instant: datetime, *, now: datetime) -> datetime:
    """
    Give the instant looked back to; of today, which has not ended, what is known by now.

    :raises Refused: it is still to come, and nobody knows what the platform will know.
    """
    if instant.astimezone(CHINA).date() > now.astimezone(CHINA).date():
        raise Refused(
            code="not_yet",
            message=f"{instant.astimezone(CHINA):%Y-%m-%d %H:%M} 还没有到，平台那时知道什么无从得知。"
            "请写不晚于现在的时间。",
            where="--as-known-at",
        )
    return min(instant.astimezone(UTC), now)


def _recipient(name: str) -> "Identified":
    """Give a registered recipient that is still given records, by its name, with the purpose it is registered for."""
    from publiccredit.recipients.queries import registered

    found = registered(name=name)
    if found is None:
        raise Refused(
            code="no_such_recipient",
            message=f"没有名为“{name}”且启用的接收方。请先由信用办在“接收方”中登记它的用途和依据。",
            where="--to",
        )
    return found


def _tell(file: "SubjectFile", histories: "Mapping[int, tuple[Happened, ...]]", *, on: date | None) -> None:
    subject = file.subject
    say(f"{subject.name}  {subject.identifier}")
    if subject.address:
        say(f"住所：{subject.address}")
    if file.as_known_at:
        say(f"平台在 {file.as_known_at.astimezone(CHINA):%Y-%m-%d %H:%M} 所知（此后期满、修复或者撤回的不列）：")
    if on is not None:
        say(f"现在公开的记录中，{on} 也在公示期内的：")
    for record in file.records:
        say(_line(record))
        for line in _below(record, histories.get(record.id, ())):
            say(f"    {line}")
    if not file.records:
        say("  没有。")
    if not file.complete:
        say("……记录较多，未全部列出。")


def _below(record: "VisibleRecord", history: "tuple[Happened, ...]") -> list[str]:
    happened = [f"{one.on} {one.sentence}" for one in history[1:]]  # the first is that it was published
    corrected = [f"{f.title}：{f.value or '未填'}（{f.correction.words}）" for f in record.fields if f.correction]
    return happened + corrected


def _line(record: "VisibleRecord") -> str:
    parts = [record.heading, record.authority_name]
    if record.decided_on:
        parts.append(f"决定 {record.decided_on}")
    if record.last_day:
        parts.append(f"公示至 {record.last_day}")
    parts += record.marks
    return "  " + "  ".join(part for part in parts if part)
