"""For each write of a proposal and of the right it gives: it fails, nothing partial is there, and trying again works."""

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import (
    approve_grant,
    collect_grant,
    grant_at_shell,
    propose_grant,
    refuse_grant,
    withdraw_grant,
)
from publiccredit.accounts.types import PROGRAM, Grant
from tests.accounts import TERM, two_administrators
from tests.flows.failing import Failing
from tests.flows.test_permissions_need_four_eyes import AT, NEW, about


def test_every_write_of_a_proposal_and_of_its_right_may_fail(failing: Failing) -> None:
    first, second = two_administrators()
    made = []
    asked = {"by": first, "reason": "部门来函", "term": TERM, "at": AT}
    assert failing.through(lambda: made.append(propose_grant(wanted=NEW, **asked))) == 2
    number = made[-1].pk
    assert failing.through(lambda: approve_grant(by=second, proposal_id=number, term=TERM, at=AT)) == 2
    assert failing.through(lambda: collect_grant(by=first, proposal_id=number, at=AT)) == 4
    officer = Officer.objects.get(username="li")
    role = about(officer, Grant.ASSIGN_ROLE, role="office_clerk", department_code="")
    number = propose_grant(wanted=role, **asked).pk
    # Approved, carried out, the account, the proposal used up, and the entry.
    assert failing.through(lambda: approve_grant(by=second, proposal_id=number, term=TERM, at=AT)) == 5
    number = propose_grant(wanted=about(officer, Grant.RESET_PASSWORD), **asked).pk
    assert failing.through(lambda: refuse_grant(by=second, proposal_id=number, because="没有来函", at=AT)) == 2
    number = propose_grant(wanted=about(officer, Grant.RESET_PASSWORD), **asked).pk
    assert failing.through(lambda: withdraw_grant(by=first, proposal_id=number, at=AT)) == 2
    lost = about(Officer.objects.get(username=second.name), Grant.RESET_PASSWORD)
    assert failing.through(lambda: grant_at_shell(by=PROGRAM, wanted=lost, reason="忘记密码", at=AT)) == 4
