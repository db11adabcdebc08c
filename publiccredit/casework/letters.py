"""The letters of a case, as plain Chinese text ready to print: what was received, asked for, extended, decided."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.operations import Act
from publiccredit.casework.changes import changes_of
from publiccredit.casework.clocks import gives_all
from publiccredit.casework.following import followed
from publiccredit.casework.models import Case, CaseRecord, Decision, Letter
from publiccredit.casework.rules import PARTY_TITLES, against_decider, unit_title
from publiccredit.casework.types import Channel, LetterKind
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ClockName, Department, Party, Procedure, ProcedureName
from publiccredit.subjects.queries import marks_of, record_type_of, with_marks

NOT_DECREED = "（该年度放假安排尚未公布，以公布后核定的日期为准）"
TO_WHO_REPORTED = (LetterKind.RECEIPT, LetterKind.GUIDANCE)


def department_name(*, code: str) -> str:
    """Give a department's name, or its code where the packs no longer hold it."""
    try:
        return catalogue.department(code=code).name
    except catalogue.NotInPacks:
        return code


def decider_name(*, case: Case) -> str:
    """Give the name of the body that decides a case."""
    if case.decided_by_party == Party.OFFICE.value:
        return catalogue.credit_office().name
    return department_name(code=case.department_code)


def writer_name(*, case: Case, kind: LetterKind) -> str:
    """Give the name of the body that writes a letter of a case: it decides it, but the guidance is the office's own."""
    return catalogue.credit_office().name if kind == LetterKind.GUIDANCE else decider_name(case=case)


def in_chinese(day: date) -> str:
    """Give a day as it stands in a letter."""
    return f"{day.year}年{day.month}月{day.day}日"


def receipt(*, act: Act, case: Case, procedure: Procedure) -> Letter:
    """Write the receipt of a request: its number, its clock and who decides."""
    body = (
        f"你（单位）提出的{procedure.title}请求已于{in_chinese(case.opened_on)}收到，编号 {case.number}。\n"
        f"由{decider_name(case=case)}办理，最迟于{in_chinese(case.due_on)}作出处理{_provisional(case)}。\n"
        f"{_may_be_later(case, procedure)}"
        "办理不收取任何费用，不需要委托代理机构。"
    )
    lines = [*_complained_of(case), body, *_about(case), *_brought_to(case, "补充材料、询问进展")]
    lines += _to_whom_else(case)
    return _letter(act, case, LetterKind.RECEIPT, "\n".join(lines))


def _complained_of(case: Case) -> list[str]:
    """Name whom a complaint is about: one that names nobody can be about anybody."""
    complains = case.procedure == ProcedureName.COMPLAINT.value
    return [f"{unit_title(case=case)}：{department_name(code=case.department_code)}。"] if complains else []


def _to_whom_else(case: Case) -> list[str]:
    """Say of a complaint about the deciding body who handles it there, and to whom else it can be made."""
    if not against_decider(case=case):
        return []
    said = "投诉的是本机构：由没有办理过有关案件的人员办理"
    above = catalogue.credit_office().superior
    if above is None:
        return [f"{said}。"]
    body = catalogue.department(code=above)
    reached = "，".join(part for part in (body.address, f"电话 {body.telephone}" if body.telephone else "") if part)
    return [f"{said}；也可以向{body.name}提出{f'（{reached}）' if reached else ''}。"]


def _may_be_later(case: Case, procedure: Procedure) -> str:
    """Say by which rules the last day may still move, so that nobody finds another day without a word."""
    said = []
    if days := procedure.days(ClockName.DECIDE_WITH_SOURCE):
        said.append(f"须转{unit_title(case=case)}核实的，期限改为自收到之日起合计 {days} 个工作日")
    if procedure.days(ClockName.PAPERS):
        said.append("需要你（单位）补充材料的，补正期间不计入期限")
    return f"{'；'.join(said)}。\n" if said else ""


def request_for_papers(*, act: Act, case: Case, asked: str) -> Letter:
    """Write what is to be handed in, and until when; or that the clock runs on, where this request does not rest it."""
    if case.papers_due_on is not None:
        until = (
            f"{in_chinese(case.papers_due_on)}{NOT_DECREED if not catalogue.decreed(day=case.papers_due_on) else ''}"
        )
        body = f"请于{until}前补充下列材料：\n{asked}\n补正期间不计入办理期限；逾期未补正的，按已有材料办理。"
    else:
        body = (
            f"请尽快补充下列材料：\n{asked}\n本次通知不停止计算办理期限，期限届满日仍为{in_chinese(case.due_on)}；"
            "作出处理时还没有收到的，按已有材料办理。"
        )
    head = f"你（单位）提出的编号 {case.number} 的请求，材料需要补充。"
    lines = [head, *_about(case), body, *_brought_to(case, _online(case, "材料"))]
    return _letter(act, case, LetterKind.REQUEST_FOR_PAPERS, "\n".join(lines))


