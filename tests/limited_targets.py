"""What the tests of the child process run in it: each function behaves, or misbehaves, in one way."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from publiccredit.intake.reading.meter import Meter
from publiccredit.intake.types import (
    CheckedChunk,
    CheckSummary,
    RecognisedColumn,
    RecognisedSheet,
    Recognition,
    UnableToRead,
)

RECOGNITION = Recognition(
    "sample", "样例", "sample", "样例", "utf-8", (RecognisedSheet("", 1, (RecognisedColumn("A", "名称", "name"),)),)
)


def chunk(number: int) -> CheckedChunk:
    return CheckedChunk(rows=pl.DataFrame({"n": [number]}), issues=pl.DataFrame({"code": ["D-101"]}))


def summary(rows: int) -> CheckSummary:
    return CheckSummary(
        rows=rows, accepted=rows, returned=0, duplicates=0, persons_refused=0, counted_independently=rows
    )


def chunks(*, number: int) -> Iterator[object]:
    yield RECOGNITION
    for index in range(number):
        yield chunk(index)
    yield summary(number)


LOADED: list[str] = []  # by what a child was told to load while it waited for its order


def loads() -> None:
    LOADED.append("loaded")


def says_what_was_loaded() -> Iterator[object]:
    yield replace(RECOGNITION, form_title="、".join(LOADED))


def counts_slowly(*, meter: Meter) -> None:
    for read in (1_000, 2_000):
        meter.read = read
        time.sleep(0.8)


def refuses() -> Iterator[object]:
    yield RECOGNITION
    raise UnableToRead(code="F-101", message="文件中没有任何内容。")


def fails() -> None:
    raise ValueError("the cell said 某某某")


def takes_memory() -> None:
    held = []
    while True:
        held.append(bytearray(os.urandom(1 << 20) * 16))


def takes_columns() -> None:
    pl.select(pl.int_range(0, 1 << 34).alias("n")).with_columns(pl.col("n") * 2)


def takes_time() -> None:
    while True:
        pass


def sleeps() -> None:
    time.sleep(600)


def is_killed() -> Iterator[object]:
    yield chunk(0)
    os.kill(os.getpid(), signal.SIGKILL)


def imports_the_framework() -> None:
    import publiccredit.intake.models  # noqa: F401


def says_what_it_sees() -> None:
    raise UnableToRead(
        code="R-000",
        message=f"{'DATABASE_URL' in os.environ} {Path.cwd()} {'django' in sys.modules and sys.modules['django']}",
    )


def leaves_a_file(*, say: str) -> Iterator[object]:
    Path("left.txt").write_text("x")
    Path(say).write_text(f"{os.getpid()} {Path.cwd()}")
    yield chunk(0)
    time.sleep(600)


def reads(*, path: str) -> Iterator[object]:
    """Read a file of the sample record type and give its rows."""
    from publiccredit.intake.reading import open_file
    from tests.files import own_form

    opened = open_file(path=Path(path), candidates=own_form())
    yield opened.recognition
    read = 0
    for raw in opened.chunks():
        read += raw.rows.height
        yield CheckedChunk(rows=raw.rows, issues=pl.DataFrame({"code": []}, schema={"code": pl.String}))
    yield CheckSummary(read, read, 0, 0, 0, opened.counted())
