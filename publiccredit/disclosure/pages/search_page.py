"""The answers to one box."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.disclosure.nearest import nearest
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.search import numbered_so, search
from publiccredit.disclosure.search_total import total
from publiccredit.disclosure.search_words import UnableToSearch
from publiccredit.disclosure.types import Hit, Nearest, SearchPage
from publiccredit.disclosure.words import KIND_TITLES, REASON_WORDS, REGISTRATION_STATUSES, Status

RECORDS = 40  # that bear the number, on one page


@dataclass(frozen=True)
class Numbered:
    """A record that bears the number typed."""

    heading: str
    url: str
    marks: tuple[str, ...]  # what is in dispute about it


@dataclass(frozen=True)
class Answer:
    name: str
    url: str
    identifier: str
    kind: str
    status: Status
    reason: str
    records: tuple[Numbered, ...] = ()  # where it answers by the number of a document: those documents


@open_to(EVERYBODY)
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Show the subjects that answer to ``q``; ``after`` continues behind a page."""
    words = request.GET.get("q", "").strip()
    if not words:
        return answered(request, "disclosure/search.html", {"main_search": True})
    refusal, help_given = "", None
    found = SearchPage(hits=(), next_cursor="")
    cursor = request.GET.get("after", "")
    try:
        found = search(words=words, audience=Audience.PUBLIC, on=timezone.localdate(), cursor=cursor)
        help_given = None if found.hits or cursor else _help(words)
    except UnableToSearch as error:
        refusal = str(error)
    next_url = f"?{urlencode({'q': words, 'after': found.next_cursor})}" if found.next_cursor else ""
    numbered = _numbered(words, found.hits)
    answers = [_answer(hit, REASON_WORDS[hit.reason], numbered.get(hit.subject_id, ())) for hit in found.hits]
    context = {
        "query": words,
        "answers": answers,
        "refusal": refusal,
        "help": help_given,
        "next_url": next_url,
        "total": _total(words, found, cursor),
        "main_search": True,
    }
    # The words asked for stand on the page; they are not to become a page of a search engine.
    return answered(request, "disclosure/search.html", context, adverse=True, status=400 if refusal else 200)


def _total(words: str, found: SearchPage, cursor: str) -> str:
    """Say how many answer; a first page that is also the last one has been counted already."""
    if not found.hits:
        return ""
    if not cursor and not found.next_cursor:
        return f"共 {len(found.hits)} 个"
    counted = total(words=words, audience=Audience.PUBLIC, on=timezone.localdate())
    return f"{counted.number:,} 个以上" if counted.more else f"共 {counted.number:,} 个"


def _help(words: str) -> dict[str, object]:
    """Say what may have been meant, where nothing answers."""
    help_given: Nearest = nearest(words=words, audience=Audience.PUBLIC, on=timezone.localdate())
    return {
        "title": help_given.title,
        "said": help_given.said,
        "near": [_answer(near.hit, near.difference) for near in help_given.near],
    }


def _numbered(words: str, hits: Sequence[Hit]) -> dict[int, tuple[Numbered, ...]]:
    """Give the records that bear the number typed, by the subject they are about."""
    asked = [hit.subject_id for hit in hits if hit.reason == "document_number"]
    if not asked:
        return {}
    found = queries.visible_records(
        audience=Audience.PUBLIC,
        on=timezone.localdate(),
        matching=Q(subject_id__in=asked) & numbered_so(words=words),
        limit=RECORDS,
    )
    by_subject: dict[int, tuple[Numbered, ...]] = {}
    for record in found:
        shown = Numbered(record.heading, reverse("disclosure:record", args=[record.id]), record.marks)
        by_subject[record.subject_id or 0] = (*by_subject.get(record.subject_id or 0, ()), shown)
    return by_subject


def _answer(hit: Hit, reason: str, records: tuple[Numbered, ...] = ()) -> Answer:
    return Answer(
        name=hit.name,
        url=reverse("disclosure:subject", args=[hit.identifier]),
        identifier="" if hit.identifier.startswith("id-") else hit.identifier,
        kind=KIND_TITLES.get(hit.kind, hit.kind),
        status=Status(*REGISTRATION_STATUSES[hit.registration_status]),
        reason=reason,
        records=records,
    )
