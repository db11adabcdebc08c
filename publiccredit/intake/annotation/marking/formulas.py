"""What formulas came to, left out: it may repeat what was cleared in a cell, and is computed anew when opened."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from publiccredit.intake.annotation.marking.cells import Cell, RowPiece, Spelling
from publiccredit.intake.annotation.marking.outline import edited, outline, start_tag
from publiccredit.intake.annotation.marking.package import Package, Relations
from publiccredit.intake.annotation.marking.sheet import Sheet

# What stands before the properties of computing (ISO/IEC 29500-1, 18.2.27).
BEFORE = {"sheets", "functionGroups", "externalReferences", "definedNames"}
FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s>/]")


def leave_out_results(package: Package, *, sheets: Iterable[str]) -> None:
    """Keep formulas without their results, and without the order in which they were computed."""
    computed = [part for part in sheets if has_formula(package.read(part))]
    for part in computed:
        sheet = Sheet(package, part)
        sheet.put(_without_results(sheet.rows(), sheet.spelling), around=sheet.around())
    if computed:
        _have_them_computed(package)
    relations = Relations(package, package.workbook)
    for element in relations.of_kind("calcChain"):
        package.drop(relations.target(element))
        relations.remove(element.attribute("Id"))


def _have_them_computed(package: Package) -> None:
    book = package.read(package.workbook)
    root = outline(book, depth=1)
    known = root.child("calcPr")
    if known is not None:
        tag = start_tag(known, fullCalcOnLoad="1")
        change = (known.start, known.inside, tag.removesuffix(b">") + b"/>" if known.empty else tag)
    else:
        at = max(child.end for child in root.children if child.name in BEFORE)
        change = (at, at, f'<{root.prefix}calcPr fullCalcOnLoad="1"/>'.encode())
    package.write(package.workbook, edited(book, [change]))


def has_formula(xml: bytes) -> bool:
    return (b"<f" in xml or b":f" in xml) and FORMULA.search(xml) is not None


def _without_results(rows: Iterable[RowPiece], spelling: Spelling) -> Iterator[bytes]:
    for row in rows:
        if not has_formula(row.body):
            yield row.raw
            continue
        cells = (_without_result(cell, spelling) for cell in spelling.cells(row.body, row.number))
        yield row.tag + b">" + b"".join(spelling.written(cell, row.number) for cell in cells)
        yield f"</{spelling.prefix}row>".encode()


def _without_result(cell: Cell, spelling: Spelling) -> Cell:
    if not has_formula(cell.inner):
        return cell
    attributes = {name: value for name, value in cell.attributes.items() if name != "t"}
    return replace(cell, attributes=attributes, inner=spelling.value.sub(b"", cell.inner), raw=b"")
