"""Text as it may stand in the XML of a workbook."""

import re

UNPRINTABLE = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
IN_QUOTES = re.compile('[&<>"\t\r\n]')
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def quoted(value: str) -> str:
    """Give the value of an attribute between quotation marks."""
    return f'"{IN_QUOTES.sub(lambda found: f"&#{ord(found.group())};", value)}"'


def escaped(text: str) -> str:
    """Give the text with what is markup spelled out and what XML cannot say left out."""
    if not UNPRINTABLE.search(text):
        return text
    return UNPRINTABLE.sub(lambda found: ESCAPES.get(found.group(), ""), text)
