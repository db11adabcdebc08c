"""
Who may end, delay or decide a case: never one who is related to its subject; of a review, nobody who made the first
decision; of a complaint about the deciding body itself, nobody who handled what may be complained of.
"""

from collections.abc import Iterable

from django.db.models import Q, Value
from django.db.models.functions import StrIndex

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import DEPARTMENT_ROLES, HEAD_ROLES, OFFICE_ROLES, ROLE_TITLES, Actor, Role
from publiccredit.casework.letters import decider_name
from publiccredit.casework.models import Case, CaseStep, Decision, DeclaredRelation
from publiccredit.casework.numbering import as_numbered
from publiccredit.casework.rules import PARTY_TITLES, against_decider
from publiccredit.casework.types import UNDECIDED, Happening
from publiccredit.catalogue.types import Party, StepName
from publiccredit.subjects.queries import closed_files, verify_open

MOST_NAMED = 5  # whom to ask; an office may have many
# What ends, delays or decides a review. Whoever made the first decision may still take in a paper, and note a delivery.
REVIEWERS_STEPS = frozenset(
    {
        StepName.TAKE,
        StepName.REQUEST_PAPERS,
        StepName.FORWARD,
        StepName.EXTEND,
        StepName.PROPOSE,
        StepName.APPROVE,
        StepName.TAKE_BACK,
    }
)
HANDLING = [step.value for step in REVIEWERS_STEPS] + [Happening.RETURNED.value]


def bound_to_others(*, case: Case) -> bool:
    """Tell whether a case is for those alone who took no part in what it is about."""
    return case.reviews_id is not None or against_decider(case=case)


def took_part(*, case: Case, name: str) -> bool:
    """Tell whether an officer made the decision a case reviews, or handled what a complaint about the office names."""
    return bound_to_others(case=case) and name in hands_in(cases=[case])[case.pk]


def hands_in(*, cases: Iterable[Case]) -> dict[int, set[str]]:
    """Give who took part in what each of some cases is about; nobody where a case is bound to nobody else."""
    chosen = list(cases)
    hands: dict[int, set[str]] = {case.pk: set() for case in chosen}
    first: dict[int, set[str]] = {}
    made = Decision.objects.filter(case_id__in=[case.reviews_id for case in chosen])
    for case_id, proposed, approved in made.values_list("case_id", "proposed_by", "approved_by"):
        first.setdefault(case_id, set()).update(str(name) for name in (proposed, approved) if name)
    for case in chosen:
        hands[case.pk] |= first.get(case.reviews_id or 0, set())
        if against_decider(case=case):
            hands[case.pk] |= _handled_before(case)
    return hands


def _handled_before(case: Case) -> set[str]:
    """
    Give who handled the earlier cases a complaint can be about: of its subject, its applicant, or named in its words.

    Migrations 0026 and 0028 hold the same.
    """
    about = Q(named_at__gt=0)
    if case.subject_id is not None:
        about |= Q(subject_id=case.subject_id)
    if case.applicant_name != PARTY_TITLES[Party.READER]:
        about |= Q(applicant_name=case.applicant_name) | Q(subject__name=case.applicant_name)
    named = Case.objects.alias(named_at=StrIndex(Value(as_numbered(case.request)), "number"))
    earlier = named.filter(about, pk__lt=case.pk).exclude(pk=case.reviews_id or 0)
    steps = CaseStep.objects.filter(case__in=earlier, step__in=HANDLING, at__lte=case.opened_at)
    return set(steps.values_list("by", flat=True))


def verify_reviewer(*, case: Case, by: Actor) -> None:
    """
    Refuse the review of a decision to whoever had a hand in it, and say who can take it.

    :raises NotAllowed: the actor proposed or approved the first decision.
    """
    if took_part(case=case, name=by.name):
        raise NotAllowed(f"{why_others(case=case)}，不能办理。{who_can_review(case=case)}")


