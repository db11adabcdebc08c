"""Which packs are held, and how one value among them is found or said to be missing."""

import os
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from publiccredit.catalogue.loading import load_packs
from publiccredit.catalogue.types import Packs
from publiccredit.catalogue.types.base import Dated

PACKS_VARIABLE = "PUBLICCREDIT_PACKS"
OWN_PACKS = Path(__file__).resolve().parents[2] / "packs"

InForce = TypeVar("InForce", bound=Dated)
Named = TypeVar("Named")


class NotInPacks(LookupError):
    """The packs hold nothing of this name, or nothing in force on the day asked about."""

    def __init__(self, *, kind: str, name: str, known: Iterable[str], on: date | None = None) -> None:
        self.kind = kind
        self.name = name
        when = f"在 {on} 施行的" if on else ""
        super().__init__(f"没有{when}{kind}“{name}”。现有：{'、'.join(sorted(set(known))) or '无'}")


def packs(*, path: Path | None = None) -> Packs:
    """
    Give the packs of a folder, else of ``PUBLICCREDIT_PACKS``, else the platform's own; read once per process.

    :raises UnableToLoadPack: they do not hold together.
    """
    return load_packs(_resolved(path or os.environ.get(PACKS_VARIABLE) or OWN_PACKS))


@cache
def _resolved(folder: Path | str) -> Path:
    return Path(folder).resolve()  # asks the file system at every step of the path: a fifth of the time of a kept page


def in_force(kind: str, values: Iterable[InForce], name: str, on: date) -> InForce:
    """
    Give the value of a name in force on a day.

    :raises NotInPacks: there is none.
    """
    held = tuple(values)
    for value in held:
        if getattr(value, "name", None) == name and value.in_force_on(on):
            return value
    raise NotInPacks(kind=kind, name=name, on=on, known=(str(getattr(v, "name", "")) for v in held))


def named(kind: str, values: Iterable[Named], key: str, name: str) -> Named:
    """
    Give the one whose ``key`` is the name.

    :raises NotInPacks: there is none.
    """
    held = tuple(values)
    for value in held:
        if getattr(value, key) == name:
            return value
    raise NotInPacks(kind=kind, name=name, known=(str(getattr(v, key)) for v in held if getattr(v, key)))
