"""On what basis a record has its subject, or why it has none, in words a person can check."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Basis(StrEnum):
    """Why a record stands in a subject's file (``Record.matched_by``)."""

    USCC = "uscc"
    USCC_OTHER_SPELLING = "uscc_other_spelling"
    NEW_SUBJECT = "new_subject"
    OTHER_IDENTIFIER = "other_identifier"
    NAME_AND_REGION = "name_and_region"
    NAME_AND_ADDRESS = "name_and_address"
    JUDGEMENT = "judgement"


BASIS_TITLES: dict[Basis, str] = {
    Basis.USCC: "统一社会信用代码与名称一致",
    Basis.USCC_OTHER_SPELLING: "统一社会信用代码一致，名称写法相近",
    Basis.NEW_SUBJECT: "统一社会信用代码首次出现，据此建档",
    Basis.OTHER_IDENTIFIER: "登记证号（工商注册号、组织机构代码或税务登记号）一致，名称相近",
    Basis.NAME_AND_REGION: "未报代码；规范名称与登记区域均一致，且只有这一个主体",
    Basis.NAME_AND_ADDRESS: "未报代码；规范名称与住所均一致，且只有这一个主体",
    Basis.JUDGEMENT: "由信用办经办人判定",
}


class Doubt(StrEnum):
    """Why a party is not linked by the program (``Question.reason``)."""

    NAME_DIFFERS = "name_differs"
    IDENTIFIERS_DISAGREE = "identifiers_disagree"
    SEVERAL_OF_NAME = "several_of_name"
    NAME_ONLY = "name_only"
    NOT_FOUND = "not_found"


DOUBT_TITLES: dict[Doubt, str] = {
    Doubt.NAME_DIFFERS: "代码已有档案，但名称明显不同",
    Doubt.IDENTIFIERS_DISAGREE: "所报几个代码分属不同主体",
    Doubt.SEVERAL_OF_NAME: "未报代码，同名主体不止一个",
    Doubt.NAME_ONLY: "未报代码，有同名主体，但区域和住所不足以确认",
    Doubt.NOT_FOUND: "未报统一社会信用代码，也没有同名主体",
}


class Hearing(StrEnum):
    """What a sender hears about whose a row is; the names are those of the checks in ``packs/issues.yml``."""

    OTHER_NAME = "registered_name_differs"
    OTHER_SPELLING = "registered_name_near"
    IN_QUESTION = "subject_in_question"


@dataclass(frozen=True)
class HeardDoubt:
    """One row and what its sender is to hear; ``known`` is the name on file, or why the subject is not certain."""

    sheet: str
    row_number: int
    written_name: str
    hearing: Hearing
    known: str


class Verdict(StrEnum):
    SAME = "same"
    NEW = "new"
    UNSURE = "unsure"
    SENT_BACK = "sent_back"
    REOPENED = "reopened"


VERDICT_TITLES: dict[Verdict, str] = {
    Verdict.SAME: "是同一主体",
    Verdict.NEW: "是新的主体",
    Verdict.UNSURE: "暂不能确定",
    Verdict.SENT_BACK: "退回报送部门更正",
    Verdict.REOPENED: "撤回原判定，重新判定",
}


class Agreement(StrEnum):
    """How what was written stands to what is on file."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


AGREEMENT_TITLES: dict[Agreement, str] = {
    Agreement.SAME: "一致",
    Agreement.NEAR: "相近",
    Agreement.DIFFERENT: "不同",
    Agreement.UNKNOWN: "无从比较",
}


@dataclass(frozen=True)
class Fact:
    """One thing said of a subject: as the department wrote it, as the file has it, and how the two agree."""

    title: str
    written: str
    known: str
    agreement: Agreement


@dataclass(frozen=True)
class Candidate:
    """A subject that may be meant, with a likeness from 0 to 100 and what speaks for and against it."""

    subject_id: int
    name: str
    uscc: str
    address: str
    likeness: int
    because: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    status: str = ""
    records: int = 0  # on file under it


@dataclass(frozen=True)
class HeldRow:
    """A row of a submission that is on file under no subject: it waits for a judgement, or the office sent it back."""

    sheet: str
    row_number: int
    document_number: str
    written_name: str
    question_id: int
    sent_back: bool
    reason: str
    mended: bool  # the same document was filed again since


@dataclass(frozen=True)
class SentBack:
    """What the office sent back to a department: whose it may be cannot be told from what was written."""

    question_id: int
    written_name: str
    written_identifier: str
    reason: str
    sent_back_at: datetime
    places: tuple[tuple[int, str, int, str], ...]  # submission, sheet, row and document number of each record
