"""
Public pages against a bare Django view with one SELECT: ``python -m tests.scale.bench_page``.

Both are called as WSGI applications in one process, without a server or a client between, in turns of a second each, so
that what else the machine does falls on both alike. The bare view has no middleware at all. Results go to .data/bench,
from which docs/benchmarks.md is written.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import cycle
from typing import Any

import tests.environment  # noqa: F401 - names the data folder before Django reads its settings
from tests.scale.results import Line, below, keep

SUBJECTS = 1_000_000
PAGES = 400  # different subjects and records, read over and over: what a day's readers read
TURNS = 6
SECONDS = 1.0
TARGET = 0.6  # of the requests per second of the bare view


def main() -> None:
    """Print the figures and keep them for the page of benchmarks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")
    os.environ["PUBLICCREDIT_WEB_PROCESS"] = str(os.getppid())  # connections are kept as the site keeps them
    import django

    django.setup()
    from tests.scale.large_database import large_database

    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else SUBJECTS
    with large_database(subjects=subjects):
        answer = _measured(subjects)
    on = datetime.now(UTC).date()
    keep(name="page", title="Reading a public page", how=how(answer), lines=lines(answer), raw=answer, on=on)
    print(json.dumps(answer, ensure_ascii=False, indent=1))  # noqa: T201


def how(answer: dict[str, Any]) -> str:
    """Say what was called, and what a page costs that nobody has read before."""
    rates, first = answer["requests_per_second"], answer["first_rendering_ms"]
    return (
        f"{PAGES} subjects and {PAGES} records out of {answer['subjects']:,}, read over and over as WSGI calls in one process, in "
        f"turns of {SECONDS:g} s with a bare Django view of one SELECT and no middleware: {rates['bare']:,} requests a second "
        f"of the bare view, {rates['subject']:,} of the page of a subject, {rates['record']:,} of the page of a record. The "
        f"first reading of each page takes {first['subject']} ms (subject) and {first['record']} ms (record), by the median."
    )


def lines(answer: dict[str, Any]) -> list[Line]:
    """Put the figures beside their target."""
    return [
        Line(
            work=f"page of a {name}, against a bare view with one SELECT",
            target=f"≥ {TARGET:.0%} of its requests",
            measured=f"{share:.0%}",
            beyond=below(share, TARGET),
            why=f"A page takes {1000 / answer['requests_per_second'][name] - 1000 / answer['requests_per_second']['bare']:.2f} ms "
            "more than the bare view.",
        )
        for name, share in answer["share_of_bare"].items()
    ]


def _measured(subjects: int) -> dict[str, Any]:
    from django.urls import path

    from publiccredit.site.wsgi import application
    from tests.factories import synthetic_uscc

    numbers = range(1, subjects, subjects // PAGES)
    usccs = [synthetic_uscc(number) for number in numbers]
    calls: dict[str, tuple[Callable[..., Any], Iterator[str]]] = {
        "bare": (_bare(path), cycle([f"/{uscc}" for uscc in usccs])),
        "subject": (application, cycle([f"/subjects/{uscc}/" for uscc in usccs])),
        "record": (application, cycle([f"/records/{number}/" for number in numbers])),
    }
    first = {name: _first(application, addresses) for name, (application, addresses) in calls.items()}
    counts: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(TURNS):
        for name, (called, addresses) in calls.items():
            counts[name].append(_turn(called, addresses))
    rates = {name: round(sum(c) / len(c)) for name, c in counts.items()}
    return {
        "subjects": subjects,
        "requests_per_second": rates,
        "share_of_bare": {name: round(rates[name] / rates["bare"], 2) for name in ("subject", "record")},
        "first_rendering_ms": {name: first[name] for name in ("subject", "record")},
    }


def _bare(path: Any) -> Callable[..., Any]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.test import override_settings

    def view(request: HttpRequest, uscc: str) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, uscc, registration_status FROM subjects_subject WHERE uscc = %s", [uscc])
            row = cursor.fetchone()
        return HttpResponse(f"<!doctype html><title>{row[0]}</title><p>{row[1]} {row[2]}</p>")

    class Addresses:
        urlpatterns = [path("<str:uscc>", view)]

    with override_settings(MIDDLEWARE=[]):
        handler = WSGIHandler()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environ["bare"] = True
        return handler(environ, start_response)

    def resolved(request: HttpRequest) -> Any:
        request.urlconf = Addresses
        return original(request)

    original = handler.resolve_request
    handler.resolve_request = resolved  # type: ignore[method-assign]
    return application


def _call(application: Callable[..., Any], address: str) -> int:
    status = [""]
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    answer = application(environ, lambda said, headers: status.__setitem__(0, said))
    body = b"".join(answer)
    answer.close()
    if not status[0].startswith("200") or len(body) < 50:
        raise AssertionError(f"{address} answers {status[0]}")
    return len(body)


def _first(application: Callable[..., Any], addresses: Iterator[str]) -> float:
    """Read every page once; give the median of its milliseconds."""
    taken = []
    for _ in range(PAGES):
        began = time.perf_counter()
        _call(application, next(addresses))
        taken.append((time.perf_counter() - began) * 1000)
    return round(sorted(taken)[PAGES // 2], 2)


def _turn(application: Callable[..., Any], addresses: Iterator[str]) -> float:
    count = 0
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        _call(application, next(addresses))
        count += 1
    return count / SECONDS


if __name__ == "__main__":
    main()
