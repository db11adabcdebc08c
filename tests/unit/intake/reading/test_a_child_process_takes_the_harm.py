import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from publiccredit.intake.child_process import FOLDER, ROOT, ProcessLimits, started
from publiccredit.intake.reading.limited import run_limited
from publiccredit.intake.reading.limits import MIB
from publiccredit.intake.types import CheckedChunk, UnableToRead
from tests import limited_targets
from tests.limited_targets import RECOGNITION, summary

LIMITS = ProcessLimits(memory_bytes=300 * MIB, cpu_seconds=20, wall_seconds=60)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the folders of the children lie where this test can see them."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_is_left(own_folder: Path) -> object:
    others = set(psutil.Process().children())  # the browser and the site of this worker's other tests
    yield
    assert list(own_folder.glob(f"{FOLDER}*")) == []
    assert set(psutil.Process().children()) <= others


def run(name: str, *, limits: ProcessLimits = LIMITS, **arguments: object) -> list[object]:
    return list(run_limited(target=f"tests.limited_targets:{name}", arguments=arguments, limits=limits))


def refused(name: str, *, limits: ProcessLimits = LIMITS) -> tuple[str, str]:
    with pytest.raises(UnableToRead) as caught:
        run(name, limits=limits)
    return caught.value.code, caught.value.message


def test_values_come_out_in_order() -> None:
    first, *chunks, last = run("chunks", number=7)
    assert first == RECOGNITION
    assert last == summary(7)
    assert [c.rows["n"].to_list() for c in chunks if isinstance(c, CheckedChunk)] == [[n] for n in range(7)]
    assert [c.issues["code"].to_list() for c in chunks if isinstance(c, CheckedChunk)] == [["D-101"]] * 7


def test_no_more_chunks_lie_ready_than_allowed(own_folder: Path) -> None:
    values = run_limited(target="tests.limited_targets:chunks", arguments={"number": 20}, limits=LIMITS)
    next(values)
    next(values)
    time.sleep(0.5)
    assert len(list(own_folder.glob(f"{FOLDER}*/*.rows.arrow"))) == LIMITS.ahead - 1
    assert len(list(values)) == 20


def test_a_refusal_in_the_child_is_a_refusal_here() -> None:
    assert refused("refuses") == ("F-101", "文件中没有任何内容。")


def test_a_failure_is_told_without_the_words_of_the_file(caplog: pytest.LogCaptureFixture) -> None:
    code, message = refused("fails")
    assert code == "F-152"
    assert message.startswith("核验程序意外结束（ValueError），没有任何数据入库。")
    assert "某某某" not in caplog.text
    assert "limited_targets.py" in caplog.text


@pytest.mark.parametrize("name", ["takes_memory", "takes_columns"])
def test_a_file_that_takes_too_much_memory_is_refused(name: str) -> None:
    code, message = refused(name)
    assert (code, message[:20]) == ("F-151", "核验占用的内存超过 300 MB，已停止。"[:20])


def test_a_file_that_takes_too_much_computing_is_refused() -> None:
    assert refused("takes_time", limits=replace(LIMITS, cpu_seconds=2))[0] == "F-150"


def test_a_file_that_takes_too_long_is_refused() -> None:
    assert refused("sleeps", limits=ProcessLimits(wall_seconds=0.5))[0] == "F-150"


def test_a_killed_child_is_told() -> None:
    code, message = refused("is_killed")
    assert code == "F-152"
    assert "SIGKILL" in message


def test_the_child_cannot_import_the_framework() -> None:
    code, message = refused("imports_the_framework")
    assert code == "F-152"
    assert "ModuleNotFoundError" in message


def test_the_child_knows_no_database(monkeypatch: pytest.MonkeyPatch, own_folder: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere")
    _, message = refused("says_what_it_sees")
    knows, folder, framework = message.split(" ")
    assert (knows, framework) == ("False", "None")
    assert Path(folder).parent == own_folder


def test_a_caller_who_stops_asking_leaves_nothing() -> None:
    values = run_limited(target="tests.limited_targets:chunks", arguments={"number": 20}, limits=LIMITS)
    next(values)
    values.close()  # type: ignore[attr-defined]


def test_a_child_started_ahead_has_loaded_when_its_order_comes() -> None:
    with started(limits=LIMITS, load="tests.limited_targets:loads") as child:
        values = list(run_limited(target="tests.limited_targets:says_what_was_loaded", arguments={}, waiting=child))
    assert values == [replace(RECOGNITION, form_title="loaded")]


def test_a_child_started_ahead_has_its_limits() -> None:
    limits = replace(LIMITS, cpu_seconds=2)
    with started(limits=limits) as child, pytest.raises(UnableToRead) as caught:
        list(run_limited(target="tests.limited_targets:takes_time", arguments={}, waiting=child))
    assert (caught.value.code, "2 秒" in caught.value.message) == ("F-150", True)
    with started(limits=LIMITS) as child, pytest.raises(UnableToRead) as caught:
        list(run_limited(target="tests.limited_targets:takes_memory", arguments={}, waiting=child))
    assert (caught.value.code, "300 MB" in caught.value.message) == ("F-151", True)


def test_a_child_started_ahead_that_cannot_load_says_so() -> None:
    with started(limits=LIMITS, load="tests.limited_targets:fails") as child, pytest.raises(UnableToRead) as caught:
        list(run_limited(target="tests.limited_targets:chunks", arguments={"number": 1}, waiting=child))
    assert (caught.value.code, "ValueError" in caught.value.message) == ("F-152", True)


def test_a_child_that_gets_no_order_leaves_nothing() -> None:
    with started(limits=LIMITS) as child:
        assert child.process.poll() is None
    assert child.process.poll() == -signal.SIGKILL


def test_a_child_whose_parent_says_nothing_more_ends() -> None:
    with started(limits=LIMITS) as child:
        assert child.process.stdin is not None
        child.process.stdin.close()
        assert child.process.wait(timeout=30) == 1


def test_what_starts_a_child_ahead_loads_nothing_that_takes_time() -> None:
    script = (
        "import sys\n"
        "import publiccredit.site.commands\n"
        "from publiccredit.intake.offline import child_ahead\n"
        "with child_ahead():\n"
        "    print(*{'polars', 'pydantic', 'yaml', 'psutil', 'django'} & sys.modules.keys())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_killed_parent_takes_its_child_along(own_folder: Path) -> None:
    said = own_folder / "said"
    script = (
        "from publiccredit.intake.reading.limited import run_limited\n"
        f"for _ in run_limited(target='tests.limited_targets:leaves_a_file', arguments={{'say': {str(said)!r}}}): print('on', flush=True)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(own_folder)},
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"on\n"
    pid, folder = said.read_text().split(" ")
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE
    assert (Path(folder) / "left.txt").exists()
    run("chunks", number=1)  # the next run removes what the killed one left
    assert not Path(folder).exists()


def test_targets_are_what_they_say() -> None:
    assert limited_targets.chunk(3).rows["n"].to_list() == [3]
