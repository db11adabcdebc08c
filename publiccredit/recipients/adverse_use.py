"""
The notice a recipient owes the subject when it used a record against it (DP-21): which source, which item, the right
to a copy and to object. The platform writes it, the recipient hands it over, and the subject finds it at its desk.
"""

from datetime import date

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ClockName, ProcedureName
from publiccredit.ledger.types import china_day
from publiccredit.recipients.models import AdverseUse, Recipient
from publiccredit.subjects.queries import Dispute, Record, RecordState, contested_of, has_no_day, record_type_of

SUPERSEDED = "该记录此后已经{change}，请贵单位向{recipient}说明，由其依法重新审查。"
USED_AFTER = "作出决定时，该记录已于{ended_on}{change}，不得再作为依据。贵单位可以要求{recipient}撤销该决定，重新审查。"


def text_of(*, recipient: Recipient, record: Record, what: str, decided_on: date, reference: str, on: date) -> str:
    """Write the notice of one use of one record."""
    office = catalogue.credit_office()
    rules = catalogue.procedure(name=ProcedureName.OBJECTION, on=on)
    title = record_type_of(record).title
    edition, item = catalogue.item(name=record.item)
    number = f"（文号 {reference}）" if reference else ""
    changed = _changed_words(recipient=recipient, record=record, decided_on=decided_on)
    return (
        f"使用公共信用信息告知书\n\n{record.subject.name if record.subject else ''}：\n\n"
        f"我单位于{_day(decided_on)}作出“{what}”{number}，依据了下列公共信用信息：\n"
        f"信息：{title} {record.document_number}，{record.authority_name}作出，平台编号 {record.pk}。\n"
        f"来源：{office.name}公共信用信息平台，由{_department(record.department_code)}报送，"
        f"目录条目 {item.code} {item.title}（{edition.title}）。\n"
        f"{_disputed(record)}用途：{recipient.purpose}。依据：{recipient.legal_basis}。\n\n"
        f"您有权：\n一、免费取得平台所存本单位全部信息的副本，不限次数；\n"
        f"二、认为信息有误的，向{office.name}提出异议，{office.short_name}在 {rules.days(ClockName.DECIDE)} 个工作日内"
        "核实处理，网上、窗口、电话、邮寄的期限相同，不收费；\n"
        "三、对该信息书写不超过 1,000 字的声明，随信息一并展示；\n四、就本单位作出的决定，向我单位申辩。\n"
        f"{changed}\n"
        f"联系我单位：{recipient.contact}，{recipient.address}\n\n{recipient.name}\n{_day(on)}"
    )


def change_since(*, use: AdverseUse) -> str:
    """Say what became of the record since it was used; empty where it stands as it did."""
    return _changed(use.record)


def warning_of(*, use: AdverseUse) -> str:
    """Say to the recipient that the record had ended before it decided; empty where it had not."""
    ended_on = _ended_on(use.record)
    if ended_on is None or use.decided_on <= ended_on:
        return ""
    ended = f"该记录已于 {ended_on} {_changed(use.record)}，不得再作为依据"
    return f"作出决定的 {use.decided_on}，{ended}。请撤销该决定，重新审查。"


def _changed_words(*, recipient: Recipient, record: Record, decided_on: date) -> str:
    """
    Say to the subject what became of the record, in a paragraph of its own.

    A use of what had ended by then is written down all the same: it is the one the subject must hear of first.
    """
    ended_on, change = _ended_on(record), _changed(record)
    if ended_on is None:
        return ""
    words = USED_AFTER if decided_on > ended_on else SUPERSEDED
    return f"\n{words.format(change=change, recipient=recipient.name, ended_on=_day(ended_on))}\n"


def _ended_on(record: Record) -> date | None:
    """Give the day since which nobody may use the record: it was withdrawn, repaired or corrected to have no day."""
    if record.state == RecordState.WITHDRAWN:
        ended_at = record.withdrawn_at
    elif record.display_ended_at is None and has_no_day(record=record):
        ended_at = record.severity_corrected_at or record.known_from
    else:
        ended_at = record.display_ended_at
    return china_day(at=ended_at) if ended_at else None


def _disputed(record: Record) -> str:
    """Say what of the record is contested: later disclosures carry it (DP-14)."""
    return f"{contested_of(record).marked(str(Dispute(record.dispute).label))}。\n" if record.dispute else ""


def _changed(record: Record) -> str:
    if record.state == RecordState.WITHDRAWN:
        return "撤回"
    if record.display_ended_at is not None:
        return "修复"
    return "更正为不再公示" if has_no_day(record=record) else ""


def _department(code: str) -> str:
    try:
        return catalogue.department(code=code).name
    except catalogue.NotInPacks:
        return code


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
