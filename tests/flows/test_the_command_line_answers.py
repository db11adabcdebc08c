"""The command line as scripts use it: exit codes, JSON, sentences that help."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from publiccredit.site import commands
from publiccredit.site.demo.files import write
from publiccredit.site.demo.plan import File, steps
from tests.environment import ROOT, TEST_DATA

LAST_DAY = date(2026, 11, 20)


def run(*arguments: str, database: str | None = None, patience: int = 120) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    environment = {**os.environ, "PUBLICCREDIT_DATA": str(TEST_DATA)}
    if database is not None:
        environment["PUBLICCREDIT_DATABASE_NAME"] = database
    else:  # a command that needs no database finds none
        environment["DATABASE_URL"] = "postgresql://nobody:nothing@127.0.0.1:1/none"
    return subprocess.run(
        [sys.executable, "-m", "publiccredit.site.commands", *arguments],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=patience,
    )  # fmt: skip


Here = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run a command that needs no database in this process: exit code, output, errors."""

    def in_this_process(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["publiccredit", *arguments])
        with pytest.raises(SystemExit) as ended:
            commands.main()
        said = capsys.readouterr()
        return int(str(ended.value.code)), said.out, said.err

    return in_this_process


@pytest.fixture(scope="module")
def penalties(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week's penalties with mistakes in them, as market regulation sends them."""
    file = next(
        s for s in reversed(steps(until=LAST_DAY, seed="濉溪"))
        if isinstance(s, File) and s.source == "market_regulation/penalty"
    )  # fmt: skip
    path = tmp_path_factory.mktemp("files") / "行政处罚.xlsx"
    rows = [*file.rows[:6], {**file.rows[6], "document_number": ""}]
    write(rows=rows, form=file.form, path=path, encoding="utf-8", created=file.at)
    return path


def test_help_is_in_chinese_and_lists_every_command(here: Here) -> None:
    code, out, _ = here("--help")
    assert code == 0
    for command in (
        "submit", "check", "template", "search", "show", "catalogue", "ledger", "violations", "prepare", "serve", "worker", "demo",
        "stop", "resume",
    ):  # fmt: skip
        assert re.search(f"(?m)^  {command} +[一-鿿]", out), f"nothing is said of {command}"
    assert "用法：" in out
    assert "Usage" not in out
    assert re.findall(r"^  [a-z-]+ *$", out, re.MULTILINE) == [], "a command that says nothing of itself"


def test_check_names_the_nearest_of_all_forms_whoever_may_send_them(here: Here, tmp_path: Path) -> None:
    registration = ROOT / "packs/industries/market_regulation/samples/accepted/registration.csv"
    half = tmp_path / "登记.csv"
    half.write_text(registration.read_text("utf-8-sig").replace("统一社会信用代码", "信用", 1), "utf-8")
    code, said, _ = here("check", str(half), "--json")
    assert (code, json.loads(said)["code"]) == (2, "F-104")
    assert "最接近模板“企业登记注册基本信息”，但缺少必需的列：“统一社会信用代码”" in json.loads(said)["message"]
    other = tmp_path / "其他.csv"
    other.write_text("甲,乙,丙\n1,2,3\n", "utf-8")
    code, said, _ = here("check", str(other), "--json")
    assert (code, json.loads(said)["code"]) == (2, "F-103")
    for form in ("行政许可信息公示", "行政处罚信息公示", "企业登记注册基本信息"):
        assert form in json.loads(said)["message"]


def test_check_reports_every_cell_and_needs_no_database(penalties: Path, tmp_path: Path) -> None:
    done = run("check", str(penalties), "--annotate", str(tmp_path / "标注.xlsx"), "--json")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["rows"] == 7
    assert report["accepted"] + report["returned"] + report["duplicates"] == 7
    assert report["department"] == "market_regulation"
    assert report["recognised"]["record_type"] == "administrative_penalty"
    missing = next(i for i in report["issues"] if i["row"] == 8)
    assert {"sheet", "row", "column", "code", "found", "expected", "message"} <= set(missing)
    assert (missing["sheet"], missing["column"], missing["code"]) == ("数据", "行政处罚决定书文号", "R-101")
    assert "数据" in openpyxl.load_workbook(tmp_path / "标注.xlsx").sheetnames


def test_a_file_that_is_no_form_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "签到表.csv"
    path.write_text("序号,单位\n1,示例单位\n", encoding="utf-8")
    done = run("check", str(path), "--json")
    assert done.returncode == 2
    refusal = json.loads(done.stdout)
    assert set(refusal) == {"code", "message", "where"}
    assert refusal["code"].startswith("F-")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("fly",), "没有命令 fly"),
        (("check",), "缺少参数 文件"),
        (
            ("worker", "--only", "nothing"),
            "没有队列“nothing”。现有：casework、filing、notices、oversight、subjectdesk。",
        ),
        (("check", "不存在.xlsx"), "没有文件“不存在.xlsx”"),
        (("serve", "--port", "99999"), "应为 1 至 65535 的整数"),
        (("submit", "pyproject.toml", "--department", "nobody"), "没有部门“nobody”"),
        (("template", "market_regulation/nothing", "x.xlsx"), "没有数据来源"),
        (("catalogue", "show", "nothing"), "目录中没有“nothing”"),
        (("catalogue", "show", "administrative_penalty", "--on", "3.11."), "请写成 2026-11-03 的形式"),
        (("ledger", "verify", "--head", "pyproject.toml"), "不是链首文件"),
    ],
)
def test_a_wrong_command_says_what_would_be_right(arguments: tuple[str, ...], found: str, here: Here) -> None:
    code, out, error = here(*arguments)
    assert (code, out) == (2, "")
    assert found in error
    code, out, error = here(*arguments, "--json")
    assert (code, error) == (2, "")
    refusal = json.loads(out)
    assert set(refusal) == {"code", "message", "where"}
    assert found in refusal["message"]


