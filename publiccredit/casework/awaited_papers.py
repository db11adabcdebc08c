"""Nobody is refused for want of a paper before they were asked for it, and had the days to bring it."""

from collections.abc import Collection
from datetime import date

from publiccredit.casework.models import Case, CaseStep
from publiccredit.casework.rules import CaseRefused, leaves_it_so, papers_lacking
from publiccredit.casework.types import CaseState
from publiccredit.catalogue.types import ConditionName, Outcome, Procedure, StepName


class PapersAwaited(CaseRefused):
    """The applicant was given until a day to hand in papers, and that day is not over."""


class PapersNotAskedFor(CaseRefused):
    """A repair would be refused for want of papers that its applicant was never asked for."""


def verify_days_for_papers(*, case: Case, outcome: Outcome, on: date) -> None:
    """
    Refuse an outcome that gives nothing to an applicant who was told a day for papers, before that day is over.

    :raises PapersAwaited: it is not; what is asked for may be granted all the same.
    """
    until = case.papers_due_on
    if case.state != CaseState.WAITING_FOR_PAPERS or until is None or on > until:
        return
    if leaves_it_so(outcome=outcome):
        raise PapersAwaited(
            f"已通知申请人在 {until} 以前补充材料，期限没有到，不能作出“{outcome.title}”的决定。"
            "材料已经交来的，先收取材料；没有交来的，到期以后再作决定。"
        )


def verify_papers_asked_for(*, case: Case, rules: Procedure, failing: Collection[ConditionName]) -> None:
    """
    Refuse to refuse a repair for missing papers alone before they were asked for: 一次告知 (行政许可法 Art. 32 by
    analogy).

    :raises PapersNotAskedFor: the applicant was never told which papers are missing.
    """
    by_paper = {c.name for c in rules.conditions_for(case.ground) if c.paper}
    either = CaseStep.objects.filter(
        case__in=[case.pk, case.reviews_id or case.pk]
    )  # of a review, in the first case too
    asked = either.filter(step=StepName.REQUEST_PAPERS.value).exists()
    if failing and by_paper.issuperset(failing) and not asked:
        missing = "、".join(papers_lacking(case=case, rules=rules))
        raise PapersNotAskedFor(
            f"缺少材料：{missing}，还没有通知补正，不能以此不予修复。"
            "请先用“通知补正”一次告知；到期没有补交的，再作决定。"
        )
