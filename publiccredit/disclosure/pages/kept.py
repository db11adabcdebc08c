"""
Pages rendered once for as long as nothing they show changes.

At every reading one statement asks the database for a stamp of all the page depends on; the rendering is kept under it,
the day and the version of the packs. So a term still ends at the reading, and a withdrawal shows at once. What is not
to be shown is never kept: it is refused anew at every reading.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from publiccredit.catalogue import queries as catalogue
from publiccredit.disclosure.asking import rows_by_kept_plan

KEPT = 2048  # pages of about 10 kB each, in every process
TYPE_SIZE_COOKIE = "type_size"
ADDRESS = re.compile(r"/(?:subjects/([0-9A-Z]{18})|records/([0-9]{1,18}))/$")

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


class KeptPagesMiddleware:
    """
    Answer readers without an account from the pages kept, before any other middleware has its turn.

    What is kept is the whole answer as all of them made it, headers included. Only plain addresses of subjects and
    records are kept, so that no choice of queries can fill the memory.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        stamp = _stamp_of(request, on=timezone.localdate())
        if stamp is None:
            return self.get_response(request)
        return _kept_page(request, stamp, self.get_response)


def _stamp_of(request: HttpRequest, *, on: date) -> str | None:
    """Give a stamp of all a page depends on, or nothing where the address, the reader or the object is another one."""
    # ``request.headers`` is made of all headers at its first use: a tenth of the time of a kept page.
    if request.method != "GET" or request.META.get("QUERY_STRING") or "HTTP_AUTHORIZATION" in request.META:
        return None
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
        return None
    found = ADDRESS.match(request.path_info)
    if found is None:
        return None
    question, asked = (_OF_SUBJECT, found[1]) if found[1] else (_OF_RECORD, int(found[2]))
    rows = rows_by_kept_plan(question, [asked])
    return f"{on}{catalogue.packs().version}{rows[0]}" if rows and rows[0][1] is not None else None


def _kept_page(request: HttpRequest, stamp: str, make: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    size = request.COOKIES.get(TYPE_SIZE_COOKIE, "")
    text = "\n".join((str(request.scheme), request.get_host(), request.path, size, stamp))
    key = hashlib.sha256(text.encode()).hexdigest()
    tag = f'"{key[:32]}"'
    kept = _bodies.get(key)
    if kept is None:
        made = make(request)
        if made.status_code != 200 or made.streaming or made.cookies or "no-store" in made.get("Cache-Control", ""):
            return made
        made["ETag"] = tag
        made["Vary"] = "Cookie"
        kept = _keep(key, made)
    body, headers = kept
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        told = {name: headers[name] for name in ("ETag", "Vary", "Cache-Control") if name in headers}
        return HttpResponseNotModified(headers=told)
    return HttpResponse(body, headers=headers)


def _keep(key: str, made: HttpResponse) -> tuple[bytes, dict[str, str]]:
    kept = (made.content, dict(made.items()))
    with _lock:
        _bodies[key] = kept
        while len(_bodies) > KEPT:
            _bodies.popitem(last=False)
    return kept
