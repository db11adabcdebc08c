"""
Run the benchmarks one after the other, each in a process of its own, and write docs/benchmarks.md.

A benchmark that measured ends well, whatever it measured: a missed target stands in the page, and this command names it
at its end and fails. Each has a time to end in, so that all of them do within ``WHOLE``; one that fails keeps its
earlier results, and the command says so.
"""

import json
import subprocess
import sys
import time

from tests.scale import results

WHOLE = 900  # seconds of all benchmarks together
PATIENCE = 420  # seconds of one; only filing comes near it, and it takes fewer rows on a slow machine


def main() -> None:
    """:raises SystemExit: a benchmark did not end well, or a target was missed."""
    until = time.monotonic() + WHOLE
    programs = [program.stem for program in sorted(results.ROOT.glob("tests/scale/bench_*.py"))]
    failed = [name for name in programs if not _ends_well(name, within=until - time.monotonic())]
    results.PAGE.write_text(results.page(), encoding="utf-8")
    said = [f"did not end well: {', '.join(failed)}"] if failed else []
    said += [f"missed: {line['work']}: {line['measured']}, target {line['target']}" for line in _missed()]
    if said:
        sys.exit("\n".join(said))


def _ends_well(name: str, *, within: float) -> bool:
    command = [sys.executable, "-m", f"tests.scale.{name}"]
    patience = max(1.0, min(PATIENCE, within))
    try:
        return subprocess.run(command, check=False, cwd=results.ROOT, timeout=patience).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _missed() -> list[dict[str, object]]:
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.FOLDER.glob("*.json"))]
    return [line for result in kept for line in result.get("lines", []) if not line["met"]]


if __name__ == "__main__":
    main()
