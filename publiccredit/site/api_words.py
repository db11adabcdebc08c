"""What the interface says of a parameter that is not as it should be: what would be right, not the stock words."""

from typing import Any

from rest_framework import fields, serializers

WORDS: dict[type[fields.Field[Any, Any, Any, Any]], dict[str, str]] = {
    fields.Field: {"required": "没有给出。请补上。", "null": "不能为 null。请给出值，或者不带这一项。"},
    fields.CharField: {
        "invalid": "应为文字。请改为文字。",
        "blank": "是空的。请填写，或者不带这一项。",
        "max_length": "最多 {max_length} 个字符。请缩短。",
        "min_length": "至少 {min_length} 个字符。请补充。",
    },
    fields.IntegerField: {
        "invalid": "应为整数。请改为整数，例如 20。",
        "max_value": "不能大于 {max_value}。请改小。",
        "min_value": "不能小于 {min_value}。请改大。",
        "max_string_length": "数字太长。请改小。",
    },
    fields.DateField: {
        "invalid": "应为日期。请按 YYYY-MM-DD 填写，例如 2026-11-03。",
        "datetime": "应为日期，不带时间。请按 YYYY-MM-DD 填写，例如 2026-11-03。",
    },
    fields.ListField: {
        "not_a_list": "应为列表。请每个值写一项。",
        "empty": "是空的。请至少给出一项，或者不带这一项。",
        "min_length": "至少 {min_length} 项。请补充。",
        "max_length": "最多 {max_length} 项。请分几次发送。",
    },
    fields.FileField: {
        "required": "没有文件。请用 multipart/form-data 上传，部分的名称为 file。",
        "invalid": "不是文件。请用 multipart/form-data 上传，部分的名称为 file。",
        "no_name": "文件没有名称。请在上传的部分写明 filename。",
        "empty": "文件是空的（0 字节）。请检查是否保存成功后重新发送。",
        "max_length": "文件名最多 {max_length} 个字符，现在是 {length} 个。请改短。",
    },
    serializers.Serializer: {"invalid": "应为一个 JSON 对象。请改正请求体。"},
}


def speak_plainly() -> None:
    """Let every question of the interface use these words, except where it has better ones."""
    for field, words in WORDS.items():
        field.default_error_messages = {**vars(field).get("default_error_messages", {}), **words}
