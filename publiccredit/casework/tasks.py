"""What a worker does for casework: look at the clocks. Nothing that ends by law waits for it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from publiccredit.casework.operations import escalate

QUEUE = "casework"
SWEEP = "7,37 * * * *"  # a clock of working days changes at midnight; the second look is for the one that failed


@app.periodic(cron=SWEEP)
@app.task(name="escalate_cases", queue=QUEUE, queueing_lock="escalate_cases")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Remind, and suspend what is overdue where the county has switched it on. Doing it again changes nothing."""
    escalate(at=timezone.now())
