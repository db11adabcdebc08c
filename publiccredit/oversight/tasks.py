"""What a worker does for oversight: ask every night whether the rules of due process are kept, and publish it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from publiccredit.oversight.operations import publish_check

QUEUE = "oversight"
NIGHTLY = "41 18 * * *"  # 02:41 in China, where the scheduler counts in UTC


@app.periodic(cron=NIGHTLY)
@app.task(name="check_rules", queue=QUEUE, queueing_lock="check_rules")
def check(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Count what breaks a rule, and enter the counts in the ledger."""
    publish_check(at=timezone.now())
