"""Opening a case, and the review of one."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from publiccredit.accounts.operations import Act, one_act
from publiccredit.accounts.types import Actor
from publiccredit.casework import letters
from publiccredit.casework.clocks import set_due, why_no_review
from publiccredit.casework.marking import mark_at_opening, nature_of
from publiccredit.casework.models import Case, CaseRecord
from publiccredit.casework.numbering import next_number
from publiccredit.casework.queries import determined_by
from publiccredit.casework.rules import (
    CaseNotFound,
    CaseRefused,
    against_decider,
    grounds_for,
    locked_case,
    may_take,
    party_of,
    procedure_of,
    reviewed_for,
    write_step,
)
from publiccredit.casework.types import UNDECIDED, Applicant, Asked, CaseState, Channel
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import (
    ClockName,
    Effect,
    Nature,
    Packs,
    Party,
    Procedure,
    ProcedureName,
    StepName,
)
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import Record, RecordState, Subject, record_type_of, verify_open
from publiccredit.subjects.queries import subjects as subjects_on_file

LOCK_SPACE = 7310580  # first half of the advisory locks by the key of a form
LONGEST_REQUEST = 5000
LONGEST_IN_THE_POST = 30  # days between a letter's arrival and its being taken down


class UnableToOpenCase(CaseRefused):
    """The request cannot be taken as it is; the message says what is missing or which way is open."""


def open_case(
    *,
    by: Actor,
    procedure: ProcedureName,
    applicant: Applicant,
    asked: Asked,
    channel: Channel,
    at: datetime,
    idempotency_key: str | None = None,
    about_case_id: int | None = None,
    received_on: date | None = None,
    packs: Packs | None = None,
) -> Case:
    """
    Open a case: its clock starts, its receipt is written, and an objection marks its records in the same moment.

    The same idempotency key gives the case it opened before. What came by post or telephone runs from the day on which
    it was received, under the rules of that day.

    :raises UnableToOpenCase: the request lacks something, or is already under way.
    :raises NotAllowed: the applicant or the actor may not open this kind of case, or the actor has declared a relation.
    """
    with transaction.atomic():
        if idempotency_key is not None and (known := _opened_before(idempotency_key)):
            return known
        with one_act(by=by, at=at, operation="open_case", object_kind="case") as act:
            on = _received(received_on, channel, act)
            rules = _rules(procedure, on, packs)
            records = subjects.lock_records(record_ids=asked.record_ids)
            _verify(rules, applicant, asked, channel, records)
            _verify_channel(act, rules, applicant, channel)
            about = _case_about(rules, about_case_id, asked)
            case = _new_case(act, rules, applicant, asked, channel, list(records.values()))
            case.about_id, case.idempotency_key, case.opened_on = about, idempotency_key, on
            _write_opening(act, case, rules, asked, list(records.values()), packs)
    return case


def request_review(
    *,
    by: Actor,
    case_id: int,
    applicant: Applicant,
    request: str,
    at: datetime,
    channel: Channel = Channel.ONLINE,
    received_on: date | None = None,
) -> Case:
    """
    Open the one review of a decided case; somebody else decides it. Its clock runs from the day it was received.

    It belongs to whoever asked: a stranger uses up no subject's review, and no subject a reader's. What a body reported
    of its own accord is reviewed at the wish of the subject it burdens.

    :raises UnableToOpenCase: the case is not decided, is itself a review, was reviewed, is somebody else's to review,
        or the time has run out.
    """
    with one_act(by=by, at=at, operation="request_review", object_kind="case") as act:
        first = locked_case(case_id=case_id)
        rules = procedure_of(case=first)
        may_take(act=act, case=first, procedure=rules, step=StepName.REQUEST_REVIEW)
        on = _received(received_on, channel, act)
        _verify_review(first, rules, on)
        _verify_proxy(applicant, channel)
        _verify_reviewer(first, party_of(actor=by), applicant.party)
        asked = Asked(
            ground=first.ground,
            request=request,
            record_ids=tuple(first.records.values_list("record_id", flat=True)),
            field=first.records.values_list("field", flat=True).first() or "",
            department_code=first.department_code,
        )
        records = subjects.lock_records(record_ids=asked.record_ids)
        if not request.strip():
            raise UnableToOpenCase("请写明不服的理由。")
        case = _new_case(act, rules, applicant, asked, channel, list(records.values()))
        case.reviews, case.about_id, case.opened_on = first, first.about_id, on
        case.subject_id = case.subject_id or first.subject_id  # whoever takes the request for a review down
        _write_opening(act, case, rules, asked, list(records.values()), None)
        act.payload["reviews"] = first.pk
    return case


def _opened_before(key: str) -> Case | None:
    """Give the case a form opened before; one that is pressed twice at once waits here for its first press."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, key])
    return Case.objects.filter(idempotency_key=key).first()


