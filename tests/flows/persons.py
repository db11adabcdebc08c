"""Files that name natural persons, in every format, and a search for whatever is left of them anywhere."""

import csv
import io
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import xlwt
from django.conf import settings
from django.contrib.sessions.models import Session
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from publiccredit.site import embedded_postgres
from tests.factories import penalty_row, sent_csv

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CODINGS = ("utf-8", "gb18030", "utf-16-le")
ENTERPRISE = "濉溪县示例8001号建材有限公司"  # a name that must be found wherever the file is kept


def identity_number(serial: int) -> str:
    """Give an invented resident identity number: of region 000000, with the check character it would have."""
    start = f"00000019870605{serial:03}"
    rest = sum(int(digit) * weight for digit, weight in zip(start, WEIGHTS, strict=True)) % 11
    return start + "10X98765432"[rest]


NAMES = ("虞杜撰", "郗无此人", "亓子虚")
NUMBERS = tuple(identity_number(n) for n in range(701, 706))
PLANTED = (*NAMES, *NUMBERS)

ROWS = [
    penalty_row(8001),
    penalty_row(
        8002, subject_name=NAMES[0], subject_category="自然人", subject_uscc="", person_document_kind="身份证",
        person_document_number=NUMBERS[0], violation_facts=f"{NAMES[0]}（{NUMBERS[0]}）无照经营", decided_on="昨天",
    ),
    penalty_row(8003, violation_facts=f"雇员（{NUMBERS[3]}）无证上岗"),
    penalty_row(8004, subject_name=NAMES[1], subject_category="个体工商户", subject_uscc=NUMBERS[1]),
    penalty_row(8005, penalty_kind="罚酒三杯"),
    penalty_row(8006, subject_name=f"{NAMES[2]}{NUMBERS[2]}", subject_uscc=""),
]  # fmt: skip
OUTCOME = ("filed", 6, 2, 4, 0)


def lines() -> list[list[str]]:
    return [
        [*line, extra] for line, extra in zip(csv.reader(io.StringIO(sent_csv(ROWS).decode())), _REMARKS, strict=True)
    ]


# A column the platform does not know: nothing checks it.
_REMARKS = ["经办人手记", f"见{NUMBERS[4]}", "", "", "", "", ""]


def _separated(encoding: str, delimiter: str = ",", above: str = "") -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([*([[above]] if above else []), *lines()])
    return written.getvalue().encode(encoding)


def _json_lines() -> bytes:
    titles, *rows = lines()
    return "\n".join(json.dumps(dict(zip(titles, row, strict=True)), ensure_ascii=False) for row in rows).encode()


def _xls() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("数据")
    for number, line in enumerate(lines()):
        for column, cell in enumerate(line):
            if cell:
                sheet.write(number, column, cell)
    book.add_sheet("名单").write(0, 0, f"{NAMES[0]} {NUMBERS[0]}")
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _xlsx() -> bytes:
    """Give a workbook in which persons stand in cells, in a note, a link, a sheet aside and what is said of the file."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in lines():
        sheet.append(line)
    named = sheet["A3"]
    named.comment = Comment(f"{NAMES[0]}本人到场", "经办人")
    named.hyperlink = f"https://example.invalid/{NUMBERS[0]}"
    sheet["A2"].comment = Comment(f"对照 {NUMBERS[4]}", "经办人")
    aside = book.create_sheet("名单")
    aside.append(["姓名", "证件"])
    aside.append([NAMES[1], NUMBERS[1]])
    book.properties.title = NAMES[0]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "xlsx": ("处罚.xlsx", _xlsx),
    "xls": ("处罚.xls", _xls),
    "csv": ("处罚.csv", lambda: _separated("utf-8")),
    "csv with mark": ("处罚.csv", lambda: _separated("utf-8-sig", above="本周行政处罚")),
    "csv in gb18030": ("处罚.csv", lambda: _separated("gb18030")),
    "csv with doubled returns": (
        "处罚.csv",
        lambda: _separated("utf-8", above="本周行政处罚").replace(b"\r\n", b"\r\r\n"),
    ),
    "json lines with doubled returns": ("处罚.jsonl", lambda: _json_lines().replace(b"\n", b"\r\r\n")),
    "a return in a cell": ("处罚.csv", lambda: _separated("utf-8").replace("无照经营".encode(), "无照\r经营".encode())),
    "tabs": ("处罚.txt", lambda: _separated("utf-8", "\t")),
    "json lines": ("处罚.jsonl", _json_lines),
}


def left_over(*, database: str, cluster: embedded_postgres.Cluster, of: tuple[str, ...] = PLANTED) -> list[str]:
    """Give where anything of these words is found: in the database, its files, the data folder or among temporaries."""
    found = [f"dump: {word}" for word in of if word in _dump(database, cluster)]
    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    found += [f"session: {word}" for word in of for session in kept if word in session]
    needles = {word.encode(coding): word for word in of for coding in CODINGS}
    for where, content in _contents(database, cluster):
        found += [f"{where}: {word}" for needle, word in needles.items() if needle in content]
    return found


def _dump(database: str, cluster: embedded_postgres.Cluster) -> str:
    done = subprocess.run(
        [
            str(embedded_postgres.client("pg_dump")), "--host", str(cluster.socket_folder), "--port", str(cluster.port),
            "--username", embedded_postgres.SUPERUSER, database,
        ],
        env={"PGPASSWORD": cluster.passwords[embedded_postgres.SUPERUSER], "PGCLIENTENCODING": "UTF8"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "CREATE TABLE public.intake_submission" in done.stdout
    return done.stdout


def _contents(database: str, cluster: embedded_postgres.Cluster) -> Iterator[tuple[str, bytes]]:
    with cluster.connect(embedded_postgres.SUPERUSER, database) as connection:
        connection.execute("CHECKPOINT")
        (folder,) = connection.execute("SELECT oid::text FROM pg_database WHERE datname = %s", [database]).fetchone()
    places = [*Path(settings.DATA_FOLDER).glob(f"postgres/**/base/{folder}/*")]
    assert places, "the files of the database are not where they are looked for"
    places += [p for f in (settings.STORE_FOLDER, settings.RECEIVED_FOLDER) for p in Path(f).rglob("*")]
    temporary = Path(tempfile.gettempdir())
    places += [p for kind in ("publiccredit-*", "reading-*") for f in temporary.glob(kind) for p in f.rglob("*")]
    places += [*temporary.glob("*.upload*")]
    for path in places:
        if path.is_file():
            yield from _unpacked(str(path), path.read_bytes())


def _unpacked(where: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield where, content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                yield f"{where}!{name}", package.read(name)