def test_a_template_is_a_workbook(tmp_path: Path, here: Here) -> None:
    path = tmp_path / "模板.xlsx"
    code, out, _ = here("template", "market_regulation/penalty", str(path), "--json")
    assert code == 0
    assert json.loads(out)["bytes"] == path.stat().st_size
    assert openpyxl.load_workbook(path).active is not None


def test_a_template_replaces_no_file_that_somebody_may_have_filled_in(here: Here, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    path.write_bytes(b"filled in")
    code, _, errors = here("template", "market_regulation/penalty", str(path))
    assert (code, path.read_bytes()) == (2, b"filled in")
    assert "已存在，没有改动" in errors


@pytest.mark.parametrize("only", [(), ("--only", "notices")])
def test_a_worker_works_until_it_is_told_to_end(fresh_database: str, only: tuple[str, ...]) -> None:
    with pytest.raises(subprocess.TimeoutExpired) as still_working:
        run("worker", *only, database=fresh_database, patience=6)
    assert b"Error" not in (still_working.value.stderr or b"")


@pytest.mark.parametrize(
    "name",
    [
        "administrative_penalty",
        "market_regulation/penalty",
        "national_2024/3.2",
        "penalty_kind",
        "taxation",
        "penalty_2015",
    ],
)
def test_whatever_the_packs_declare_can_be_shown(name: str, here: Here) -> None:
    code, text, error = here("catalogue", "show", name)
    assert (code, error) == (0, "")
    assert len(text.splitlines()) > 3
    assert not re.search(r"(?m)\[\]|\['|^\s*[a-z_]+:", text), "said as the packs are written, not as people read"
    shown = json.loads(here("catalogue", "show", name, "--json")[1])
    assert {"kind", "name"} <= set(shown)


def test_what_is_submitted_is_found_shown_and_proven(penalties: Path, fresh_database: str, tmp_path: Path) -> None:
    first = run("submit", str(penalties), "--department", "market_regulation", "--json", database=fresh_database)
    assert first.returncode == 1, first.stderr
    report = json.loads(first.stdout)
    assert (report["rows"], report["accepted"] + report["returned"]) == (7, 7)
    assert report["recognised"]["form"] == "administrative_penalty"

    again = json.loads(
        run("submit", str(penalties), "--department", "market_regulation", "--json", database=fresh_database).stdout
    )
    assert (again["accepted"], again["duplicates"]) == (0, report["accepted"])

    hits = json.loads(run("search", "濉溪", "--json", database=fresh_database).stdout)["hits"]
    assert hits
    shown = run("show", hits[0]["identifier"], "--json", database=fresh_database)
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["subject"]["name"] == hits[0]["name"]
    before = run("show", hits[0]["identifier"], "--as-known-at", "2020-01-01", "--json", database=fresh_database)
    assert (before.returncode, json.loads(before.stdout)["records"]) == (1, [])

    nobody = run("show", "91000000000000000X", "--json", database=fresh_database)
    assert (nobody.returncode, json.loads(nobody.stdout)["code"]) == (1, "not_found")
    assert run("search", "没有这家企业", database=fresh_database).returncode == 1

    head = tmp_path / "head.json"
    assert run("ledger", "export", str(head), database=fresh_database).returncode == 0
    verified = json.loads(run("ledger", "verify", "--head", str(head), "--json", database=fresh_database).stdout)
    assert (verified["holds"], verified["faults"]) == (True, [])
    kept = json.loads(head.read_text())
    said = run("ledger", "verify", "--head", str(head), database=fresh_database).stdout
    assert f"与所存链首（位置 {kept['position']}）相符，" in said
    head.write_text(json.dumps(kept | {"hash": "30a4"}))
    differs = run("ledger", "verify", "--head", str(head), database=fresh_database)
    sentence = f"位置 {kept['position']}：现为 {kept['hash']}，与留存的哈希 30a4 不符。"
    assert (differs.returncode, sentence in differs.stdout) == (1, True)
    rules = run("violations", "--json", database=fresh_database)
    assert (rules.returncode, json.loads(rules.stdout)["total"]) == (0, 0)
    assert json.loads(run("resume", "--json", database=fresh_database).stdout) == {"finished": []}


def test_an_unknown_account_cannot_submit(penalties: Path, fresh_database: str) -> None:
    done = run("submit", str(penalties), "--department", "market_regulation", "--as", "nobody", database=fresh_database)
    assert done.returncode == 2
    assert "没有启用的账号“nobody”" in done.stderr


def test_a_database_out_of_reach_is_no_traceback(penalties: Path) -> None:
    done = run("search", "濉溪")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
