"""Run the benchmarks one after the other, each in a process of its own, and write docs/benchmarks.md."""

import subprocess
import sys

from tests.scale import results


def main() -> None:
    for program in sorted(results.ROOT.glob("tests/scale/bench_*.py")):
        subprocess.run([sys.executable, "-m", f"tests.scale.{program.stem}"], check=True, cwd=results.ROOT)
    results.PAGE.write_text(results.page(), encoding="utf-8")


if __name__ == "__main__":
    main()
