"""What every pack value stands on: the names, the enumerations of law, and strictness about every key."""

from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CodeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$", max_length=129)]
Uscc = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]


class Confidence(StrEnum):
    """How well a fact of law or of a standard is known."""

    READ = "V"  # read in the text itself
    REPORTED = "V2"  # read in a summary or in the press
    PRACTICE = "C"  # seen in a running system
    ASSUMED = "K"  # general knowledge, to be confirmed at the source


CONFIDENCE_TITLES = MappingProxyType(
    {
        Confidence.READ: "已核对原文",
        Confidence.REPORTED: "据转载",
        Confidence.PRACTICE: "来自实践",
        Confidence.ASSUMED: "待核对",
    }
)


class Audience(StrEnum):
    """The three statutory modes of disclosure, from the widest to the narrowest, and the house itself."""

    PUBLIC = "public"  # 公开公示
    AUTHORISED = "authorised"  # 授权查询
    GOVERNMENT = "government"  # 政务共享
    SUBJECT = "subject"  # the subject's own desk


class SubjectKind(StrEnum):
    ENTERPRISE = "enterprise"
    INDIVIDUAL_BUSINESS = "individual_business"
    INSTITUTION = "institution"
    SOCIAL_ORGANISATION = "social_organisation"
    GOVERNMENT_BODY = "government_body"
    VILLAGE_COLLECTIVE = "village_collective"


class Severity(StrEnum):
    """Severity of a penalised conduct, 《信用修复管理办法》（2026-04-01）."""

    SLIGHT = "slight"  # 轻微
    GENERAL = "general"  # 一般
    SERIOUS = "serious"  # 严重


SEVERITY_TITLES = MappingProxyType({Severity.SLIGHT: "轻微", Severity.GENERAL: "一般", Severity.SERIOUS: "严重"})


class Nature(StrEnum):
    """Whether a record can burden its subject. An adverse record needs a served document (DP-01, DP-02)."""

    NEUTRAL = "neutral"
    ADVERSE = "adverse"
    POSITIVE = "positive"


class BasisLevel(StrEnum):
    """Levels of basis on which an item may stand (DP-03). There is no level for a county paper."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    CENTRAL_POLICY = "central_policy"
    LOCAL_REGULATION = "local_regulation"


class Pack(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Pack):
    """Something in force on the days ``[from, to)``; ``to`` is empty while it is in force."""

    in_force_from: date = Field(alias="from")
    in_force_to: date | None = Field(default=None, alias="to")

    def in_force_on(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_to is None or day < self.in_force_to)
