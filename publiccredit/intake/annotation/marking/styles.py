"""The styles of a workbook, and those that differ from one of them by the fill of a mark."""

import re
from dataclasses import dataclass, field

from publiccredit.intake.annotation.marking.outline import Change, Element, Unsure, edited, inserted, outline, start_tag
from publiccredit.intake.annotation.style import HEADER, RETURN, WARN

RGB = re.compile(rb"""\bfgColor\s[^>]*\brgb\s*=\s*["']([0-9A-Fa-f]{8})["']""")
OURS = {RETURN.encode(), WARN.encode()}
NO_FILL = 0
PLAIN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="{}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    "</fills>"
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass
class _Section:
    """A numbered list of the style sheet, and what is put behind it."""

    element: Element
    items: list[Element]
    added: list[bytes] = field(default_factory=list)
    known: dict[object, int] = field(default_factory=dict)

    def number(self, key: object, item: bytes) -> int:
        if key not in self.known:
            self.known[key] = len(self.items) + len(self.added)
            self.added.append(item)
        return self.known[key]

    def changes(self, xml: bytes) -> list[Change]:
        if not self.added:
            return []
        element = self.element
        head = start_tag(element, count=str(len(self.items) + len(self.added)))
        return [
            (element.start, element.inside, head),
            inserted(element, b"".join(self.added), xml),
        ]


class Styles:
    """
    The numbers of styles, which cells give as ``s``.

    :raises Unsure: the style sheet lacks one of its lists.
    """

    def __init__(self, xml: bytes) -> None:
        self.xml = xml
        root = outline(xml, depth=2)
        self.prefix = root.prefix
        sections = []
        for name, item in (("fonts", "font"), ("fills", "fill"), ("cellXfs", "xf")):
            element = root.needed(name)
            items = element.children_named(item)
            if not items or len(items) != len(element.children):
                raise Unsure(f"{name} with other things among them")
            sections.append(_Section(element, items))
        self.fonts, self.fills, self.formats = sections
        ours = {number for number, fill in enumerate(self.fills.items) if self._is_ours(fill)}
        self.ours = {
            number
            for number, look in enumerate(self.formats.items)
            if ours and int(look.attributes.get("fillId", "0")) in ours
        }

    def _is_ours(self, fill: Element) -> bool:
        found = RGB.search(self.xml, fill.start, fill.end)
        return found is not None and found[1].upper() in OURS

    def marked(self, style: int, *, returns: bool) -> int:
        """Give the style like this one in the colour of a row sent back, or of a doubt."""
        return self._filled(style, RETURN if returns else WARN)

    def unmarked(self, style: int) -> int:
        """Give the style without the colour of an earlier mark."""
        return self.unfilled(style) if style in self.ours else style

    def unfilled(self, style: int) -> int:
        own = int(self._format(style).attributes.get("fillId", "0"))
        return style if own == NO_FILL else self._derived(style, fillId=NO_FILL)

    def bold(self, style: int) -> int:
        """Give the style for a title."""
        return self._derived(style, fontId=self._bold_font(), applyFont=1)

    def head(self) -> int:
        """Give the style for the titles of the sheet of issues."""
        return self._derived(0, fontId=self._bold_font(), applyFont=1, fillId=self._fill(HEADER), applyFill=1)

    def wrapped(self) -> int:
        """Give the style for sentences, which take several lines."""
        p = self.prefix
        wrap = f'<{p}xf xfId="0" applyAlignment="1"><{p}alignment vertical="top" wrapText="1"/></{p}xf>'
        return self.formats.number("wrapped", wrap.encode())

    def written(self) -> bytes:
        """Give the style sheet with what was asked for."""
        sections = (self.fonts, self.fills, self.formats)
        return edited(self.xml, [change for section in sections for change in section.changes(self.xml)])

    def _filled(self, style: int, colour: str) -> int:
        return self._derived(style, fillId=self._fill(colour), applyFill=1)

    def _fill(self, colour: str) -> int:
        p = self.prefix
        colours = f'<{p}fgColor rgb="{colour}"/><{p}bgColor indexed="64"/>'
        fill = f'<{p}fill><{p}patternFill patternType="solid">{colours}</{p}patternFill></{p}fill>'
        return self.fills.number(colour, fill.encode())

    def _bold_font(self) -> int:
        first = self.fonts.items[0]
        kept = b"" if first.empty else self.xml[first.inside : first.behind]
        p = self.prefix
        bold = b"" if f"<{p}b/>".encode() in kept else f"<{p}b/>".encode()
        return self.fonts.number("bold", f"<{p}font>".encode() + bold + kept + f"</{p}font>".encode())

    def _format(self, style: int) -> Element:
        if style >= len(self.formats.items):
            raise Unsure("a style that is not there")
        return self.formats.items[style]

    def _derived(self, style: int, **changed: int) -> int:
        look = self._format(style)
        head = start_tag(look, **{name: str(value) for name, value in changed.items()})
        kept = b"" if look.empty else self.xml[look.inside : look.behind]
        key = (style, *sorted(changed.items()))
        return self.formats.number(key, head + kept + f"</{look.tag}>".encode())
