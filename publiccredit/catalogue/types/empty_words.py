"""Words that mean an empty cell, whoever writes them: “无”, “N/A”, “-”. Which they are depends on the field."""

import re

from publiccredit.catalogue.types.records import RecordField

_WHERE_REQUIRED = r"(?:(?i:n/a|na|null|none|nil)|无|暂无|[-—–_/\\－]+)"
_WHERE_OPTIONAL = r"(?:(?i:n/a|na|null|none|nil)|无|暂无|空|[-—–_/\\－]+)"


def empty_words(field: RecordField) -> str:
    """Give the words that are the same as an empty cell of a field, as a pattern of the whole cell."""
    usual = _WHERE_REQUIRED if field.required else _WHERE_OPTIONAL
    return rf"^(?:{'|'.join((usual, *(re.escape(word) for word in field.empty_words)))})$"
