"""Who may end, delay or decide a case: of a review, nobody who made the first decision; never one who is related."""

from collections.abc import Iterable

from django.db.models import Q

from publiccredit.accounts import queries as accounts
from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import DEPARTMENT_ROLES, HEAD_ROLES, OFFICE_ROLES, ROLE_TITLES, Actor, Role
from publiccredit.casework.letters import decider_name
from publiccredit.casework.models import Case, Decision, DeclaredRelation
from publiccredit.casework.types import UNDECIDED
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


def took_part(*, case: Case, name: str) -> bool:
    """Tell whether an officer proposed or approved a decision in the case that this one reviews."""
    if case.reviews_id is None:
        return False
    hand = Q(proposed_by__username=name) | Q(approved_by__username=name)
    return Decision.objects.filter(hand, case_id=case.reviews_id).exists()


def verify_reviewer(*, case: Case, by: Actor) -> None:
    """
    Refuse the review of a decision to whoever had a hand in it, and say who can take it.

    :raises NotAllowed: the actor proposed or approved the first decision.
    """
    if took_part(case=case, name=by.name):
        raise NotAllowed(
            f"复核应当由原办理人以外的人员办理，您拟办或者审核过原决定，不能办理。{who_can_review(case=case)}"
        )


def without_reviewer(*, cases: Iterable[Case]) -> frozenset[int]:
    """Give the undecided reviews that nobody of the deciding body is free to decide."""
    reviews = [case for case in cases if case.reviews_id is not None and case.state in UNDECIDED]
    return frozenset(pk for pk, free in _free(reviews).items() if not free) if reviews else frozenset()


def who_can_review(*, case: Case) -> str:
    """Say who may decide a review, or how somebody who may is brought in."""
    free = _free([case])[case.pk]
    if not free:
        titles = "或者".join(f"“{ROLE_TITLES[role]}”" for role in Role if role in _roles(case))
        return (
            f"{decider_name(case=case)}现在没有可以办理复核的人员：原决定的拟办人、审核人和应当回避的除外。"
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
    first = Decision.objects.filter(case_id__in=[case.reviews_id for case in chosen])
    hands: dict[int, set[str]] = {}
    for case_id, proposed, approved in first.values_list("case_id", "proposed_by", "approved_by"):
        hands.setdefault(case_id, set()).update(str(name) for name in (proposed, approved) if name)
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
            and name not in hands.get(case.reviews_id or 0, set())
            and (name, case.subject_id) not in related
        ]
        for case in chosen
    }


def _roles(case: Case) -> frozenset[Role]:
    return OFFICE_ROLES if case.decided_by_party == Party.OFFICE.value else DEPARTMENT_ROLES
