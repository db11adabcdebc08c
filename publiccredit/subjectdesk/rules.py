"""What every act at the desk asks first: who may do it, and how it is refused."""

from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import Actor
from publiccredit.catalogue.types import ProcedureName
from publiccredit.subjectdesk.types import Right, Visitor


class DeskRefused(Exception):
    """What was asked at the desk cannot be done; the message says what was found and what would be right."""

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(message)
        self.where = where  # the field of the form that is to be put right


def office_only(by: Actor) -> None:
    """:raises NotAllowed: the actor is not of the office."""
    if not by.of_office:
        raise NotAllowed("主体的联系方式和核验函由信用办办理。请用信用办账号登录。")


def require(visitor: Visitor, right: Right) -> None:
    """:raises NotAllowed: the handler has not been given this right."""
    if not visitor.may(right):
        raise NotAllowed(f"您的授权不包括“{right.label}”。请由本单位办理，或者请本单位另行授权。")


def right_to(procedure: str) -> Right:
    """Give the right a procedure asks for; objecting covers every one but repair."""
    return Right.REPAIR if procedure == ProcedureName.CREDIT_REPAIR else Right.OBJECT


def subject_itself(visitor: Visitor) -> None:
    """:raises NotAllowed: a handler is at the desk."""
    if not visitor.is_subject:
        raise NotAllowed("授权和撤销由本单位自己办理，经办人不能办理。")
