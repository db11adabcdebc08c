"""What a worker does for casework: look at the clocks. Nothing that ends by law waits for it."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from publiccredit.casework.operations import escalate

QUEUE = "casework"
SWEEP = "7,37 * * * *"  # a clock of working days changes at midnight; the second look is for the one that failed


@app.periodic(cron=SWEEP)
@app.task(name="escalate_cases", queue=QUEUE, queueing_lock="escalate_cases")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Remind, and suspend what is overdue where the county has switched it on. Doing it again changes nothing."""
    escalate(at=timezone.now())


def sweep_soon() -> None:
    """
    Let a worker look at the clocks now: one that starts does so, for a tick that passed while none ran is not made up.

    Asked twice before it is done, it is done once.
    """
    try:
        with transaction.atomic():
            sweep.configure().defer(timestamp=int(timezone.now().timestamp()))
    except AlreadyEnqueued:
        return
