"""What is wrong in a pack, said so that its author can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError


@dataclass(frozen=True, order=True)
class PackProblem:
    """One fault: the file, the key inside it, what was found there and how to mend it."""

    file: str  # path below the packs folder
    key: str  # "fields[3].codes"; "" for the file as a whole
    found: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file} 的 {self.key}:" if self.key else f"{self.file}:" if self.file else ""
        return f"{where}{self.found}。{self.remedy}"


class UnableToLoadPack(Exception):
    """The packs do not hold together. All faults found are listed, in the order of their files."""

    def __init__(self, problems: Iterable[PackProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(p) for p in self.problems))


def key_path(location: Iterable[int | str]) -> str:
    """This will give the path of a key as its author would write it: ``fields[3].codes``."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def problems_of(error: ValidationError, *, file: str, model: type[BaseModel]) -> list[PackProblem]:
    """This will put each fault pydantic found into the words of a pack's author."""
    return [_problem(dict(e), file=file, model=model) for e in error.errors()]


def _problem(error: dict[str, Any], *, file: str, model: type[BaseModel]) -> PackProblem:
    kind, location, value = error["type"], tuple(error["loc"]), error.get("input")
    key = key_path(location)
    if kind == "extra_forbidden":
        known = "、".join(sorted(_keys_at(model, location[:-1])))
        return PackProblem(file, key, f"未知的键“{location[-1]}”", f"此处可用的键为：{known}。请改正拼写或删去该键")
    if kind == "missing":
        return PackProblem(file, key, "缺少该键", f"请补上“{location[-1]}”")
    if kind == "string_type":
        return PackProblem(
            file,
            key,
            f"应为文字，实为{_kind_of(value)} {value!r}",
            f'像数字、日期或是否的文字须加引号，例如 "{value}"(前导零不加引号会被读成别的数)',
        )
    return PackProblem(file, key, f"值 {value!r} 不符合要求", _remedy(kind, error.get("ctx") or {}, error["msg"]))


def _remedy(kind: str, context: dict[str, Any], said: str) -> str:
    """Say what would be right, as far as pydantic knows it, in the words of a pack's author."""
    words = {
        "enum": "请改为下列之一：{expected}",
        "literal_error": "请改为下列之一：{expected}",
        "string_pattern_mismatch": "应符合格式 {pattern}",
        "string_too_short": "至少 {min_length} 个字符",
        "string_too_long": "最多 {max_length} 个字符",
        "too_short": "至少 {min_length} 项",
        "too_long": "最多 {max_length} 项",
        "greater_than": "应大于 {gt}",
        "greater_than_equal": "不应小于 {ge}",
        "less_than": "应小于 {lt}",
        "less_than_equal": "不应大于 {le}",
        "int_type": "应为不加引号的整数",
        "int_parsing": "应为不加引号的整数",
        "int_from_float": "应为整数",
        "bool_type": "应为 true 或 false，不加引号",
        "bool_parsing": "应为 true 或 false，不加引号",
        "date_type": "应为日期，写成 2026-11-03，不加引号",
        "date_parsing": "应为日期，写成 2026-11-03，不加引号",
        "date_from_datetime_parsing": "应为日期，写成 2026-11-03，不加引号",
        "list_type": "应为列表，写成 [甲, 乙]",
        "tuple_type": "应为列表，写成 [甲, 乙]",
        "dict_type": "应为“键：值”",
        "model_type": "应为“键：值”",
        "model_attributes_type": "应为“键：值”",
    }
    if kind not in words:
        return f"应为：{said.removeprefix('Value error, ')}。请按 docs/catalogue/schemas 中的格式填写"
    written = {
        name: str(value).replace("'", "").replace(" or ", "、").replace(", ", "、") for name, value in context.items()
    }
    return words[kind].format(**written)


def _kind_of(value: object) -> str:
    names = {
        "int": "整数",
        "float": "小数",
        "bool": "是否值",
        "date": "日期",
        "list": "列表",
        "dict": "键值",
        "NoneType": "空",
    }
    return names.get(type(value).__name__, type(value).__name__)


def _keys_at(model: type[BaseModel], location: tuple[int | str, ...]) -> set[str]:
    """The keys a model allows at a place, found by walking its fields' annotations."""
    at: type[BaseModel] = model
    for part in location:
        if isinstance(part, str) and (inner := _model_under(at, part)) is not None:
            at = inner
    return {f.alias or name for name, f in at.model_fields.items()}


def _model_under(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    field = next((f for n, f in model.model_fields.items() if key in (n, f.alias)), None)
    if field is None:
        return None
    pending: list[Any] = [field.annotation]
    while pending:
        annotation = pending.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return annotation
        pending.extend(getattr(annotation, "__args__", ()))
    return None