def _received(received_on: date | None, channel: Channel, act: Act) -> date:
    """Nobody online writes on another day; a counter may take down what lay in the post over a holiday, no longer."""
    if received_on is None or received_on == act.on:
        return act.on
    if received_on > act.on:
        raise UnableToOpenCase(f"收件日期 {received_on} 晚于今天。请填写实际收到的日期。")
    if channel is Channel.ONLINE:
        raise UnableToOpenCase(f"网上提出的请求当天收到，收件日期应为今天（{act.on}），实为 {received_on}。")
    if (act.on - received_on).days > LONGEST_IN_THE_POST:
        raise UnableToOpenCase(f"收件日期 {received_on} 早于今天超过 {LONGEST_IN_THE_POST} 天。请核对收件登记。")
    return received_on


def _rules(name: ProcedureName, on: date, packs: Packs | None) -> Procedure:
    try:
        return catalogue.procedure(name=name, on=on, within=packs)
    except catalogue.NotInPacks as missing:
        raise UnableToOpenCase(str(missing)) from missing


def _verify(rules: Procedure, applicant: Applicant, asked: Asked, channel: Channel, records: dict[int, Record]) -> None:
    _verify_applicant(rules, applicant, channel)
    if rules.ground(asked.ground) is None:
        known = "、".join(f"{g.name}（{g.title}）" for g in rules.grounds)
        raise UnableToOpenCase(f"“{rules.title}”没有理由“{asked.ground}”。请改为下列之一：{known}。")
    if not asked.request.strip() or len(asked.request) > LONGEST_REQUEST:
        raise UnableToOpenCase(f"请写明请求和理由，不超过 {LONGEST_REQUEST} 字。")
    if len(records) != len(set(asked.record_ids)):
        raise UnableToOpenCase("所指的记录不存在。请从记录页面发起，或核对编号。")
    if rules.needs_record and not records:
        raise UnableToOpenCase(f"“{rules.title}”须指明记录。请从记录页面发起。")
    if rules.one_record and len(records) != 1:
        raise UnableToOpenCase(f"“{rules.title}”一事一办，每条记录分别申请、分别决定。")
    if (
        len({r.subject_id for r in records.values()}) > 1
        or len({determined_by(record=r) for r in records.values()}) > 1
    ):
        raise UnableToOpenCase("一个案件中的记录须属于同一主体和同一认定单位。请分别提出。")
    for record in records.values():
        _verify_record(rules, asked, record)


def _verify_applicant(rules: Procedure, applicant: Applicant, channel: Channel) -> None:
    if not rules.allows(StepName.OPEN, applicant.party):
        raise UnableToOpenCase(f"“{rules.title}”不能由该方提出。")
    if not applicant.name.strip():
        raise UnableToOpenCase("请填写申请人名称。")
    _verify_proxy(applicant, channel)


def _verify_channel(act: Act, rules: Procedure, applicant: Applicant, channel: Channel) -> None:
    """Only a body finds something by itself, and only where the rules let it act on that; it says so for itself."""
    if channel is not Channel.OWN_FINDING:
        return
    bodies = (Party.SOURCE, Party.OFFICE)
    if not rules.own_finding or applicant.party not in bodies or party_of(actor=act.by) not in bodies:
        raise UnableToOpenCase(
            f"“{Channel.OWN_FINDING.label}”只用于认定单位或者信用办主动提出的更正、撤销变更和复查。请照实选择怎样收到。"
        )


def _verify_proxy(applicant: Applicant, channel: Channel) -> None:
    if channel is Channel.PROXY and not (applicant.handler_name and applicant.handler_authorisation_sha256):
        raise UnableToOpenCase("委托他人办理的，须填写经办人并提交授权委托书。")


def _verify_record(rules: Procedure, asked: Asked, record: Record) -> None:
    if record.subject_id is None:
        raise UnableToOpenCase("该记录的主体尚未判定，没有公示，也还不能办理。")
    if record.state == RecordState.WITHDRAWN:
        raise UnableToOpenCase("该记录已经撤回，不再公示，无需办理。")
    if asked.field and asked.field not in record_type_of(record).field_names:
        raise UnableToOpenCase(f"“{record_type_of(record).title}”没有字段“{asked.field}”。请从字段列表中选择。")
    if asked.ground not in {ground.name for ground in grounds_for(rules=rules, record_type=record_type_of(record))}:
        raise UnableToOpenCase(f"“{record_type_of(record).title}”不是名单，不能以此为理由。请另选一项理由。")
    _verify_repairs(rules, record)
    _verify_none_under_way(rules, asked, record)


def _verify_repairs(rules: Procedure, record: Record) -> None:
    effects = {e for o in rules.outcomes if o.reverses is None for e in o.effects}
    if Effect.END_DISCLOSURE in effects and nature_of(record) is not Nature.ADVERSE:
        raise UnableToOpenCase("信用修复只针对失信信息；该记录不是失信信息。")
    if Effect.END_DISCLOSURE in effects and record.display_ended_at is not None:
        raise UnableToOpenCase("该记录已经修复，无需再次申请。")
    if Effect.UNDO_REPAIR in effects and record.display_ended_at is None:
        raise UnableToOpenCase("该记录没有修复，无可复查。")


