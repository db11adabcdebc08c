"""What the subject of an adverse record can do: from when, with which papers, decided by whom (谁认定、谁修复)."""

from datetime import date

from publiccredit.casework import letters
from publiccredit.casework.models import Case
from publiccredit.casework.rules import PARTY_TITLES
from publiccredit.casework.types import UNDECIDED, EffectDone, Navigator, NavigatorPaper
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ClockName, Effect, Nature, Packs, ProcedureName
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState, last_day, never_shown, repair_opens_on

WHAT_HAPPENS = ("停止公示", "停止共享和使用", "解除失信惩戒措施", "更新评价结果")  # 《信用修复管理办法》第三条


def navigator(*, record_id: int, on: date, within: Packs | None = None) -> Navigator | None:
    """
    Give what the subject of an adverse record can do: from when, until when, with which papers, who decides, and what
    happens then. Nothing for a record that burdens nobody or does not exist.
    """
    record = subjects.records().filter(pk=record_id).first()
    if record is None or subjects.record_type_of(record, within=within).nature is not Nature.ADVERSE:
        return None
    rules = catalogue.procedure(name=ProcedureName.CREDIT_REPAIR, on=on, within=within)
    granted = next(o for o in rules.outcomes if Effect.END_DISCLOSURE in o.effects)
    ground = granted.grounds[0] if granted.grounds else rules.grounds[0].name
    papers = tuple(p for p in rules.papers_for(ground) if p.required)
    earliest = repair_opens_on(record=record, within=within)
    repaired = record.display_ended_at is not None
    withdrawn = record.state == RecordState.WITHDRAWN
    ended = record.disclosed_until is not None and record.disclosed_until <= on
    never = never_shown(decided_on=record.decided_on, served_on=record.served_on, until=record.disclosed_until)
    under_way = Case.objects.filter(
        records__record_id=record_id, procedure=ProcedureName.CREDIT_REPAIR.value, state__in=UNDECIDED
    ).order_by("-opened_at", "-pk")
    return Navigator(
        record_id=record.pk,
        severity=record.severity,
        severity_rule=record.severity_rule,
        repaired=repaired,
        ended=ended,
        withdrawn=withdrawn,
        never_shown=never,
        marks=subjects.marks_of(record),
        earliest_on=earliest,
        last_day=None if never else last_day(until=record.disclosed_until),
        eligible_today=not (repaired or ended or withdrawn) and (earliest is None or earliest <= on),
        papers=tuple(
            NavigatorPaper(p.name, p.title, PARTY_TITLES[p.obtained_by], p.note, bool(p.model)) for p in papers
        ),
        decided_by=letters.department_name(code=determined_by(record=record)),
        decides_within_working_days=rules.days(ClockName.DECIDE) or 0,
        what_happens=WHAT_HAPPENS,
        basis=rules.source,
        open_case=under_way.values_list("number", flat=True).first() or "",
        effects=_effects_of(record),
    )


def repair_effects(*, record_id: int) -> tuple[EffectDone, ...]:
    """Give the four effects of a granted repair, each with its time; nothing where none was granted."""
    record = subjects.records().filter(pk=record_id).first()
    return () if record is None else _effects_of(record)


def _effects_of(record: Record) -> tuple[EffectDone, ...]:
    times = (
        record.display_ended_at,
        record.sharing_ended_at,
        record.measures_lifted_at,
        record.ratings_renewed_at,
    )
    return tuple(EffectDone(title, at) for title, at in zip(WHAT_HAPPENS, times, strict=True) if at is not None)


def determined_by(*, record: Record) -> str:
    """谁认定、谁修复: give the body that made the decision where it is one of ours, else the one that reported it."""
    return catalogue.determined_by(authority_uscc=record.authority_uscc, department_code=record.department_code)
