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
from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
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


def _clean_xlsx(change: Callable[[Worksheet], None]) -> bytes:
    """Give a workbook of two rows in order, but for what is done to it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in clean_lines():
        sheet.append(line)
    change(sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def clean_lines() -> list[list[str]]:
    return list(csv.reader(io.StringIO(sent_csv([penalty_row(8001), penalty_row(8007)]).decode())))


def _clean_csv(above: list[str], behind: str = "") -> bytes:
    written = io.StringIO()
    titles, *rows = clean_lines()
    wide = [titles, *rows] if not behind else [[*titles, ""], *([*row, behind] for row in rows)]
    csv.writer(written).writerows([*([above] if above else []), *wide])
    return written.getvalue().encode()


def _clean_xls() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("数据")
    sheet.write(0, 0, f"填表人 {NUMBERS[0]}")
    for number, line in enumerate(clean_lines(), 1):
        for column, cell in enumerate(line):
            sheet.write(number, column, cell)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _titled(sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    sheet["A1"] = f"填表人 {NUMBERS[0]}"


def _beside(sheet: Worksheet) -> None:
    sheet.cell(2, sheet.max_column + 1, f"见{NUMBERS[1]}")


def _noted(sheet: Worksheet) -> None:
    sheet["B2"].comment = Comment(f"对照 {NUMBERS[2]}", "经办人")


def _linked(sheet: Worksheet) -> None:
    sheet["B2"].hyperlink = Hyperlink(ref="B2", location="A1", tooltip=f"对照 {NUMBERS[3]}")


def _said_of_the_file(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.parent.properties.title = NUMBERS[4]


def _printed(sheet: Worksheet) -> None:
    sheet.oddHeader.center.text = f"填表人 {NUMBERS[0]}"
    sheet.firstFooter.right.text = f"核对人 {NUMBERS[1]}"


def _prompted(sheet: Worksheet) -> None:
    chosen = DataValidation(
        type="list", formula1=f'"甲,乙{NUMBERS[2]}"', prompt=f"照 {NUMBERS[3]} 填", error=NUMBERS[4]
    )
    chosen.add("B2:B3")
    sheet.add_data_validation(chosen)


def _coloured(sheet: Worksheet) -> None:
    sheet.conditional_formatting.add("B2:B3", FormulaRule(formula=[f'B2="{NUMBERS[0]}"']))


# Rows in order, and a number where no check looks.
CLEAN_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "xlsx, above the header": ("处罚.xlsx", lambda: _clean_xlsx(_titled)),
    "xlsx, under a blank header": ("处罚.xlsx", lambda: _clean_xlsx(_beside)),
    "xlsx, in a note": ("处罚.xlsx", lambda: _clean_xlsx(_noted)),
    "xlsx, in a link": ("处罚.xlsx", lambda: _clean_xlsx(_linked)),
    "xlsx, in its title": ("处罚.xlsx", lambda: _clean_xlsx(_said_of_the_file)),
    "xlsx, printed above and below": ("处罚.xlsx", lambda: _clean_xlsx(_printed)),
    "xlsx, in the words of a drop-down": ("处罚.xlsx", lambda: _clean_xlsx(_prompted)),
    "xlsx, in a condition": ("处罚.xlsx", lambda: _clean_xlsx(_coloured)),
    "xls, above the header": ("处罚.xls", _clean_xls),
    "csv, above the header": ("处罚.csv", lambda: _clean_csv(["填表人", NUMBERS[0]])),
    "csv, under a blank header": ("处罚.csv", lambda: _clean_csv([], f"见{NUMBERS[1]}")),
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
