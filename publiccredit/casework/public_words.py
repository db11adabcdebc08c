"""
The words by which everybody is told why: in place of a withdrawn record (DP-18), beside one whose repair was
undone (DP-19) or whose severity its department has corrected.
"""

from publiccredit.casework.models import Case
from publiccredit.casework.rules import CaseRefused
from publiccredit.catalogue.types import Effect, Outcome
from publiccredit.catalogue.types.personal_numbers import refusal_of

LEAST = 8  # characters, blanks apart; the database says the same
LONGEST = 500


class PublicWordsMissing(CaseRefused):
    """A withdrawal, or an undone repair, does not say why to the public, or says what nobody may read there."""


def wanted(*, outcome: Outcome) -> str:
    """Say for what an outcome needs words for the public; empty where it may do without."""
    if Effect.WITHDRAW in outcome.effects:
        return "撤回的记录由公开说明代替"
    if outcome.of_severity:
        return "更正后的程度旁写明理由"
    return "恢复公示的记录旁写明公开说明" if Effect.UNDO_REPAIR in outcome.effects else ""


def to_be_said(*, outcome: Outcome) -> str:
    """Say what words for the public have to tell of an outcome that needs them."""
    if outcome.of_severity:
        return "写明依据的标准和本案的情节"
    return "写明哪个机关以什么文书作出了什么处理"


def verify_public_words(*, text: str, outcome: Outcome, case: Case) -> None:
    """
    Refuse words for the public that say too little, no more than the outcome's name, or whom it is about.

    :raises PublicWordsMissing: they do.
    """
    words = text.strip()
    if len(words) > LONGEST:
        raise PublicWordsMissing(f"公开说明最多 {LONGEST} 字，实为 {len(words)} 字。请删减。")
    if number := refusal_of(text=words, what="公开说明"):
        raise PublicWordsMissing(number)
    for name in _people_of(case):
        if name in words:
            raise PublicWordsMissing(f"公开说明人人可见，不能写“{name}”这样的自然人姓名。请删去。")
    if not (purpose := wanted(outcome=outcome)):
        return
    length = len("".join(words.split()))
    if length < LEAST or words.rstrip("。") == outcome.title:
        raise PublicWordsMissing(
            f"{purpose}。请{to_be_said(outcome=outcome)}，至少 {LEAST} 个字，实为 {length} 个字；只写结果的名称不够。"
        )


def _people_of(case: Case) -> list[str]:
    return [name for name in [case.handler_name.strip()] if len(name) > 1]