def _online(case: Case, what: str) -> str:
    """Say how something is handed in: online by a subject at its desk, and by whoever was given a code there."""
    at_a_desk = case.subject_id is not None and case.applicant != Party.READER.value
    online = at_a_desk or case.channel == Channel.ONLINE.value
    return f"{what}可以在网上提交，也可以交到或者寄到" if online else f"{what}请交到或者寄到"


def _brought_to(case: Case, what: str) -> list[str]:
    """Say where papers are brought and who answers, as far as the packs tell of the body that decides."""
    body = _decider(case)
    if body is None or not body.address:
        return []
    telephone = f"，电话 {body.telephone}" if body.telephone else ""
    return [f"{what}：{body.name}，{body.address}{telephone}。"]


def _decider(case: Case) -> Department | None:
    if case.decided_by_party == Party.OFFICE.value:
        return catalogue.credit_office()
    try:
        return catalogue.department(code=case.department_code)
    except catalogue.NotInPacks:
        return None


def extension(*, act: Act, case: Case, days: int, reason: str) -> Letter:
    """Write by how much the clock was extended, why, and who signs for that reason."""
    body = (
        f"编号 {case.number} 的办理期限延长 {days} 个工作日，至{in_chinese(case.due_on)}{_provisional(case)}。\n"
        f"理由：{reason}。\n承办人：{_signed(act.by.name)}"
    )
    return _letter(act, case, LetterKind.EXTENSION, body)


def decision(
    *, act: Act, case: Case, procedure: Procedure, made: Decision, ends: Iterable[tuple[str, str]] = ()
) -> Letter:
    """
    Write what was decided on which record, why and by whom, what fails and from when, and the remedies.

    ``ends`` are the effects of a repair, each with the column of the record that keeps its time.
    """
    outcome = procedure.outcome(made.outcome)
    lines = [f"办理事项：{procedure.title}{'（复核）' if case.reviews_id else ''}，编号 {case.number}。", *_about(case)]
    lines += [f"处理结果：{outcome.title if outcome else made.outcome}。", f"理由：{made.reasons}"]
    lines += _ended(case, ends)
    lines += [*_corrections(made), *_following(act, case, made), *_failing(case, procedure, made)]
    if made.holds_from:
        lines.append(f"自{in_chinese(made.holds_from)}起可以再次申请。")
    lines += _remedies(act, case, procedure)
    if outcome:
        lines.append(f"依据：{outcome.basis}。")
    lines.append(f"承办人：{made.proposed_by.display_name}")
    if made.approved_by is not None:
        lines.append(f"批准人：{made.approved_by.display_name}")
    return _letter(act, case, LetterKind.DECISION, "\n".join(lines))


def _remedies(act: Act, case: Case, procedure: Procedure) -> list[str]:
    """Say where and until when one may ask for the review, and what the law gives besides, as the packs say."""
    days = procedure.days(ClockName.REQUEST_REVIEW)
    lines = []
    if days and case.reviews_id is None and not gives_all(case=case):
        within = f"自收到之日起 {days} 个工作日内"
        lines.append(f"对结果不服的，可以{within}向{decider_name(case=case)}申请复核一次，由另一人办理，不收费。")
        lines += _brought_to(case, _online(case, "复核申请"))
    elif case.reviews_id is not None:
        lines.append("复核只有一次。")
    given = [
        f"自收到之日起{remedy.within}内向{remedy.authority}{remedy.title}（{remedy.basis}）"
        for remedy in catalogue.remedies(on=act.on)
    ]
    if given:
        first = "仍不服的，" if case.reviews_id is not None else "也" if lines else "对结果不服的，"
        lines.append(f"{first}可以依法{'，或者'.join(given)}。")
    return lines


def _ended(case: Case, ends: Iterable[tuple[str, str]]) -> list[str]:
    """Say of each effect of a repair from when it holds: what stops is what the subject asked for."""
    records = [of_case.record for of_case in case.records.select_related("record").order_by("pk")]
    return [
        f"{title}：自{in_chinese(since.date())}{since:%H时%M分}起。"
        for record in records
        for title, column in ends
        if (ended_at := getattr(record, column)) is not None and (since := timezone.localtime(ended_at))
    ]


