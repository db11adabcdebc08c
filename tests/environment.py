"""Loaded before anything else (``-p tests.environment``): where the program under test finds its data and database."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEST_DATA = ROOT / ".data" / "test"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

os.environ["PUBLICCREDIT_DATA"] = str(TEST_DATA)
os.environ["PUBLICCREDIT_DATABASE_NAME"] = f"test_{WORKER}"
os.environ["PUBLICCREDIT_SECOND_FACTOR"] = "offered"  # what asks for one says so itself
os.environ.pop("DATABASE_URL", None)


def unmeasured() -> dict[str, str]:
    """
    Give the environment for a process whose lines nobody counts: it takes half the time.

    For processes that are killed, whose count would be lost, and for those that do what other tests do and count.
    """
    return {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}
