"""
Pages rendered once for as long as nothing they show changes.

At every reading one statement asks the database for a stamp of all the page depends on; the rendering is kept under it,
the day and the version of the packs. So a term still ends at the reading, and a withdrawal shows at once. What is not
to be shown is never kept: it is refused anew at every reading.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from publiccredit.catalogue import queries as catalogue

KEPT = 2048  # pages of about 10 kB each, in every process
TYPE_SIZE_COOKIE = "type_size"
HEADERS = ("Content-Type", "Cache-Control", "X-Robots-Tag")

_bodies: OrderedDict[str, tuple[bytes, dict[str, str]]] = OrderedDict()
_lock = Lock()

# What is visible follows from rows, day and packs alone, and the database lets no row change without a later
# ``known_from`` (migration 0002): so these name everything a page can depend on, and ask nothing that is long to plan.
_OF_SUBJECT = """
SELECT md5(s::text),
    (SELECT md5(string_agg(r.id || ' ' || r.known_from, ',' ORDER BY r.id)) FROM subjects_record r
        WHERE r.subject_id = s.id),
    (SELECT md5(string_agg(n.name, ',' ORDER BY n.id)) FROM subjects_subjectname n
        WHERE n.subject_id = s.id AND n.borne_until IS NOT NULL)
FROM subjects_subject s WHERE s.uscc = %s
"""
_OF_RECORD = """
SELECT md5(s::text), r.known_from::text, r.state FROM subjects_record r JOIN subjects_subject s ON s.id = r.subject_id
WHERE r.id = %s
"""


def stamp_of_subject(*, uscc: str, on: date) -> str | None:
    """Give a stamp of all that is on file about a subject, or nothing where there is no such subject."""
    return _stamp(_OF_SUBJECT, uscc, on)


def stamp_of_record(*, record_id: int, on: date) -> str | None:
    """Give a stamp of a record, or nothing where there is none."""
    return _stamp(_OF_RECORD, record_id, on)


def _stamp(question: str, asked: str | int, on: date) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(question, [asked])
        row = cursor.fetchone()
    return None if row is None or row[1] is None else f"{on}{catalogue.packs().version}{row}"


def kept_page(request: HttpRequest, *, stamp: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Give the page rendered under a stamp, rendering it where it is not kept; officers get their own, unkept."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
        return make()
    size = request.COOKIES.get(TYPE_SIZE_COOKIE, "")
    text = "\n".join((str(request.scheme), request.get_host(), request.get_full_path(), size, stamp))
    key = hashlib.sha256(text.encode()).hexdigest()
    kept = _bodies.get(key)
    if kept is None:
        kept = _keep(key, make())
    body, headers = kept
    tag = f'"{key[:32]}"'
    same = tag in request.headers.get("If-None-Match", "")
    answer = HttpResponseNotModified() if same else HttpResponse(body)
    for name, value in headers.items():
        if not (same and name == "Content-Type"):
            answer[name] = value
    answer["ETag"] = tag
    answer["Vary"] = "Cookie"
    return answer


def _keep(key: str, made: HttpResponse) -> tuple[bytes, dict[str, str]]:
    kept = (made.content, {name: made[name] for name in HEADERS if name in made})
    if made.status_code == 200:
        with _lock:
            _bodies[key] = kept
            while len(_bodies) > KEPT:
                _bodies.popitem(last=False)
    return kept
