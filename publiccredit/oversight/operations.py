"""Every write of this package: that the rules were checked, and with what result."""

from datetime import datetime

from django.db import transaction

from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.operations import record_entry
from publiccredit.oversight.types import CheckedRules
from publiccredit.oversight.violations import OPERATION, check_rules


@transaction.atomic
def publish_check(*, at: datetime) -> CheckedRules:
    """This will check every rule of due process and enter the counts in the ledger, from where they are published."""
    checked = check_rules()
    record_entry(
        actor=PROGRAM.name,
        operation=OPERATION,
        object_kind="rules",
        object_id="due_process",
        at=at,
        payload={f"dp{rule.number}": rule.count for rule in checked.rules} | {"total": checked.total},
    )
    return checked
