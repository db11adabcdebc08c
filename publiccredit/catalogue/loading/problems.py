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
        where = f"{self.file} 的 {self.key}" if self.key else self.file
        return f"{where}:{self.found}。{self.remedy}"


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
    return PackProblem(
        file, key, f"值 {value!r} 不符合要求（{error['msg']}）", "请按 docs/catalogue/schemas 中的格式填写"
    )


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
