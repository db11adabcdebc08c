"""What a worker does for the desk: remind. No right and no term waits for it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from publiccredit.subjectdesk.operations import remind_of_repairs
from publiccredit.subjectdesk.outbox import LocalOutbox

QUEUE = "subjectdesk"
MORNING = "17 1 * * *"  # 01:17 UTC, twenty past nine in China: a message reaches an office that is open


@app.periodic(cron=MORNING)
@app.task(name="remind_of_repairs", queue=QUEUE, queueing_lock="remind_of_repairs")
def remind(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Write and send what is due. Doing it again changes nothing."""
    remind_of_repairs(at=timezone.now(), messenger=LocalOutbox())
