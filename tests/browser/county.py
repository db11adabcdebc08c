"""What the site holds when browser tests begin."""

from pathlib import Path


def file_a_small_county(*, store: Path) -> None:
    """File a few records through intake, so that every page has something to show."""
    del store
