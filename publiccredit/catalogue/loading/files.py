"""One YAML file of a pack, read strictly into its value."""

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from publiccredit.catalogue.loading.problems import PackProblem, key_path, problems_of

Value = TypeVar("Value", bound=BaseModel)


class _RepeatedKey(yaml.YAMLError):
    pass


class _StrictLoader(yaml.CSafeLoader):
    """YAML takes the last of two equal keys without a word; here the second is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise _RepeatedKey(f"第 {key_node.start_mark.line + 1} 行的键“{key}”重复")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _day(loader: _StrictLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"没有“{node.value}”这一天或这一时刻", node.start_mark
        ) from error


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _day)


class PackFolder:
    """The files of one packs folder: reads them, and gathers what is wrong in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[PackProblem] = []

    def refuse(self, file: str, key: str, found: str, remedy: str) -> None:
        self.problems.append(PackProblem(file, key, found, remedy))

    def files(self, pattern: str) -> list[str]:
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.glob(pattern))

    def values(self, pattern: str, model: type[Value]) -> Iterator[tuple[str, Value]]:
        """This will give every value of the files a pattern names, each with its file; a list file gives several."""
        files = self.files(pattern)
        if not files:
            self.refuse(
                pattern, "", "没有这个文件", "请从本平台的发布版本中取回，或者按 docs/guide/add-a-source.md 补写"
            )
        for file in files:
            content = self._content(file)
            rows = enumerate(content) if isinstance(content, list) else [(None, content)]
            for index, row in rows:
                value = self._value(file, index, row, model)
                if value is not None:
                    yield file, value

    def _content(self, file: str) -> Any:
        try:
            # _StrictLoader is a SafeLoader: it builds no objects.
            return yaml.load((self.folder / file).read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            found = str(error) if isinstance(error, _RepeatedKey) else f"不是有效的 YAML{_place_of(error)}"
            self.refuse(file, "", found, "请按 UTF-8 编码和 YAML 语法改正；同一处的键只写一次")
            return []

    def _value(self, file: str, index: int | None, row: object, model: type[Value]) -> Value | None:
        if not isinstance(row, dict):
            self.refuse(file, _prefix(index), f"应为键值，实为 {type(row).__name__}", "请写成“键：值”的形式")
            return None
        try:
            return model.model_validate(row)
        except ValidationError as error:
            found = problems_of(error, file=file, model=model)
            before = _prefix(index)
            self.problems += [
                PackProblem(p.file, before + ("." if before and p.key else "") + p.key, p.found, p.remedy)
                for p in found
            ]
            return None


def _place_of(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    """This will say where a file cannot be read, as far as the reader knows, and what it says in its own words."""
    if isinstance(error, UnicodeDecodeError):
        before = error.object[: error.start]
        return f"：第 {len(before.splitlines()) or 1} 行有不是 UTF-8 的字节"
    mark = getattr(error, "problem_mark", None)
    said = " ".join(str(getattr(error, "problem", None) or error).split())
    return f"：第 {mark.line + 1} 行第 {mark.column + 1} 列，{said}" if mark else f"：{said}"


def _prefix(index: int | None) -> str:
    return "" if index is None else key_path((index,))
