"""The benchmark of filing, at a size that only proves that it works."""

import pytest

from tests.scale import bench_filing


@pytest.mark.parametrize("known", [False, True])
def test_the_benchmark_files_every_row_and_copies_as_many(
    known: bool, template_database: str, django_db_blocker: pytest.FixtureRequest
) -> None:
    with django_db_blocker.unblock():
        figures = bench_filing.measure(rows=300, known=known)
    assert (figures["rows"], figures["accepted"], figures["subjects_known_before"]) == (300, 300, known)
    assert figures["times_bare_copy"] > 0
    assert bench_filing.line(figures | {"times_bare_copy": 3.01}).met is False