def _verify_none_under_way(rules: Procedure, asked: Asked, record: Record) -> None:
    under_way = Case.objects.filter(
        records__record_id=record.pk, procedure=rules.name.value, state__in=UNDECIDED, ground=asked.ground
    ).first()
    if under_way is not None and not rules.marks_dispute:
        raise UnableToOpenCase(f"该记录已有同一事项在办，编号 {under_way.number}。请在该案中补充。")


def _case_about(rules: Procedure, about_case_id: int | None, asked: Asked) -> int | None:
    if rules.name is not ProcedureName.RE_VERIFICATION:
        return None
    repaired = Case.objects.filter(
        procedure=ProcedureName.CREDIT_REPAIR.value,
        records__record_id__in=asked.record_ids,
        decisions__state="effective",
        decisions__outcome="granted",
    )
    case = repaired.order_by("-pk").first() if about_case_id is None else repaired.filter(pk=about_case_id).first()
    if case is None:
        raise UnableToOpenCase("没有找到所要复查的修复案件。请核对案件编号。")
    return case.pk


def _verify_review(first: Case, rules: Procedure, on: date) -> None:
    if why := why_no_review(case=first, rules=rules, on=on):
        raise UnableToOpenCase(why)


def _verify_reviewer(first: Case, party: Party, asks: Party) -> None:
    wanted = reviewed_for(case=first)
    if asks is not wanted or (party in (Party.SUBJECT, Party.READER) and party is not wanted):
        who = "提出的读者" if wanted is Party.READER else "信用信息主体"
        raise UnableToOpenCase(f"案件 {first.number} 的复核由{who}申请。认为记录有误的，可以自行提出异议。")


def _new_case(
    act: Act,
    rules: Procedure,
    applicant: Applicant,
    asked: Asked,
    channel: Channel,
    records: Sequence[Record],
) -> Case:
    department = (
        determined_by(record=records[0]) if records else asked.department_code or catalogue.credit_office().code
    )
    if act.by.of_department and act.by.department_code != department:
        raise CaseNotFound
    subject = records[0].subject if records else _subject_named(applicant, asked)
    return Case(
        number=next_number(prefix=rules.prefix, year=act.on.year),
        procedure=rules.name.value,
        subject_id=subject.pk if subject else act.by.subject_id,
        ground=asked.ground,
        request=asked.request.strip(),
        channel=channel,
        applicant=applicant.party.value,
        applicant_name=_name_of(applicant, subject),
        contact=applicant.contact,
        handler_name=applicant.handler_name,
        handler_authorisation_sha256=applicant.handler_authorisation_sha256,
        department_code=department,
        decided_by_party=rules.decided_by.value,
        marks_dispute=rules.marks_dispute,
        opened_at=act.at,
        opened_on=act.on,
        opened_by=act.by.name,
        state=CaseState.OPENED,
        total_days=rules.days(ClockName.DECIDE) or 0,
        entry_id=act.entry_id,
    )


def _subject_named(applicant: Applicant, asked: Asked) -> Subject | None:
    """Give the enterprise that complains, by the identifier the counter wrote down: the case stands at its desk."""
    if not asked.subject_uscc or applicant.party is not Party.SUBJECT:
        return None
    found = subjects_on_file().filter(uscc=asked.subject_uscc.strip().upper()).first()
    if found is None:
        raise UnableToOpenCase(
            f"没有统一社会信用代码为“{asked.subject_uscc}”的主体。请对照营业执照核对；平台还没有其档案的，请留空。"
        )
    return found


def _name_of(applicant: Applicant, subject: Subject | None) -> str:
    """A subject bears the name on file, however it was typed: its letters go by it."""
    if subject is not None and applicant.party is Party.SUBJECT:
        return subject.name
    return " ".join(applicant.name.split())


def _write_opening(
    act: Act, case: Case, rules: Procedure, asked: Asked, records: Sequence[Record], packs: Packs | None
) -> None:
    _opener(act, case, rules)
    verify_open(actor=act.by, subject_ids=[case.subject_id])
    case.against_decider = against_decider(case=case)
    set_due(case=case, within=packs)
    case.save(force_insert=True)
    act.object_id = case.pk
    act.payload |= {"number": case.number, "procedure": case.procedure, "due": case.due_on.isoformat()}
    act.payload["records"] = len(asked.record_ids)
    for record_id in sorted(set(asked.record_ids)):
        CaseRecord.objects.create(case=case, record_id=record_id, field=asked.field)
    mark_at_opening(act=act, case=case, rules=rules, records=records)
    write_step(act=act, case=case, step=StepName.OPEN.value, text=case.request)
    letters.receipt(act=act, case=case, procedure=rules)


def _opener(act: Act, case: Case, rules: Procedure) -> None:
    """A counter takes in for its applicant, no department for the office; all others open as the party they are."""
    if act.by.of_department and case.applicant == Party.OFFICE.value:
        raise UnableToOpenCase("部门不能以信用办的名义提出。请写明实际提出的一方，或者由信用办的账号提出。")
    if party_of(actor=act.by) in (Party.OFFICE, Party.SOURCE):
        return
    if party_of(actor=act.by).value != case.applicant:
        raise UnableToOpenCase(f"“{rules.title}”须由申请人本人或者窗口代为提出。")
