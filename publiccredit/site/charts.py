"""
Where bars and lines stand, computed once on the server, so that a chart needs no script and prints as it shows.

Bars are drawn in shares of their row, lines in a box of 100 × 100 that the page stretches; words stay HTML, so they
keep their size on a phone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bar:
    label: str
    value: float | None
    shown: str
    width: str  # share of the row, "87.50%"
    target: str
    url: str = ""
    note: str = ""
    adverse: bool = False


@dataclass(frozen=True)
class Point:
    label: str
    shown: str
    x: str
    y: str
    url: str = ""


@dataclass(frozen=True)
class Plot:
    points: tuple[Point, ...]
    path: str
    scale: tuple[str, ...]  # from the top downwards
    target_y: str
    first: str
    last: str
    summary: str


def _read(row: Any, name: str, default: Any = "") -> Any:
    return row.get(name, default) if isinstance(row, Mapping) else getattr(row, name, default)


def shown(value: float | None, *, unit: str) -> str:
    """Give a number as a reader expects it: one decimal for a percentage, none for a count."""
    if value is None:
        return "—"
    if unit == "%":
        return f"{value:.1f}%"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def bars_of(*, rows: Iterable[Any], unit: str, target: float | None) -> tuple[Bar, ...]:
    """Give the bars of ``rows``, all to the scale of the longest (or of 100 where the unit is per cent)."""
    listed = list(rows)
    values = [float(v) for row in listed if (v := _read(row, "value", None)) is not None]
    top = 100.0 if unit == "%" else max([*values, target or 0.0, 1.0])
    return tuple(
        Bar(
            label=str(_read(row, "label")),
            value=_read(row, "value", None),
            shown=shown(_read(row, "value", None), unit=unit),
            width=f"{float(_read(row, 'value', None) or 0) / top * 100:.2f}%",
            target="" if target is None else f"{target / top * 100:.2f}%",
            url=str(_read(row, "url")),
            note=str(_read(row, "note")),
            adverse=bool(_read(row, "adverse", False)),
        )
        for row in listed
    )


def ceiling(value: float) -> float:
    """Give the round number at or above ``value`` that a scale may end on: 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    step = 10.0 ** (len(str(int(value))) - 1)
    return next(m * step for m in (1, 2, 2.5, 5, 10) if m * step >= value)


def plot_of(*, points: Iterable[Any], unit: str, target: float | None) -> Plot:
    """Give the line through ``points`` from zero to a round ceiling; a point without a value breaks no line."""
    listed = [
        (str(_read(p, "label")), float(v), str(_read(p, "url")))
        for p in points
        if (v := _read(p, "value", None)) is not None
    ]
    if not listed:
        return Plot(points=(), path="", scale=(), target_y="", first="", last="", summary="没有可画的数据")
    top = 100.0 if unit == "%" else ceiling(max([value for _, value, _ in listed] + [target or 0.0]))
    step = 100 / max(len(listed) - 1, 1)
    drawn = tuple(
        Point(
            label=label,
            shown=shown(value, unit=unit),
            x="50.00" if len(listed) == 1 else f"{step * place:.2f}",
            y=f"{100 - value / top * 100:.2f}",
            url=url,
        )
        for place, (label, value, url) in enumerate(listed)
    )
    return Plot(
        points=drawn,
        path="M" + "L".join(f"{p.x} {p.y}" for p in drawn),
        scale=("100%", "50%", "0%") if unit == "%" else tuple(shown(top * part, unit=unit) for part in (1, 0.5, 0)),
        target_y="" if target is None else f"{100 - target / top * 100:.2f}",
        first=drawn[0].label,
        last=drawn[-1].label if len(drawn) > 1 else "",
        summary=f"从{drawn[0].label}的 {drawn[0].shown} 到{drawn[-1].label}的 {drawn[-1].shown}",
    )
