"""What a form says where it has no words of its own for a mistake: in place of the framework's, which say no remedy."""

from collections.abc import Mapping
from typing import Any

from django import forms

WORDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "这一项必须填写。"},
    forms.CharField: {
        "max_length": "最多 %(limit_value)d 字，现在是 %(show_value)d 字。请删减。",
        "min_length": "至少 %(limit_value)d 字，现在是 %(show_value)d 字。请补充。",
        "null_characters_not_allowed": "其中有看不见的空字符。请删去后重新填写，不要直接粘贴。",
    },
    forms.IntegerField: {
        "invalid": "应为整数，例如 15。",
        "max_value": "不能大于 %(limit_value)s。请改小。",
        "min_value": "不能小于 %(limit_value)s。请改大。",
    },
    forms.DateField: {"invalid": "请按 2026-11-03 的样子填写日期。"},
    forms.FileField: {
        "required": "还没有选择文件。请点“选择文件”。",
        "invalid": "没有收到文件。请重新选择后再提交。",
        "missing": "没有收到文件。请重新选择后再提交。",
        "empty": "这个文件是空的（0 字节）。请检查是否保存成功后重新选择。",
        "max_length": "文件名最多 %(max)d 字，现在是 %(length)d 字。请改短文件名后重新选择。",
    },
    forms.ChoiceField: {"required": "请选择一项。", "invalid_choice": "没有“%(value)s”这一项。请从列出的各项中选择。"},
    forms.MultipleChoiceField: {
        "required": "请至少选择一项。",
        "invalid_choice": "没有“%(value)s”这一项。请从列出的各项中选择。",
        "invalid_list": "请从列出的各项中选择。",
    },
}


def speak_plainly() -> None:
    """Let every form that is made from here on use these words, except where it has better ones."""
    for field, words in WORDS.items():
        field.default_error_messages = {**vars(field).get("default_error_messages", {}), **words}
    forms.Textarea.value_from_datadict = _lines  # type: ignore[method-assign, assignment]


def _lines(widget: forms.Textarea, data: Mapping[str, Any], files: Mapping[str, Any], name: str) -> Any:
    """A browser counts the end of a line as one character and sends two: a text within its limit would be refused."""
    value = super(forms.Textarea, widget).value_from_datadict(data, files, name)  # type: ignore[arg-type]
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
