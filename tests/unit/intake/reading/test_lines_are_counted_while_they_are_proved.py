"""Counted while the bytes are proved, or walked through a second time: the number of rows is the same."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from publiccredit.intake.reading.counting import count_text_rows
from publiccredit.intake.reading.encoding import readable_text
from publiccredit.intake.reading.limits import USUAL
from publiccredit.intake.reading.line_tally import LineTally, line_tally

LINE = st.text(alphabet="a1处，,;\t -.\r", max_size=8)


def _sent(folder: Path, text: str) -> Path:
    path = folder / "sent.csv"
    path.write_bytes(text.encode())
    return path


@given(
    lines=st.lists(LINE, max_size=30),
    end=st.sampled_from(["", "\n", "\r\n\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    header_row=st.integers(1, 3),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_the_tally_of_a_file_without_quotation_marks_counts_as_the_walk_does(
    tmp_path_factory, lines, end, mark, header_row, delimiter
):
    path = _sent(tmp_path_factory.mktemp("sent"), "\n".join([mark + "名称,代码", *lines]) + end)
    tally = readable_text(path=path, limits=USUAL).tally
    walked = count_text_rows(path=path, delimiter=delimiter, header_row=header_row)
    assert count_text_rows(path=path, delimiter=delimiter, header_row=header_row, tally=tally) == walked


def test_a_line_of_separators_is_empty_only_where_they_separate():
    for delimiter in ";|":
        tally = line_tally(f"名称{delimiter}代码\n{delimiter}{delimiter}\n甲{delimiter}1\n".encode())
        assert (tally.lines, tally.filled(delimiter=delimiter), tally.filled(delimiter=",")) == (3, 2, 3)


def test_a_file_with_a_quotation_mark_is_walked_through(tmp_path):
    path = _sent(tmp_path, '名称,事实\n甲,"一\n二"\n')
    tally = readable_text(path=path, limits=USUAL).tally
    assert tally == LineTally(quoted=True)
    assert count_text_rows(path=path, delimiter=",", header_row=1, tally=tally) == 1


def test_a_rewritten_file_has_no_tally(tmp_path):
    path = tmp_path / "sent.csv"
    path.write_bytes("名称,代码\n甲,1\n".encode("gb18030"))
    assert readable_text(path=path, limits=USUAL).tally is None