def _about(case: Case) -> list[str]:
    of_case = case.records.select_related("record").order_by("pk")
    return [f"所涉记录：{one.record.authority_name} {_numbered(one)}{_contested(one)}。" for one in of_case]


def _numbered(of_case: CaseRecord) -> str:
    """Give the number of a document with what is in dispute about it on the day of the letter (DP-14)."""
    return with_marks(of_case.record.document_number, marks=marks_of(of_case.record))


def _contested(of_case: CaseRecord) -> str:
    record_type = record_type_of(of_case.record)
    known = of_case.field in record_type.field_names
    return f"，所指字段“{record_type.field(of_case.field).title}”" if known else ""


def _corrections(made: Decision) -> list[str]:
    """Say what each corrected field read before and reads from now on, in the words of the form."""
    said = [change.words for change in changes_of(decision=made)]
    return [f"更正内容：{'；'.join(said)}。"] if said else []


def _following(act: Act, case: Case, made: Decision) -> list[str]:
    """Say what the correction changes of the severity and the term."""
    if not made.corrections:
        return []
    of_case = case.records.select_related("record").order_by("pk")
    said = [words for one in of_case for words in followed(record=one.record, entry_id=act.entry_id, on=act.on)]
    return [f"由此：{'；'.join(dict.fromkeys(said))}。"] if said else []


def _failing(case: Case, procedure: Procedure, made: Decision) -> list[str]:
    """Name each condition that is not met yet, and what it would take."""
    kept = {kind.name: kind.title for kind in procedure.papers}
    there = set(case.papers.values_list("kind", flat=True))
    lines = []
    for condition in procedure.conditions:
        if condition.name.value not in made.failing_conditions:
            continue
        paper = kept.get(condition.paper or "")
        waits = f"已交的“{paper}”不能证明，重新提交后" if condition.paper in there else f"提交“{paper}”后"
        lines.append(f"尚未满足的条件：{condition.title}。{f'{waits}，经核实即为满足。' if paper else ''}")
    return lines


def guidance(*, act: Act, case: Case, text: str) -> Letter:
    """Write what the office advises the applicant to do; it decides nothing."""
    body = f"关于编号 {case.number} 的请求，现就如何办理告知如下：\n{text}\n本指引不是处理决定，不影响办理期限。"
    return _letter(act, case, LetterKind.GUIDANCE, body)


def taken_back(*, act: Act, case: Case, ends_dispute: bool) -> Letter:
    """Confirm that a request was taken back, and that it may be made anew: that binds nobody."""
    marked = "所涉记录的异议标注同时取消。\n" if ends_dispute else ""
    body = (
        f"编号 {case.number} 的请求已于{in_chinese(act.on)}按你（单位）的意思撤回，不再办理，没有作出决定。\n{marked}"
        "撤回不影响以后就同一事项重新提出。如果撤回不是你（单位）的意思，请持本确认书到信用办窗口，或者直接重新提出。"
    )
    return _letter(act, case, LetterKind.TAKEN_BACK, body)


def _provisional(case: Case) -> str:
    return NOT_DECREED if case.provisional else ""


def _signed(username: str) -> str:
    officer = accounts.officers().filter(username=username).first()
    return officer.display_name if officer else username


def _addressee(case: Case, kind: LetterKind) -> str:
    """
    Give whom a letter is for: who asked; of what a body reported of its own accord, the subject it is about.

    Only the receipt and the office's guidance go to that body: an enterprise whose repair is undone is not told by a
    letter to its department.
    A reader stays unnamed: the department and the subject read these letters, and who asked is not theirs to know.
    """
    if case.applicant == Party.READER.value:
        return "投诉人" if case.procedure == ProcedureName.COMPLAINT.value else PARTY_TITLES[Party.READER]
    ex_officio = case.applicant not in (Party.SUBJECT.value, Party.READER.value)
    if ex_officio and case.subject is not None and kind not in TO_WHO_REPORTED:
        return case.subject.name
    return case.applicant_name


def _letter(act: Act, case: Case, kind: LetterKind, body: str) -> Letter:
    number = f"{case.number}-{case.letters.count() + 1}"
    signature = f"{writer_name(case=case, kind=kind)}\n{in_chinese(act.on)}"
    addressee = _addressee(case, kind)
    text = f"{kind.label}\n\n{number}\n\n{addressee}：\n\n{body}\n\n{signature}"
    return Letter.objects.create(
        case=case,
        kind=kind,
        number=number,
        addressed_to=addressee,
        text=text,
        made_by=act.by.name,
        made_at=act.at,
        entry_id=act.entry_id,
    )
