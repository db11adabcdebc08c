"""The sheet that lists all issues: in the place of that of an earlier answer, else behind all others."""

from collections.abc import Iterator, Sequence

from publiccredit.intake.annotation.marking.outline import edited, inserted, outline
from publiccredit.intake.annotation.marking.package import Package, Relations, relation
from publiccredit.intake.annotation.marking.styles import Styles
from publiccredit.intake.annotation.marks import SUMMARY_HEADERS, Marks
from publiccredit.intake.annotation.style import SUMMARY_WIDTHS
from publiccredit.intake.annotation.texts import escaped
from publiccredit.intake.reading.headers import column_letter
from publiccredit.intake.reading.recognition import SUMMARY_SHEET

HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{namespace}"><sheetViews>'
    '<sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
)
TAIL = "</sheetData></worksheet>"


def write_summary(package: Package, *, known: str, marks: Marks, styles: Styles, namespace: str) -> None:
    """Write the sheet of issues to the part of an earlier one, or to a new one."""
    content = _sheet(marks, styles, namespace).encode()
    if known:
        relations = Relations(package, known)
        gone = [element for kind in ("comments", "vmlDrawing") for element in relations.of_kind(kind)]
        for element in gone:
            package.drop(relations.target(element))
        relations.remove(*(element.attribute("Id") for element in relations.elements))
        package.write(known, content)
        return
    part = package.free_name("xl/worksheets/sheet{}.xml")
    package.add(part, content, kind="worksheet")
    named = Relations(package, package.workbook).add(kind="worksheet", part=part)
    book = package.read(package.workbook)
    root = outline(book, depth=2)
    sheets = root.needed("sheets")
    number = max(int(sheet.attributes["sheetId"]) for sheet in sheets.children) + 1
    said = f'name="{SUMMARY_SHEET}" sheetId="{number}" {relation(root, package.kind, named)}'
    package.write(package.workbook, edited(book, [inserted(sheets, f"<{root.prefix}sheet {said}/>".encode(), book)]))


def _sheet(marks: Marks, styles: Styles, namespace: str) -> str:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(SUMMARY_WIDTHS, 1)
    )
    return "".join((HEAD.format(namespace=namespace, columns=columns), *_rows(marks, styles), TAIL))


def _rows(marks: Marks, styles: Styles) -> Iterator[str]:
    head, wrapped, last = styles.head(), styles.wrapped(), len(SUMMARY_HEADERS) - 1
    yield _row(1, SUMMARY_HEADERS, dict.fromkeys(range(last + 1), head))
    for number, row in enumerate(marks.summary_rows(), 2):
        yield _row(number, row, {last: wrapped})


def _row(number: int, values: Sequence[str | int | None], styles: dict[int, int]) -> str:
    cells = "".join(
        _cell(f"{column_letter(column)}{number}", value, styles.get(column, 0))
        for column, value in enumerate(values)
        if value is not None
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: str | int, style: int) -> str:
    look = f' s="{style}"' if style else ""
    if isinstance(value, int):
        return f'<c r="{place}"{look}><v>{value}</v></c>'
    return f'<c r="{place}"{look} t="inlineStr"><is><t xml:space="preserve">{escaped(value)}</t></is></c>'
