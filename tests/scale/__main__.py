"""
Run the benchmarks one after the other, each in a process of its own, and write docs/benchmarks.md.

Each has a time to end in, so that all of them do; one that fails keeps its earlier results, and the command says so.
"""

import subprocess
import sys

from tests.scale import results

PATIENCE = 540  # seconds of one benchmark; only filing comes near it, and it takes fewer rows on a slow machine


def main() -> None:
    failed = [
        program.stem for program in sorted(results.ROOT.glob("tests/scale/bench_*.py")) if not _ends_well(program.stem)
    ]
    results.PAGE.write_text(results.page(), encoding="utf-8")
    if failed:
        sys.exit(f"did not end well within {PATIENCE} s: {', '.join(failed)}")


def _ends_well(name: str) -> bool:
    command = [sys.executable, "-m", f"tests.scale.{name}"]
    try:
        return subprocess.run(command, check=False, cwd=results.ROOT, timeout=PATIENCE).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    main()