def why_others(*, case: Case) -> str:
    """Say to one who took part why others handle a case."""
    if against_decider(case=case):
        return "投诉的是本机构，应当由没有办理过有关案件的人员办理，您办理过投诉人以前的案件或者投诉中写明的案件"
    return "复核应当由原办理人以外的人员办理，您拟办或者审核过原决定"


def without_reviewer(*, cases: Iterable[Case]) -> frozenset[int]:
    """Give the undecided reviews and complaints about the office that nobody of the deciding body is free to decide."""
    reviews = [case for case in cases if case.state in UNDECIDED and bound_to_others(case=case)]
    return frozenset(pk for pk, free in _free(reviews).items() if not free) if reviews else frozenset()


def who_can_review(*, case: Case) -> str:
    """Say who may decide a review, or how somebody who may is brought in."""
    free = _free([case])[case.pk]
    if not free:
        titles = "或者".join(f"“{ROLE_TITLES[role]}”" for role in Role if role in _roles(case))
        but = "办理过有关案件的人员" if against_decider(case=case) else "原决定的拟办人、审核人"
        what = "复核" if case.reviews_id else "投诉"
        return (
            f"{decider_name(case=case)}现在没有可以办理{what}的人员：{but}和应当回避的除外。"
            f"请系统管理员为本单位的另一位工作人员开设{titles}账号，由其受理；期限照常计算。"
        )
    spoken = accounts.spoken_names(names=[name for name, _ in free], departments={})
    words = f"可以办理的有：{'、'.join(spoken[name] for name, _ in free)}。"
    if len(free) == 1 or not any(role in HEAD_ROLES for _, role in free):
        words += "须两人办理的结果还缺一位可以拟办或者审核的人员，请系统管理员为本单位的另一位负责人开设账号。"
    return words


def verify_case_open(*, case: Case, actor: Actor) -> None:
    """
    Verify that an officer may look into a case, and say who handles it where one may not.

    :raises FileClosed: the officer has declared a relation to its subject (DP-34).
    """
    if closed_files(account=actor.name, subject_ids=[case.subject_id]):
        verify_open(actor=actor, subject_ids=[case.subject_id], who_else=who_else(case=case))


def who_else(*, case: Case) -> str:
    """Say who can be asked about a case instead of one who stays away from it, or how somebody is brought in."""
    free = [name for name, _ in _free([case])[case.pk]]
    if not free:
        titles = "或者".join(f"“{ROLE_TITLES[role]}”" for role in Role if role in _roles(case))
        return (
            f"{decider_name(case=case)}现在没有可以办理的其他人员。"
            f"请系统管理员为本单位的另一位工作人员开设{titles}账号，由其办理；期限照常计算。"
        )
    asked = [case.owner] if case.owner in free else free[:MOST_NAMED]
    spoken = accounts.spoken_names(names=asked, departments={})
    who = "承办的是" if case.owner in free else "可以办理的有："
    return f"{who}{'、'.join(spoken[name] for name in asked)}。"


def _free(cases: Iterable[Case]) -> dict[int, list[tuple[str, str]]]:
    """Give the accounts and roles free to decide each of some cases; the same number of looks for one or for many."""
    chosen = list(cases)
    hands = hands_in(cases=chosen)
    related: set[tuple[str, int | None]] = {
        (str(name), subject)
        for name, subject in DeclaredRelation.objects.filter(
            subject__in=[case.subject_id for case in chosen]
        ).values_list("officer_id", "subject_id")
    }
    codes = {case.department_code for case in chosen}
    body = Q(role__in=OFFICE_ROLES) | Q(role__in=DEPARTMENT_ROLES, department_code__in=codes)
    known = accounts.officers().filter(body, is_active=True)
    officers = list(known.values_list("username", "role", "department_code"))
    return {
        case.pk: [
            (name, role)
            for name, role, department in officers
            if role in _roles(case)
            and department in ("", case.department_code)
            and name not in hands[case.pk]
            and (name, case.subject_id) not in related
        ]
        for case in chosen
    }


def _roles(case: Case) -> frozenset[Role]:
    return OFFICE_ROLES if case.decided_by_party == Party.OFFICE.value else DEPARTMENT_ROLES
