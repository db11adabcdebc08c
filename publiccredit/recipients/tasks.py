"""What a worker does for recipients: tell those who hold a record that it has changed."""

from django.utils import timezone
from procrastinate.contrib.django import app

from publiccredit.recipients.operations import deliver_due
from publiccredit.recipients.types import Delivered

QUEUE = "notices"
TICK = "* * * * * */15"  # every fifteen seconds: DP-18 asks for the first call within sixty


@app.periodic(cron=TICK)
@app.task(name="deliver_notices", queue=QUEUE, queueing_lock="deliver_notices")
def deliver(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Deliver what is due, until nothing is. Doing it again changes nothing."""
    while deliver_due(now=timezone.now) != Delivered():
        continue
