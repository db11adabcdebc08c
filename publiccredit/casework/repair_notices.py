"""
The notice of repair that goes out with a penalty (两书同达), for every penalty on file.

《信用修复管理办法》 has the decision and the notice of repair served together, whatever becomes of its publication: so
each says what is true on the day it is printed, and where no repair is needed, why.
"""

from datetime import date

from publiccredit.casework.letters import in_chinese
from publiccredit.casework.models import Decision
from publiccredit.casework.navigating import navigator
from publiccredit.casework.printing import Printed
from publiccredit.casework.rules import procedure_of
from publiccredit.casework.severity import period_under
from publiccredit.casework.types import DecisionState, Navigator
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import SEVERITY_TITLES, Effect, Severity
from publiccredit.ledger.types import china_day
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.queries import Record, RecordState, marks_of, repair_opens_by

REMEDIES = (
    "认为信息有误、遗漏或者超过公示期限的，可以随时提出异议；对决定不服的，可以依法申请行政复议或者提起行政诉讼。"
)
NO_REPAIR = "不需要申请信用修复，也不需要委托任何机构代为办理。"


def repair_notice(*, record_id: int, on: date) -> Printed | None:
    """Write the notice of a penalty as it stands on a day; nothing for a record that burdens nobody."""
    found = navigator(record_id=record_id, on=on)
    record = subjects.records().select_related("subject").filter(pk=record_id).first()
    if found is None or record is None:
        return None
    number = record.document_number
    named = record.subject.name if record.subject else str(record.content.get("subject_name") or "当事人")
    return Printed(
        heading=found.decided_by,
        title="信用修复告知书",
        number=f"随 {number or '处罚决定'} 送达",
        addressee=f"{named}：",
        paragraphs=tuple(_paragraphs(record, found, on)),
        signature=(found.decided_by, in_chinese(on)),
    )


def _paragraphs(record: Record, found: Navigator, on: date) -> list[str]:
    decision = f"本机关对你（单位）作出的决定（{record.document_number or '无文书号'}）"
    over = _over(record, found, decision)
    if over:
        return [over, NO_REPAIR, REMEDIES]
    standing = [*_not_shown_yet(record, on), *_set_aside(record, on), *marks_of(record)]
    return [
        f"{decision}依法{'自送达之日起' if record.served_on is None else ''}在公共信用信息平台公示，"
        f"失信严重程度为“{_severity(record)}”。现将信用修复事项告知如下：",
        *([f"目前情况：{'；'.join(standing)}。"] if standing else []),
        *_how_to_repair(found, by=repair_opens_by(record=record)),
    ]


def _over(record: Record, found: Navigator, decision: str) -> str:
    """Say why nothing is left to repair; empty where there is."""
    if found.withdrawn:
        gone = in_chinese(china_day(at=record.withdrawn_at or record.known_from))
        why = record.withdrawal_notice.rstrip("。") or _outcome_of(record)
        return f"{decision}，其公示信息已于{gone}撤回{f'：{why}' if why else ''}。该信息不再公示、共享和使用。"
    if found.repaired:
        granted = in_chinese(china_day(at=record.display_ended_at or record.known_from))
        how = "经复核恢复" if _restored(record) else "准予"
        return f"{decision}，已于{granted}{how}信用修复：{'、'.join(found.what_happens)}，四项同时生效。"
    if not record.severity:
        return f"{decision}，尚未认定失信严重程度，认定以前不公示。认定以后应当公示的，本机关另行告知公示和修复的期限。"
    if found.never_shown:
        return f"{decision}，失信严重程度为“{_severity(record)}”，不在公共信用信息平台公示。{_clauses(record)}"
    if found.ended and found.last_day:
        return f"{decision}，最后公示日为{in_chinese(found.last_day)}，公示期已满，已经自动停止公示、共享和使用。"
    return ""


