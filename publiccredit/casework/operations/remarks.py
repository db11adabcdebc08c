"""What is said beside a case: the subject's own words on a record, and an officer's declared relation."""

from datetime import datetime

from publiccredit.accounts.operations import NotAllowed, one_act
from publiccredit.accounts.types import Actor
from publiccredit.casework.models import DeclaredRelation
from publiccredit.casework.rules import CaseRefused, party_of
from publiccredit.catalogue.types import Party
from publiccredit.catalogue.types.personal_numbers import refusal_of
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.queries import verify_open

LONGEST_STATEMENT = 1000
LEAST_RELATION, LONGEST_RELATION = 2, 200


class UnableToState(CaseRefused):
    """The statement is too long, holds a number of a person, or the record is not the subject's."""


def state_on_record(*, by: Actor, subject_id: int, record_id: int, statement: str, at: datetime) -> None:
    """
    Let the subject's own words travel with a record; empty takes them back (DP-17).

    :raises UnableToState: more than 1,000 characters, a number of a person, a record of somebody else, or what
        stands there already.
    """
    with one_act(by=by, at=at, operation="state_on_record", object_kind="record") as act:
        if party_of(actor=act.by) not in (Party.SUBJECT, Party.OFFICE):
            raise NotAllowed("声明由信用信息主体本人作出，或者由信用办窗口代录。")
        verify_open(actor=by, subject_ids=[subject_id])
        words = statement.strip()
        if len(words) > LONGEST_STATEMENT:
            raise UnableToState(f"声明不超过 {LONGEST_STATEMENT} 字，实为 {len(words)} 字。请删减。")
        if number := refusal_of(text=words, what="声明"):
            raise UnableToState(number)
        record = subjects.lock_records(record_ids=[record_id]).get(record_id)
        if record is None or record.subject_id != subject_id:
            raise UnableToState("该记录不是本主体的记录。请从本主体的档案中选择。")
        if words == record.statement:
            raise UnableToState(
                "与现在展示的声明相同，没有变化。要改的，请改写后再提交；要撤回的，请留空。"
                if words
                else "这条信息现在没有声明。请写明声明的内容。"
            )
        subjects.state_on_record(record_id=record_id, statement=words, at=at, entry_id=act.entry_id)
        act.object_id = record_id
        act.payload["characters"] = len(words)


def declare_relation(*, by: Actor, subject_id: int, relation: str, at: datetime) -> None:
    """
    Keep an officer's relation to a subject: from then on the officer takes no part in its cases (DP-34).

    :raises NotAllowed: only officers declare, each for itself.
    :raises CaseRefused: it does not say which relation, or holds a number of a person.
    """
    with one_act(by=by, at=at, operation="declare_relation", object_kind="subject") as act:
        if by.role is None:
            raise NotAllowed("利害关系由工作人员本人申报。请用本人账号登录。")
        words = relation.strip()
        if not LEAST_RELATION <= len(words) <= LONGEST_RELATION:
            raise CaseRefused(f"请写明是什么关系，{LEAST_RELATION} 至 {LONGEST_RELATION} 字，例如“配偶任该单位监事”。")
        if number := refusal_of(text=words, what="关系"):
            raise CaseRefused(number)
        DeclaredRelation.objects.get_or_create(
            officer_id=by.name,
            subject_id=subject_id,
            defaults={"relation": words, "declared_at": at, "entry_id": act.entry_id},
        )
        act.object_id = subject_id  # the entry bears the name of who declares by itself
