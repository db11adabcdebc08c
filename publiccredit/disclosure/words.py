"""What values are called on the screen."""

from dataclasses import dataclass
from datetime import date

from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import CONFIDENCE_TITLES, SEVERITY_TITLES, SubjectKind
from publiccredit.catalogue.types.identity_numbers import without
from publiccredit.disclosure.types import Standing, VisibleRecord
from publiccredit.subjects.queries import RegistrationStatus
from publiccredit.subjects.types import DECIDED_BY_CASE

KIND_TITLES: dict[str, str] = {
    SubjectKind.ENTERPRISE: "企业",
    SubjectKind.INDIVIDUAL_BUSINESS: "个体工商户",
    SubjectKind.INSTITUTION: "事业单位",
    SubjectKind.SOCIAL_ORGANISATION: "社会组织",
    SubjectKind.GOVERNMENT_BODY: "机关",
    SubjectKind.VILLAGE_COLLECTIVE: "农村集体经济组织",
}
REGISTRATION_STATUSES: dict[str, tuple[str, str]] = {
    RegistrationStatus.ACTIVE: ("active", "存续"),
    RegistrationStatus.REVOKED: ("ended", "吊销"),
    RegistrationStatus.DEREGISTERED: ("ended", "注销"),
    RegistrationStatus.UNKNOWN: ("ended", "登记状态未归集"),
}
REASON_WORDS: dict[str, str] = {
    "exact": "名称相同",
    "former_name": "曾用名相同",
    "identifier": "代码相同",
    "document_number": "文书号相符",
    "beginning": "名称以此开头",
    "within": "名称中含有",
    "initials": "拼音首字母相符",
    "words": "名称中含有每个词",
}


@dataclass(frozen=True)
class Status:
    """A shape and a word, for the component ``status``."""

    kind: str
    text: str


ENDINGS: dict[Standing, Status] = {
    Standing.REPAIRED: Status("ended", "已修复，不再公示"),
    Standing.SUSPENDED: Status("waiting", "暂停公示"),
}
WITHDRAWAL_WORDS: dict[str, str] = {
    "revoked": "原决定被撤销",
    "changed": "原决定被变更",
    "unlawful": "原决定被确认违法",
    "void": "原决定被确认无效",
    "objection_upheld": "异议成立，停止公示",
}


def withdrawal_reason(*, withdrawn_as: str, notice: str) -> str:
    """Say why a record was withdrawn: its kind, and what everybody was told of it."""
    said = (WITHDRAWAL_WORDS.get(withdrawn_as, ""), without(notice))
    return "，".join(dict.fromkeys(words.rstrip("。") for words in said if words))


@dataclass(frozen=True)
class SeverityWords:
    """A severity in words, with the rule that gave it and how well that rule is known."""

    title: str
    rule: str
    basis: str
    confidence: str


def status_of(record: VisibleRecord) -> Status:
    """Say what a record is to its reader, with the last day of its publication."""
    marks = "".join(f" · {mark}" for mark in record.marks)
    status = _standing_of(record)
    return Status(status.kind, status.text + marks)


def _standing_of(record: VisibleRecord) -> Status:
    if record.standing in ENDINGS:
        return ENDINGS[record.standing]
    if record.standing is Standing.ENDED:
        return Status("ended", "不公示" if record.never_shown else "公示期满")
    if record.standing is Standing.WITHDRAWN:
        return Status("ended", "已撤回")
    if record.standing is Standing.HELD:
        return Status("waiting", "待送达，不公示")
    if record.standing is Standing.NOT_YET:
        return Status("waiting", "尚未公示")
    until = last_day(record)
    return Status("adverse" if record.adverse else "active", f"公示至 {until}" if until else "公示中")


def last_day(record: VisibleRecord) -> str:
    """Give the last day on which a record is shown (最后公示日); empty where it has no end, or is never shown."""
    return record.last_day.isoformat() if record.last_day else ""


def department_name(code: str) -> str:
    """Give a department's name, or its code where the packs no longer hold it."""
    try:
        return catalogue.department(code=code).name
    except catalogue.NotInPacks:
        return code


def decider_name(*, authority_uscc: str, department_code: str) -> str:
    """Give the name of the department whose decision a record is, whoever sent it."""
    return department_name(catalogue.determined_by(authority_uscc=authority_uscc, department_code=department_code))


def source_title(name: str) -> str:
    """Give a source's title, or its name where the packs no longer hold it."""
    try:
        return catalogue.source(name=name).title
    except catalogue.NotInPacks:
        return name


def severity_words(record: VisibleRecord) -> SeverityWords | None:
    """Say how severe a penalised conduct is held to be, by which rule."""
    if record.severity is None:
        return None
    title = SEVERITY_TITLES[record.severity]
    if record.severity_correction is not None:
        said = record.severity_correction
        by = decider_name(authority_uscc=record.authority_uscc, department_code=record.department_code)
        return SeverityWords(title, f"由{by}于 {said.on} 更正", f"理由：{said.reason}", "")
    rule = catalogue.severity_rule(name=record.severity_rule)
    if rule is None:
        by_case = record.severity_rule == DECIDED_BY_CASE
        return SeverityWords(title, "经案件决定更正" if by_case else "由作出决定的部门认定", "", "")
    return SeverityWords(title, rule.title, rule.basis, CONFIDENCE_TITLES[rule.confidence])


def said_of_days_to_come(*, day: date) -> str:
    """Say why nobody can look back to a day that has not come."""
    return f"{day} 还没有到，平台那时知道什么无从得知。请写不晚于今天的日期。"
