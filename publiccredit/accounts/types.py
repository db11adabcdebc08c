"""The frozen values other packages know an officer by."""

from dataclasses import dataclass
from datetime import datetime
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
