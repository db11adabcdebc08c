"""The command line at its edges: a reader who leaves, a disk that is full, a place that cannot be written."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from publiccredit.intake import annotation
from publiccredit.site import backup
from tests.environment import ROOT
from tests.flows.test_the_command_line_answers import Here, here, run
from tests.unit.catalogue.broken_packs import SOURCE, copied, text

__all__ = ["here"]

PENALTIES = ROOT / "packs/industries/market_regulation/samples/returned/penalty.csv"
SHOWS = f"{sys.executable} -m publiccredit.site.commands catalogue show administrative_penalty"


@pytest.mark.parametrize("as_json", ["", " --json"])
def test_a_reader_who_leaves_early_is_no_finding_and_no_failure(as_json: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{SHOWS}{as_json} | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, cwd=ROOT, check=False, timeout=120,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_a_full_disk_is_told_of_in_a_sentence() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{SHOWS} > /dev/full"], capture_output=True, text=True, cwd=ROOT, check=False, timeout=120
    )
    assert done.returncode == 141
    assert "结果写不出去" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("before", [["template", "market_regulation/penalty"], ["check", str(PENALTIES), "--annotate"]])
@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("{}", "是文件夹"),
        ("{}/a.csv", "扩展名应为 .xlsx"),
        ("{}/none/a.xlsx", "没有文件夹"),
        ("/proc/a.xlsx", "写不进"),
    ],
)
def test_where_nothing_can_be_written_is_said_in_chinese(
    before: list[str], target: str, found: str, here: Here, tmp_path: Path
) -> None:
    code, out, error = here(*before, target.format(tmp_path))
    assert (code, out) == (2, "")
    assert found in error
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let no file grow beyond 4 KiB: writing on fails as it does where there is no space."""
    _, most = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_template_for_which_there_was_no_space_is_written_the_next_time(here: Here, tmp_path: Path) -> None:
    target = tmp_path / "模板.xlsx"
    with _full_disk():
        code, out, error = here("template", "market_regulation/penalty", str(target))
    assert (code, out, f"写不进 {target}" in error) == (2, "", True)
    assert list(tmp_path.iterdir()) == []
    assert here("template", "market_regulation/penalty", str(target))[0] == 0
    assert list(tmp_path.iterdir()) == [target]


def test_a_template_that_somebody_writes_meanwhile_stays(here: Here, tmp_path: Path) -> None:
    target = tmp_path / "模板.xlsx"
    write = Path.write_bytes

    def meanwhile(path: Path, content: bytes) -> int:
        write(target, b"somebody's")
        return write(path, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "write_bytes", meanwhile)
        code, _, error = here("template", "market_regulation/penalty", str(target))
    assert (code, "已存在，没有改动" in error) == (2, True)
    assert [(path, path.read_bytes()) for path in tmp_path.iterdir()] == [(target, b"somebody's")]


@pytest.mark.parametrize("former", [None, b"annotated yesterday"])
def test_an_annotated_file_for_which_there_was_no_space_leaves_the_former_one(
    former: bytes | None, here: Here, tmp_path: Path
) -> None:
    target = tmp_path / "标注.xlsx"
    if former is not None:
        target.write_bytes(former)
        target.chmod(0o640)
    annotate = _full_disk()(annotation.annotate)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(annotation, "annotate", annotate)
        code, _, error = here("check", str(PENALTIES), "--annotate", str(target))
    assert (code, f"写不进 {target}" in error) == (2, True)
    left = [target] if former is not None else []
    assert [(path, path.read_bytes()) for path in tmp_path.iterdir()] == [(path, former) for path in left]
    assert here("check", str(PENALTIES), "--annotate", str(target))[0] == 1
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes()[:2] == b"PK"
    assert former is None or target.stat().st_mode & 0o777 == 0o640


def test_a_head_that_cannot_be_kept_is_said_before_the_database_is_asked(here: Here, tmp_path: Path) -> None:
    code, _, error = here("ledger", "export", str(tmp_path / "none" / "head.json"))
    assert (code, "没有文件夹" in error) == (2, True)


@pytest.mark.parametrize("override", ["X-999", "R-102"])
def test_a_doubt_that_cannot_be_confirmed_is_refused_offline_as_it_is_online(override: str, here: Here) -> None:
    code, out, _ = here("check", str(PENALTIES), "--override", override, "--json")
    refusal = json.loads(out)
    assert (code, refusal["code"], refusal["where"]) == (2, "not_confirmable", ["--override"])
    assert f"{override} 不能以确认放行" in refusal["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("catalogue", "show", "taxation"),
        ("check", str(PENALTIES)),
        ("prepare",),
        ("serve", "--port", "8199"),
        ("worker",),
    ],
)
def test_packs_that_do_not_hold_are_refused_by_every_command_in_a_sentence(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_database: str
) -> None:
    packs = copied(tmp_path)
    text(SOURCE, "update:", "updates:")(packs)
    monkeypatch.setenv("PUBLICCREDIT_PACKS", str(packs))
    done = run(*arguments, "--json", database=fresh_database, patience=60)
    assert (done.returncode, done.stderr) == (3, "")
    refusal = json.loads(done.stdout)
    assert refusal["code"] == "not_ready"
    assert f"{SOURCE} 的 updates:未知的键“updates”。此处可用的键为" in refusal["message"]


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("show", "X", "--on", "abc"), "--on"),
        (("show",), "代码"),
        (("serve", "--port", "0"), "--port"),
        (("serve", "--prot", "1"), "--prot"),
    ],
)
def test_a_wrong_parameter_is_named_for_programs_too(arguments: tuple[str, ...], where: str, here: Here) -> None:
    _, out, _ = here(*arguments, "--json")
    assert json.loads(out)["where"] == [where]


def test_what_the_platform_will_know_is_not_told_as_known(fresh_database: str) -> None:
    done = run("show", "91000000000000000X", "--as-known-at", "2999-01-01", "--json", database=fresh_database)
    refusal = json.loads(done.stdout)
    assert (done.returncode, refusal["code"], refusal["where"]) == (2, "not_yet", ["--as-known-at"])
    assert "2999-01-01 23:59 还没有到" in refusal["message"]


def test_a_backup_where_nothing_can_be_written_is_refused_in_a_sentence(fresh_database: str) -> None:
    done = run("backup", "/proc/kept", database=fresh_database)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "备份写不进 /proc/kept" in done.stderr


@pytest.mark.parametrize("manifest", [None, "[]", "{}", '{"dump_sha256": "0", "ledger_head_at_or_after_dump": null}'])
def test_what_is_no_backup_is_not_restored(manifest: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    if manifest is None:
        folder.write_text("a file")
    else:
        folder.mkdir()
        (folder / "manifest.json").write_text(manifest)
    with pytest.raises(backup.UnableToRestore, match="没有完整的备份"):
        backup.restore(folder=folder)
