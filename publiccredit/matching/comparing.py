"""Who may be meant: subjects found for a question, and each held against what the department wrote, fact by fact."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from rapidfuzz import fuzz

from publiccredit.catalogue import queries as catalogue
from publiccredit.ledger.types import china_day
from publiccredit.matching.models import Judgement, Question
from publiccredit.matching.normalising import NormalisedName, normalise_name, plain_name, region_in_address
from publiccredit.matching.types import Agreement, Candidate, Fact
from publiccredit.subjects.queries import RegistrationStatus, Subject, records, subjects

REGIONS = "region"  # the code table of regions as names spell them
BLOCK = 200  # subjects compared at most for one question
BLOCK_LENGTH = 4  # characters of the heart of a name that a candidate must share
SHORTEST_BLOCK = 2
NEAR_FROM = 75  # of 100
SHORTEST_SEARCH = 2
UNIFIED = 18  # characters of a unified social credit identifier


def candidates_of(*, question: Question, at_most: int = 8) -> tuple[Candidate, ...]:
    """Give the subjects that may be meant, the likeliest first, each with what speaks for and against it."""
    regions = _regions(question)
    normal = normalise_name(name=question.written_name, regions=regions)
    found = subjects().filter(_block(question, normal)).distinct()
    return _compared(question, found)[:at_most]


def searched(*, question: Question, text: str, at_most: int = 8) -> tuple[Candidate, ...]:
    """Give the subjects of a name or identifier a clerk asked for, each held against what the department wrote."""
    plain = plain_name(name=text)
    if len(plain) < SHORTEST_SEARCH:
        return ()
    normal = normalise_name(name=text, regions=_regions(question))
    wanted = Q(uscc=plain) | Q(identifiers__value=plain) | Q(normalised_name__contains=normal.core)
    wanted |= Q(names__normalised_name__contains=normal.core)
    return _compared(question, subjects().filter(wanted).distinct())[:at_most]


def subjects_concerned(*, question: Question) -> frozenset[int]:
    """Give whose file a question touches: those of its identifier, its name or a former one, and those judged to be."""
    normal = normalise_name(name=question.written_name, regions=_regions(question))
    meant = Q(normalised_name=normal.name) | Q(names__normalised_name=normal.name)
    if question.written_identifier:
        meant |= Q(uscc=question.written_identifier) | Q(identifiers__value=question.written_identifier)
    judged = Judgement.objects.filter(question=question, subject_id__isnull=False).values("subject_id")
    return frozenset(subjects().filter(meant | Q(pk__in=judged)).values_list("pk", flat=True))


def _regions(question: Question) -> dict[str, str]:
    return catalogue.code_table(name=REGIONS, on=china_day(at=question.asked_at)).word_of


def _block(question: Question, normal: NormalisedName) -> Q:
    """The few subjects worth comparing: by identifier, by name now or formerly, and by the heart of the name."""
    block = Q(normalised_name=normal.name) | Q(names__normalised_name=normal.name)
    if question.written_identifier:
        block |= Q(uscc=question.written_identifier) | Q(identifiers__value=question.written_identifier)
    if len(normal.core) >= SHORTEST_BLOCK:
        block |= Q(normalised_name__contains=normal.core[:BLOCK_LENGTH])
    return block


def _compared(question: Question, found: QuerySet[Subject]) -> tuple[Candidate, ...]:
    regions = _regions(question)
    normal = normalise_name(name=question.written_name, regions=regions)
    listed = list(found.prefetch_related("identifiers")[:BLOCK])
    held = dict(
        records()
        .filter(subject_id__in=[subject.pk for subject in listed])
        .values_list("subject_id")
        .annotate(number=Count("pk"))
        .order_by()
    )
    compared = (_candidate(subject, question, normal, regions, held.get(subject.pk, 0)) for subject in listed)
    return tuple(sorted(compared, key=lambda c: (-c.likeness, c.subject_id)))


def _candidate(
    subject: Subject, question: Question, normal: NormalisedName, regions: dict[str, str], held: int
) -> Candidate:
    near_name = max(fuzz.ratio(subject.normalised_name, normal.name), fuzz.ratio(subject.core_name, normal.core))
    names = {code: word for word, code in reversed(regions.items()) if word != code}
    facts = (
        _name(subject, question, normal, near_name),
        _identifier(subject, question),
        _region(subject, normal.region or region_in_address(address=question.written_address, regions=regions), names),
        _address(subject, question),
    )
    return Candidate(
        subject_id=subject.pk,
        name=subject.name,
        uscc=subject.uscc or "",
        address=subject.address,
        likeness=_likeness(facts, near_name, _near_address(subject, question)),
        because=tuple(_because(subject, question, normal, near_name)),
        facts=facts,
        status=RegistrationStatus(subject.registration_status).label,
        records=held,
    )


def _name(subject: Subject, question: Question, normal: NormalisedName, near: float) -> Fact:
    agreement = Agreement.NEAR if near >= NEAR_FROM else Agreement.DIFFERENT
    if subject.normalised_name == normal.name:
        agreement = Agreement.SAME
    return Fact("名称", question.written_name, subject.name, agreement)


def _identifier(subject: Subject, question: Question) -> Fact:
    written = question.written_identifier
    others = [identifier.value for identifier in subject.identifiers.all()]
    known = [subject.uscc] if subject.uscc else []
    if len(written) != UNIFIED:  # an older number is compared with older numbers
        known = others or known
    agreement = Agreement.UNKNOWN
    if written and written in (subject.uscc, *others):
        agreement = Agreement.SAME
    elif written and known:
        agreement = Agreement.DIFFERENT
    return Fact("代码", written, "、".join(known), agreement)


def _region(subject: Subject, written: str, names: dict[str, str]) -> Fact:
    agreement = Agreement.UNKNOWN
    if written and subject.region:
        agreement = Agreement.SAME if written == subject.region else Agreement.DIFFERENT
    return Fact("登记区域", names.get(written, written), names.get(subject.region, subject.region), agreement)


def _near_address(subject: Subject, question: Question) -> float | None:
    if not question.written_address or not subject.address:
        return None
    return fuzz.partial_ratio(plain_name(name=question.written_address), plain_name(name=subject.address))


def _address(subject: Subject, question: Question) -> Fact:
    near = _near_address(subject, question)
    agreement = Agreement.UNKNOWN
    if near is not None:
        agreement = Agreement.NEAR if near >= NEAR_FROM else Agreement.DIFFERENT
        agreement = Agreement.SAME if question.written_address == subject.address else agreement
    return Fact("住所", question.written_address, subject.address, agreement)


def _likeness(facts: tuple[Fact, ...], near_name: float, near_address: float | None) -> int:
    _, identifier, region, _ = facts
    total = near_name * 0.6 + (near_address or 0) * 0.05
    total += 25 if identifier.agreement is Agreement.SAME else 0
    total += {Agreement.SAME: 10, Agreement.DIFFERENT: -10}.get(region.agreement, 0)
    return max(0, min(100, round(total)))


def _because(subject: Subject, question: Question, normal: NormalisedName, near_name: float) -> Iterable[str]:
    if subject.normalised_name == normal.name:
        yield "规范名称一致"
    else:
        yield f"名称相似度 {near_name:.0f}%（档案名称：{subject.name}）"
    if question.written_identifier and question.written_identifier == subject.uscc:
        yield "统一社会信用代码一致"
    elif question.written_identifier and subject.uscc:
        yield f"代码不同（档案代码：{subject.uscc}）"
    if normal.region and subject.region:
        same = normal.region == subject.region
        yield "登记区域一致" if same else f"登记区域不同（{normal.region} 与 {subject.region}）"
    near = _near_address(subject, question)
    if near is not None:
        yield f"住所相似度 {near:.0f}%"
