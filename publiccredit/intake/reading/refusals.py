"""
The sentences with which a file as a whole is refused.

Takes ``packs/refusals.yml``, read strictly. Gives an exception that says what was found, what would be right and how to
get there. Refuses to speak of a kind of refusal the pack does not hold.
"""

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from publiccredit.catalogue.types import Refusal
from publiccredit.intake.types import UnableToRead

REFUSALS = Path(__file__).resolve().parents[3] / "packs" / "refusals.yml"


@cache
def refusals() -> dict[str, Refusal]:
    """
    Give every kind of refusal by its name.

    :raises ValueError: a key is unknown, a value missing, a code or name given twice.
    """
    with REFUSALS.open(encoding="utf-8") as stream:
        rows = TypeAdapter(list[Refusal]).validate_python(yaml.safe_load(stream))
    if len({row.code for row in rows}) < len(rows) or len({row.name for row in rows}) < len(rows):
        raise ValueError(f"{REFUSALS.name}: a code or a name is given twice; give each refusal its own")
    return {row.name: row for row in rows}


def refusal(name: str, **slots: object) -> UnableToRead:
    """Give the exception that refuses a file for the reason of this name."""
    kind = refusals()[name]
    words = f"{kind.found}{kind.remedy}".format(**slots)
    return UnableToRead(code=kind.code, message=f"{words}（{kind.code}，{kind.basis}）")


def listed(names: list[str], *, at_most: int = 10) -> str:
    """Give names as a Chinese enumeration, cut where nobody would read on."""
    shown = "、".join(f"“{name}”" for name in names[:at_most])
    return shown if len(names) <= at_most else f"{shown}等 {len(names)} 处"
