"""
What the benchmarks found: one JSON file each under .data/bench, and one page made from them.

A benchmark states its rows as ``Line``: the work, its target and what was measured. The page says of each missed target
by how much it was missed and why.
"""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".data" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Ratios against a named baseline, both measured in one run on the same machine: seconds differ between machines, ratios
hardly do. `make bench` measures again and writes this page.
"""


@dataclass(frozen=True)
class Line:
    """``beyond`` is the share of the target by which it was missed; ``why`` is said where it was."""

    work: str
    target: str
    measured: str
    beyond: float
    why: str

    @property
    def met(self) -> bool:
        return self.beyond <= 0


def above(measured: float, target: float) -> float:
    """Give the share of the target that was measured above it: nothing or less where it was kept."""
    return measured / target - 1


def below(measured: float, target: float) -> float:
    """Give the share of the target that was wanting: nothing or less where it was reached."""
    return 1 - measured / target


def keep(*, name: str, title: str, how: str, lines: list[Line], raw: dict[str, object], on: date) -> Path:
    """Write what one benchmark found; ``how`` says in a few sentences what was measured against what."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    kept = {
        "title": title,
        "how": how,
        "lines": [{**asdict(line), "met": line.met} for line in lines],
        "raw": raw,
        "on": on.isoformat(),
        "machine": machine,
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def page(*, folder: Path = FOLDER) -> str:
    """Give the page of all benchmarks whose results are there, in the order of their names."""
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return "\n".join([HEAD, *(_section(result) for result in kept if "lines" in result)])


def _section(kept: dict[str, object]) -> str:
    lines: list[dict[str, object]] = kept["lines"]  # type: ignore[assignment]
    machine: dict[str, object] = kept["machine"]  # type: ignore[assignment]
    table = "\n".join(
        f"| {line['work']} | {line['target']} | {line['measured']} | {'yes' if line['met'] else 'no'} |"
        for line in lines
    )
    ran = f"{kept['on']}, {machine['cores']} cores, Python {machine['python']}, load {machine['load']} when it ended"
    missed = "".join(f"\n{sentence}\n" for line in lines if (sentence := _missed(line)))
    return (
        f"## {kept['title']}\n\n{kept['how']}\n\n"
        f"| work | target | measured | met |\n| --- | --- | --- | --- |\n{table}\n{missed}\nMeasured {ran}.\n"
    )


def _missed(line: dict[str, object]) -> str | None:
    """Say by how much and why; results kept by an earlier version do not know it."""
    if line["met"] or "beyond" not in line:
        return None
    return f"**Missed by {line['beyond']:.1%} of its target**: {line['work']}. {line['why']}"
