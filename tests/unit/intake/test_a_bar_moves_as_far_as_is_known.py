"""What a sender sees while a file is worked on: the step it is at, and how far, where anybody can know."""

from pathlib import Path

import pytest

from publiccredit.intake.models import Submission
from publiccredit.intake.pages.progress import moving
from publiccredit.intake.reading import Limits, Meter, open_file
from publiccredit.intake.reading.limited import run_limited
from publiccredit.intake.types import Progress
from tests.files import HEADERS, ROW_1, own_form, write_csv, write_xlsx

RECOGNISED = {"form": "administrative_penalty"}


@pytest.mark.parametrize(
    ("stored", "at", "bar", "said"),
    [
        ({"state": "received"}, 0, (None, None), "已收到，排队等待核验"),
        ({"state": "checking"}, 1, (None, None), "正在读取表格"),
        ({"state": "checking", "surveyed_percent": 58}, 1, (58, 100), "正在读取表格，已看过 58%"),
        (
            {"state": "checking", "recognised": RECOGNISED, "rows_read": 65_536},
            2,
            (None, None),
            "正在核验，已读 65,536 行，已核验 0 行",
        ),
        (  # what is checked has been read, however the two are counted
            {"state": "checking", "recognised": RECOGNISED, "rows_read": 0, "progress": 6},
            2,
            (None, None),
            "正在核验，已读 6 行，已核验 6 行",
        ),
        (
            {
                "state": "checking",
                "recognised": RECOGNISED,
                "counted_independently": 20_000,
                "rows_read": 20_000,
                "progress": 8_000,
            },
            2,
            (28_000, 40_000),
            "共 20,000 行，已读 20,000 行，已核验 8,000 行",
        ),
        ({"state": "filing", "progress": 20_000}, 3, (None, None), "20,000 行已核验，正在匹配主体并一次入库"),
    ],
)
def test_each_step_says_how_far_it_is(stored: dict, at: int, bar: tuple[int | None, int | None], said: str) -> None:
    now = moving(Submission(**stored))
    assert (now.text, (now.value, now.maximum)) == (said, bar)
    assert [step.state for step in now.steps] == ["done"] * at + ["open"] + ["ahead"] * (3 - at)


def test_a_workbook_is_metered_while_it_is_surveyed_and_read(tmp_path: Path) -> None:
    meter = Meter()
    path = write_xlsx(tmp_path, {"行政处罚": [HEADERS, *[ROW_1] * 2_500]})
    opened = open_file(path=path, candidates=own_form(), limits=Limits(chunk_rows=2_000), meter=meter)
    assert meter.progress() == Progress(surveyed_percent=100, rows_read=0, rows_counted=None)
    assert [(chunk.rows.height, meter.read) for chunk in opened.chunks()] == [(2_000, 2_000), (500, 2_500)]


def test_a_text_is_read_without_a_survey(tmp_path: Path) -> None:
    meter = Meter()
    open_file(path=write_csv(tmp_path, [HEADERS, ROW_1]), candidates=own_form(), meter=meter)
    assert meter.progress() == Progress(surveyed_percent=None, rows_read=0, rows_counted=None)


def test_rows_beyond_the_count_are_not_shown() -> None:
    assert Meter(read=12, counted=10).progress().rows_read == 10


def test_a_child_tells_how_far_it_is_while_it_works() -> None:
    told: list[Progress] = []
    target = "tests.limited_targets:counts_slowly"
    assert list(run_limited(target=target, arguments={}, watch=told.append)) == []
    assert [progress.rows_read for progress in told] == [1_000, 2_000]
