"""What the second parser sees of an xls: every kind of cell, what is hidden or merged, and strings over many records."""

import io
import struct
from pathlib import Path

import pytest
import xlwt

from publiccredit.intake.reading import biff
from publiccredit.intake.reading.compound import open_compound
from publiccredit.intake.reading.survey import Survey
from publiccredit.intake.types import UnableToRead
from tests import hostile

BOF = struct.pack("<HHHHIII", 0x809, 16, 0x0600, 0x0010, 0, 0, 0)
END = struct.pack("<HH", biff.END, 0)


def surveyed(folder: Path, book: xlwt.Workbook) -> Survey:
    path = folder / "报送.xls"
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(stream.getvalue())
    content = open_compound(path).stream("Workbook")
    sheets, blank = biff.sheets_of(content)
    return biff.survey_sheet(content, sheet=sheets[0], blank=blank)


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def survey_of(*records: bytes) -> Survey:
    return biff.survey_sheet(
        BOF + b"".join(records) + END, sheet=biff.BoundSheet("数据", 0, visible=True), blank=frozenset()
    )


def test_numbers_truths_and_errors_fill_their_cells(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("数据")
    for column in range(3):
        sheet.write(0, column, column + 0.5)
    sheet.write(1, 0, True)
    sheet.row(2).set_cell_error(1, "#REF!")
    sheet.col(4).width = 5000  # a column that is wide, and not hidden
    survey = surveyed(tmp_path, book)
    assert (survey.filled, survey.last_column) == ({1, 2, 3}, 3)
    assert survey.errors == {(3, 2): "#REF!"}
    assert survey.lone == {2: 1, 3: 2}
    assert (survey.hidden_rows, survey.hidden_columns) == ([], [])


def test_strings_that_run_over_many_records_keep_their_numbers(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("数据")
    for row in range(60):
        sheet.write(row, 0, f"{row}" + "濉" * 300)  # 60 strings of some 600 bytes: five records of 8,224
    bold = xlwt.easyfont("bold true")
    sheet.write_rich_text(60, 0, (("一部分", bold), "另一部分"))
    sheet.write(61, 0, "   ")
    sheet.write(62, 0, "完")
    survey = surveyed(tmp_path, book)
    assert survey.filled == {*range(1, 62), 63}  # row 62 is blank to the eye


def test_several_numbers_in_one_record_and_text_kept_in_the_cell_are_seen() -> None:
    many = struct.pack("<HH", 3, 2) + b"\0" * 6 * 3 + struct.pack("<H", 4)
    narrow = struct.pack("<HHHHB", 5, 0, 0, 1, 0) + b"a"
    wide = struct.pack("<HHHHB", 6, 1, 0, 1, 1) + "濉".encode("utf-16-le")
    blank = struct.pack("<HHHHB", 7, 0, 0, 2, 0) + b"  "
    survey = survey_of(record(0xBD, many), *(record(0x204, data) for data in (narrow, wide, blank)))
    assert (survey.filled, survey.last_column) == ({4, 6, 7}, 5)
    assert survey.lone == {6: 1, 7: 2}


def test_an_error_without_a_name_is_an_error_all_the_same() -> None:
    survey = survey_of(record(0x205, struct.pack("<HHHBB", 0, 0, 0, 0x99, 1)))
    assert survey.errors == {(1, 1): "#N/A"}


def test_a_sheet_without_an_end_is_read_to_the_end_of_the_file() -> None:
    number = record(0x203, struct.pack("<HHHd", 0, 0, 0, 1.5))
    survey = biff.survey_sheet(BOF + number, sheet=biff.BoundSheet("数据", 0, visible=True), blank=frozenset())
    assert survey.filled == {1}


@pytest.mark.parametrize(
    ("book", "words"),
    [
        (struct.pack("<HHHHI", 0x809, 8, 0x0500, 5, 0) + END, "Excel 97 以前的工作簿"),
        (record(0x203, b"\0" * 14) + END, "Excel 97 以前的工作簿"),
        (BOF + record(biff.FILEPASS, b"\0" * 6) + END, "密码"),
    ],
    ids=["older", "no beginning", "locked"],
)
def test_a_book_that_is_older_or_locked_is_refused(book: bytes, words: str) -> None:
    with pytest.raises(UnableToRead, match=words):
        biff.sheets_of(book)


def test_a_small_stream_is_put_together_from_its_short_sectors(tmp_path: Path) -> None:
    path = tmp_path / "小.xls"
    path.write_bytes(with_short_sectors(b"abc" * 30))
    assert open_compound(path).stream("Workbook") == b"abc" * 30


def with_short_sectors(content: bytes) -> bytes:
    """Give a compound file whose one stream lies in the short sectors of the root: 64 bytes each, behind one another."""
    file = bytearray(hostile.compound({"Workbook": content.ljust(512, b"\0")}))
    root, entry = 512 * 2, 512 * 2 + 128  # sector 1 is the directory
    struct.pack_into("<II", file, root + 116, 2, 512)
    struct.pack_into("<II", file, entry + 116, 0, len(content))
    struct.pack_into("<I", file, 60, 3)  # where the table of the short sectors is
    struct.pack_into("<I", file, 512 + 4 * 3, 0xFFFFFFFE)
    return bytes(file) + struct.pack("<128I", 1, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)


def test_a_table_listed_beyond_the_header_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "大.xls"
    file = bytearray(hostile.compound({"Workbook": b"x" * 5000}))
    sectors = len(file) // 512 - 1
    struct.pack_into("<I", file, 68, sectors)  # the list goes on in one more sector,
    struct.pack_into("<I", file, 76, 0xFFFFFFFF)
    file += struct.pack("<128I", 0, *[0xFFFFFFFF] * 126, sectors)  # which names itself as the next: read once
    path.write_bytes(bytes(file))
    assert open_compound(path).stream("Workbook") == b"x" * 5000


@pytest.mark.parametrize("number", ["000000198706057014", "12"])
@pytest.mark.parametrize(("coding", "flag"), [("latin-1", b"\0"), ("utf-16-le", b"\1")])
@pytest.mark.parametrize("kind", [biff.CONTINUE, *biff.PRINTED, biff.DROP_DOWN])
def test_a_number_in_a_note_a_link_or_what_is_printed_is_seen(kind: int, number: str, coding: str, flag: bytes) -> None:
    note = survey_of(record(kind, flag + f"see {number}".encode(coding)))
    link = survey_of(record(biff.LINK, bytes(32) + f"https://example.invalid/{number}".encode("utf-16-le")))
    assert note.has_numbers_aside is link.has_numbers_aside is (len(number) == 18)
