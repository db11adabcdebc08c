"""JSON lines: one object a line, its keys the headers of a form or the field codes."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from publiccredit.intake.reading.candidates import Candidate, chosen
from publiccredit.intake.reading.counting import count_json_lines
from publiccredit.intake.reading.encoding import ReadableText, readable_text
from publiccredit.intake.reading.fields import letters_of_fields, number_of_field, text_of_field
from publiccredit.intake.reading.headers import BLANK, column_letter
from publiccredit.intake.reading.limits import Limits
from publiccredit.intake.reading.opened import OpenedFile
from publiccredit.intake.reading.recognition import SheetHead, recognise
from publiccredit.intake.reading.refusals import listed, refusal
from publiccredit.intake.types import ROW, SHEET, TYPED_NUMBER, RawChunk, RecognisedSheet

HEAD_LINES = 1_000  # the keys of these objects together are the header: an empty value may be left out of some
_BEGINNINGS = frozenset({"[", "{", "[{"})  # lines that open what goes on in the next
_SUSPECT = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


class Number(str):
    """The text of a JSON number, as it was written."""

    __slots__ = ()


Value = str | bool | None
Object = dict[str, Value]


@dataclass(frozen=True)
class Lines:
    text: ReadableText
    header: RecognisedSheet
    keys: dict[str, str]  # key → the letter of its column
    candidate: Candidate
    limits: Limits


def open_json_lines(*, path: Path, candidates: Sequence[Candidate], limits: Limits) -> OpenedFile:
    """
    Open a file of JSON lines.

    :raises UnableToRead: a line is no flat object, or its keys are in no form that is known.
    """
    text = readable_text(path=path, limits=limits)
    keys = list(dict.fromkeys(key for _, line in islice(_objects(text.path), HEAD_LINES) for key in line))
    if not keys:
        raise refusal("empty")
    if len(keys) > limits.columns:
        raise refusal("too_many_columns", limit=limits.columns)
    head = SheetHead(sheet="", visible=True, rows=((0, tuple(keys)),))
    recognition = recognise(heads=[head], candidates=candidates, encoding=text.encoding)
    lines = Lines(
        text=text,
        header=recognition.sheets[0],
        keys={key: column_letter(index) for index, key in enumerate(keys)},
        candidate=chosen(recognition, candidates),
        limits=limits,
    )
    return OpenedFile(recognition, lambda: _chunks(lines), lambda: count_json_lines(path=text.path))


def _objects(path: Path) -> Iterator[tuple[int, Object]]:
    """Give each object with the number of its line; an object without a filled value is no row."""
    with path.open(encoding="utf-8-sig", newline="\n") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip(BLANK):
                values = _object(number, line)
                if any(value is not None and str(value).strip(BLANK) for value in values.values()):
                    yield number, values


def _object(number: int, line: str) -> Object:
    try:
        said = json.loads(line, parse_int=Number, parse_float=Number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        if line.strip(BLANK) in _BEGINNINGS:
            raise refusal("json_array", row=number) from error
        found = error.args[0] if isinstance(error, _KeyTwice) else "语法有误"
        raise refusal("broken_json", row=number, found=found) from error
    if isinstance(said, list):
        raise refusal("json_array", row=number)
    if not isinstance(said, dict):
        raise refusal("broken_json", row=number, found="不是对象")
    if _SUSPECT.search(line) and any(_is_no_text(value) for value in (*said.keys(), *said.values())):
        raise refusal("broken_json", row=number, found="有不是文字的字符：\\u0000，或不成对的 \\ud800 至 \\udfff")
    nested = [key for key, value in said.items() if isinstance(value, dict | list)]
    if nested:
        raise refusal("broken_json", row=number, found=f"{listed(nested)}的值不是单个值")
    return said


def _is_no_text(value: object) -> bool:
    """A NUL, or half of a character that JSON writes in two parts: neither the checks nor the database can hold it."""
    return isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


class _KeyTwice(ValueError):
    pass


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    known = dict(pairs)
    if len(known) < len(pairs):
        raise _KeyTwice("同一个键出现两次")
    return known


def _chunks(lines: Lines) -> Iterator[RawChunk]:
    objects = _objects(lines.text.path)
    done = 0
    while batch := list(islice(objects, lines.limits.chunk_rows)):
        done += len(batch)
        if done > lines.limits.rows:
            raise refusal("too_many_rows", limit=lines.limits.rows)
        for number, values in batch:
            if values.keys() - lines.keys.keys():
                new = listed(sorted(values.keys() - lines.keys.keys()))
                raise refusal("broken_json", row=number, found=f"{new}在前 {HEAD_LINES} 行中没有出现过")
        yield RawChunk(rows=_frame(lines, batch))


def _frame(lines: Lines, batch: list[tuple[int, Object]]) -> pl.DataFrame:
    letters = letters_of_fields(lines.header)
    wanted = {letter for columns in letters.values() for letter in columns}
    identifiers = lines.candidate.identifier_fields & letters.keys()
    series = [pl.Series(ROW, [number for number, _ in batch], dtype=pl.Int64)]
    for key, letter in lines.keys.items():
        if letter in wanted:
            values = [values.get(key) for _, values in batch]
            series.append(pl.Series(letter, [_text(value) for value in values], dtype=pl.String))
            flags = [isinstance(value, Number) for value in values]
            series.append(pl.Series(letter + TYPED_NUMBER, flags, dtype=pl.Boolean))
    return pl.DataFrame(series).select(
        pl.lit("").alias(SHEET),
        pl.col(ROW),
        *(text_of_field(field, columns, lines.candidate.separators) for field, columns in letters.items()),
        *(number_of_field(field, letters[field]) for field in letters if field in identifiers),
    )


def _text(value: Value) -> str | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if value else None
