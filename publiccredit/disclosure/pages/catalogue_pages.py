"""What may be held, field by field, and the words in which it is said."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publiccredit.accounts.access import EVERYBODY, open_to
from publiccredit.catalogue import queries as packs
from publiccredit.catalogue.types import CONFIDENCE_TITLES, BasisLevel, FieldType, Nature, RecordType, Term
from publiccredit.disclosure.pages.answers import answered
from publiccredit.disclosure.types import AUDIENCE_TITLES
from publiccredit.disclosure.words import KIND_TITLES, department_name
from publiccredit.subjects.queries import pinyin_initials

LONGEST_QUESTION = 40

BASIS_LEVELS = {
    BasisLevel.LAW: "法律",
    BasisLevel.ADMINISTRATIVE_REGULATION: "行政法规",
    BasisLevel.CENTRAL_POLICY: "党中央、国务院政策文件",
    BasisLevel.LOCAL_REGULATION: "地方性法规",
}
NATURES = {Nature.NEUTRAL: "中性", Nature.ADVERSE: "对主体不利", Nature.POSITIVE: "对主体有利"}
FIELD_TYPES = {
    FieldType.TEXT: "文字",
    FieldType.DATE: "日期",
    FieldType.AMOUNT: "金额",
    FieldType.CODE: "代码表",
}


@open_to(EVERYBODY)
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the editions of the catalogue with their items, and the record types."""
    held = packs.packs()
    editions = [
        {
            "edition": edition,
            "known": CONFIDENCE_TITLES[edition.confidence],
            "items": [{"item": i, "openness": AUDIENCE_TITLES[i.openness]} for i in edition.items],
            "categories": edition.categories,
        }
        for edition in held.editions
    ]
    latest = {t.name: t for t in held.record_types}
    context = {
        "editions": editions,
        "types": [{"type": t, "made_of": _made_of(t)} for t in latest.values()],
    }
    return answered(request, "disclosure/catalogue.html", context)


@open_to(EVERYBODY)
@require_safe
def item(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """
    Show one item: what it covers, of whom, how open and how long, on what basis, and who sends it.

    :raises Http404: no edition holds it.
    """
    try:
        of_edition, found = packs.item(name=f"{edition}/{code}")
    except packs.NotInPacks as error:
        raise Http404 from error
    sources = [s for s in packs.packs().sources if s.item == f"{edition}/{code}"]
    context = {
        "edition": of_edition,
        "item": found,
        "openness": AUDIENCE_TITLES[found.openness],
        "level": BASIS_LEVELS[found.basis_level],
        "known": CONFIDENCE_TITLES[found.confidence],
        "kinds": [KIND_TITLES[kind] for kind in found.subject_kinds],
        "types": [_type(name) for name in found.record_types],
        "sources": [
            {"title": s.title, "providers": [(code, department_name(code)) for code in s.providers]} for s in sources
        ],
    }
    return answered(request, "disclosure/item.html", context)


@open_to(EVERYBODY)
@require_safe
def record_type(request: HttpRequest, name: str) -> HttpResponse:
    """
    Show the fields of a record type.

    :raises Http404: there is no such type in force today.
    """
    today = timezone.localdate()
    try:
        found = packs.record_type(name=name, on=today)
    except packs.NotInPacks as error:
        raise Http404 from error
    fields = [
        {
            "field": field,
            "type": FIELD_TYPES.get(field.type, "标识"),
            "required": "必填" if field.required else "视情况必填" if field.required_when else "选填",
            "openness": AUDIENCE_TITLES[field.disclosed] if field.disclosed else "从不外传",
            "words": _words(field.codes),
        }
        for field in found.fields
    ]
    context = {
        "type": found,
        "made_of": _made_of(found),
        "nature": NATURES[found.nature],
        "fields": fields,
        "known": CONFIDENCE_TITLES[found.confidence],
        "terms": [
            {"terms": t, "known": CONFIDENCE_TITLES[t.confidence]}
            for t in packs.packs().disclosure_terms
            if t.record_type == name
        ],
    }
    return answered(request, "disclosure/record_type.html", context)


def _made_of(record_type: RecordType) -> str:
    """Give how many fields are the standard's own, and how many this platform or an older form adds to them."""
    extra = sum(field.extra for field in record_type.fields)
    legacy = sum(field.legacy for field in record_type.fields)
    own = len(record_type.fields) - extra - legacy
    said = [f"国家标准 {own} 项" if any(field.standard for field in record_type.fields) else f"{own} 项"]
    said += [f"本平台另加 {extra} 项"] if extra else []
    said += [f"旧格式另有 {legacy} 项"] if legacy else []
    return "，".join(said)


@open_to(EVERYBODY)
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """
    Show the words of the field, one meaning each, without those that only the program and its officers use.

    All of them stand in an index; with their meanings, those of one ``letter`` or those that hold ``q``.
    """
    asked, chosen = request.GET.get("q", "").strip()[:LONGEST_QUESTION], request.GET.get("letter", "")
    by_letter: dict[str, list[Term]] = {}
    public = [term for term in packs.packs().terms if not term.internal]
    for term in sorted(public, key=lambda term: pinyin_initials(name=term.zh)):
        by_letter.setdefault(pinyin_initials(name=term.zh)[:1], []).append(term)
    if asked:
        shown = [term for terms in by_letter.values() for term in terms if _holds(term, asked.casefold())]
    else:
        shown = by_letter.get(chosen, [])
    context = {
        "letters": by_letter,
        "chosen": "" if asked else chosen,
        "asked": asked,
        "terms": [{"term": term, "known": CONFIDENCE_TITLES[term.confidence]} for term in shown],
        "number": len(public),
    }
    return answered(request, "disclosure/glossary.html", context)


def _holds(term: Term, asked: str) -> bool:
    return any(asked in text.casefold() for text in (term.zh, term.en, term.code or "", term.meaning))


def _type(name: str) -> RecordType:
    return next(t for t in packs.packs().record_types if t.name == name)


def _words(table: str | None) -> list[str]:
    if table is None:
        return []
    found = next((t for t in packs.packs().code_tables if t.name == table), None)
    return [code.word for code in found.codes] if found else []