def _restored(record: Record) -> bool:
    """Tell whether a repair holds because a review found that it had been undone wrongly."""
    made = Decision.objects.select_related("case").filter(
        case__records__record_id=record.pk,
        state=DecisionState.EFFECTIVE,
        effects__contains=[Effect.END_DISCLOSURE.value],
    )
    last = made.order_by("-effective_at", "-pk").first()
    outcome = procedure_of(case=last.case).outcome(last.outcome) if last else None
    return outcome is not None and outcome.reverses is not None


def _outcome_of(record: Record) -> str:
    made = Decision.objects.select_related("case").filter(pk=record.standing_decision_id or 0).first()
    outcome = procedure_of(case=made.case).outcome(made.outcome) if made else None
    return outcome.title if outcome else ""


def _clauses(record: Record) -> str:
    """Name the instruments by which a severity is not published, each with its words."""
    severity = Severity(record.severity)
    instruments = period_under(record=record, severity=severity).instruments
    said = [
        f"{terms.title}（{terms.source}）：{term.basis}"
        for terms in catalogue.packs().disclosure_terms
        for term in terms.terms
        if terms.name in instruments and term.severity is severity and not term.published
    ]
    return f"依据：{'；'.join(dict.fromkeys(said))}。" if said else ""


def _severity(record: Record) -> str:
    return SEVERITY_TITLES[Severity(record.severity)]


def _not_shown_yet(record: Record, on: date) -> list[str]:
    said = []
    if record.state == RecordState.HELD_UNSERVED:
        said.append("平台还没有收到送达日期，送达以前不公示")
    elif record.state == RecordState.HELD_UNMATCHED:
        said.append("平台正在核对该决定属于哪个主体，核对以前不公示")
    begins = max((day for day in (record.served_on, record.disclosed_from) if day), default=None)
    if begins is not None and begins > on:
        said.append(f"自{in_chinese(begins)}起公示")
    return said


def _set_aside(record: Record, on: date) -> list[str]:
    """Say of a stay, a shield and a suspension by which paper and until when; they end the display, not the term."""
    said = []
    if record.suspended_at is not None:
        said.append("案件逾期未作出决定，已暂停公示至作出决定")
    for begins, until, effect, words in (
        (record.stayed_from, record.stayed_until, Effect.STAY, "停止执行期间，暂停公示"),
        (record.shielded_from, record.shielded_until, Effect.SHIELD, "重整期间，暂时屏蔽该信息"),
    ):
        if begins is None or (until is not None and until <= on):
            continue
        last = subjects.last_day(until=until)
        days = f"自{in_chinese(begins)}起至{in_chinese(last) if last else '解除之日'}"
        said.append(f"{_order(record, effect, begins)}{days}{words}")
    return said


def _order(record: Record, effect: Effect, begins: date) -> str:
    made = Decision.objects.filter(
        case__records__record_id=record.pk, state=DecisionState.EFFECTIVE, effects__contains=[effect.value]
    )
    number = made.filter(order_from=begins).order_by("-pk").values_list("order_number", flat=True).first()
    return f"依据{number}，" if number else ""


def _how_to_repair(found: Navigator, *, by: str) -> list[str]:
    papers = "；".join(f"{p.title}（由{p.brought_by}提供）" for p in found.papers)
    earliest = f"最早自{in_chinese(found.earliest_on)}起可以申请修复。" if found.earliest_on else "现在即可申请修复。"
    older = f"最短公示期新旧规定不一致，取较短的，依据{by}。" if by and found.earliest_on else ""
    ends = f"不申请的，期满自动停止公示，最后公示日为{in_chinese(found.last_day)}。" if found.last_day else ""
    return [
        f"一、时间。{earliest}{older}{ends}",
        "二、条件。已纠正违法行为、履行全部义务，并公开作出信用承诺。",
        f"三、材料。只需{papers}。",
        f"四、办理。由{found.decided_by}决定，自收到申请之日起 {found.decides_within_working_days} 个工作日内办结。"
        "可以在网上、窗口、以邮寄或者委托他人提出，不收取任何费用，不需要委托代理机构。",
        f"五、结果。准予修复的，{'、'.join(found.what_happens)}，四项同时生效。",
        f"六、异议。{REMEDIES}",
        f"依据：{found.basis}。",
    ]
