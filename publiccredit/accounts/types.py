"""The frozen values other packages know an officer by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    LIAISON = "liaison"  # 联络员
    DEPARTMENT_HEAD = "department_head"  # 部门负责人
    OFFICE_CLERK = "office_clerk"  # 信用办经办
    OFFICE_HEAD = "office_head"  # 信用办负责人
    AUDITOR = "auditor"  # 审计
    ADMINISTRATOR = "administrator"  # 系统管理员


ROLE_TITLES: dict[Role, str] = {
    Role.LIAISON: "联络员",
    Role.DEPARTMENT_HEAD: "部门负责人",
    Role.OFFICE_CLERK: "信用办经办人",
    Role.OFFICE_HEAD: "信用办负责人",
    Role.AUDITOR: "审计人员",
    Role.ADMINISTRATOR: "系统管理员",
}
DEPARTMENT_ROLES = frozenset({Role.LIAISON, Role.DEPARTMENT_HEAD})
FOUR_EYES_ROLES = frozenset({Role.DEPARTMENT_HEAD, Role.OFFICE_HEAD, Role.ADMINISTRATOR})
OFFICE_ROLES = frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD})
HEAD_ROLES = frozenset({Role.DEPARTMENT_HEAD, Role.OFFICE_HEAD})
# Days a token of an officer or a recipient may live, as a form offers them.
TOKEN_TERMS = (("30", "30 天"), ("90", "90 天"), ("365", "一年"))


class SecondFactorWanted(StrEnum):
    """What a second person still has to do before approving."""

    NOTHING = "nothing"
    CODE = "code"
    ENROLMENT = "enrolment"


class TokenScope(StrEnum):
    """What a token reaches. Every address that takes an officer's token names one for each method."""

    SEND_SUBMISSIONS = "send_submissions"
    READ_SUBMISSIONS = "read_submissions"


SCOPE_TITLES: dict[TokenScope, str] = {
    TokenScope.SEND_SUBMISSIONS: "报送文件",
    TokenScope.READ_SUBMISSIONS: "查询报送结果",
}


# What a token begins with says what it is for, to whoever holds it and to nobody else anything.
OFFICER_TOKEN = "pct_"  # noqa: S105
RECIPIENT_TOKEN = "pcr_"  # noqa: S105


class Grant(StrEnum):
    """What widens somebody's rights: one administrator proposes it and another approves it (DP-35)."""

    OPEN_ACCOUNT = "open_account"
    ASSIGN_ROLE = "assign_role"
    REOPEN_ACCOUNT = "reopen_account"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of an act
    RESET_SECOND_FACTOR = "reset_second_factor"
    ISSUE_TOKEN = "issue_token"  # noqa: S105 - the name of an act
    ISSUE_RECIPIENT_TOKEN = "issue_recipient_token"  # noqa: S105 - the name of an act
    RENEW_RECIPIENT_KEY = "renew_recipient_key"


GRANT_TITLES: dict[Grant, str] = {
    Grant.OPEN_ACCOUNT: "开设账号",
    Grant.ASSIGN_ROLE: "更改岗位",
    Grant.REOPEN_ACCOUNT: "重新启用账号",
    Grant.RESET_PASSWORD: "重置密码",
    Grant.RESET_SECOND_FACTOR: "解除动态口令",
    Grant.ISSUE_TOKEN: "签发接口令牌",
    Grant.ISSUE_RECIPIENT_TOKEN: "签发接收方令牌",
    Grant.RENEW_RECIPIENT_KEY: "更换接收方签名密钥",
}
WITH_APPROVAL = frozenset({Grant.ASSIGN_ROLE, Grant.REOPEN_ACCOUNT, Grant.RESET_SECOND_FACTOR})
"""What takes effect as it is approved. The rest ends in a secret, which the proposer collects: no approver sees it."""
OF_RECIPIENTS = frozenset({Grant.ISSUE_RECIPIENT_TOKEN, Grant.RENEW_RECIPIENT_KEY})


class ProposalState(StrEnum):
    """Where a proposal stands. That it has lapsed is no state: it is read from its term."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CARRIED_OUT = "carried_out"


PROPOSAL_STATE_TITLES: dict[ProposalState, str] = {
    ProposalState.PROPOSED: "待审核",
    ProposalState.APPROVED: "已同意，待领取",
    ProposalState.REFUSED: "不同意",
    ProposalState.WITHDRAWN: "已撤回",
    ProposalState.CARRIED_OUT: "已生效",
}


@dataclass(frozen=True)
class Wanted:
    """
    What a proposal asks for: the kind of grant, whom or what it is about in words, and its terms.

    ``officer_id`` is the account concerned, where there is one; ``object_id`` another package's object.
    """

    kind: Grant
    about: str
    officer_id: int | None = None
    object_id: int | None = None
    terms: Mapping[str, str | int | list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ProposalTerm:
    """How long a proposal waits for its answer, and an approved one for its proposer."""

    days: int
    basis: str

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.days)


@dataclass(frozen=True)
class Actor:
    """
    Who an operation is done by: an officer in a role, a token's officer, a subject at its own desk, or the program.

    ``name`` is what the ledger keeps: an account name, never a person's name.
    """

    name: str
    role: Role | None  # empty for the program itself and for a subject
    department_code: str = ""
    subject_id: int | None = None  # a subject that has proved itself: the database gives it its own rows only
    proved_at: datetime | None = None  # when this session last proved the second factor
    session: str = ""  # a hash of the session acted from; empty: no browser

    @property
    def of_department(self) -> bool:
        return self.role in DEPARTMENT_ROLES

    @property
    def of_office(self) -> bool:
        return self.role in OFFICE_ROLES

    @property
    def is_head(self) -> bool:
        return self.role in HEAD_ROLES


PROGRAM = Actor(name="program", role=None)
