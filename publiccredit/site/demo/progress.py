"""How far the filling of the county has come: written by the process that fills it, read by every page."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "demo-progress.json"


@dataclass(frozen=True)
class Progress:
    """How much of the county is filed."""

    filed: int
    of: int

    @property
    def complete(self) -> bool:
        return self.filed >= self.of


def write_progress(state: Progress, *, folder: Path) -> None:
    """Keep the progress so that a reader sees the former or the new one, never a half."""
    unfinished = folder / f"{FILE}.new"
    unfinished.write_text(json.dumps(asdict(state)))
    unfinished.replace(folder / FILE)


def read_progress(*, folder: Path) -> Progress | None:
    """Give the progress; nothing where no filling was begun."""
    try:
        return Progress(**json.loads((folder / FILE).read_text()))
    except FileNotFoundError:
        return None
