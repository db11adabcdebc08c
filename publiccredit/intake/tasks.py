"""What a worker does for intake: file what was received, and take up what was interrupted."""

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from publiccredit.intake.operations import BeingFiled, file_submission, resume_submissions

QUEUE = "filing"
SWEEP = "*/2 * * * *"  # every two minutes: whoever was killed is missed no longer than that


@app.task(
    name="file_submission",
    queue=QUEUE,
    retry=RetryStrategy(max_attempts=5, exponential_wait=4),
)
def file_received(submission_id: int) -> None:
    """File one submission. Doing it again changes nothing."""
    try:
        file_submission(submission_id=submission_id, at=timezone.now())
    except BeingFiled:
        # Another worker is at it; should that one die, the sweep takes the submission up.
        return


@app.periodic(cron=SWEEP)
@app.task(name="resume_submissions", queue=QUEUE, queueing_lock="resume_submissions")
def resume(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Take up the submissions whose worker died."""
    resume_submissions(now=timezone.now)


def file_soon(*, submission_id: int) -> None:
    """Let a worker file a submission; asked twice, it is filed once."""
    job = file_received.configure(queueing_lock=f"file_submission:{submission_id}")
    try:
        with transaction.atomic():
            job.defer(submission_id=submission_id)
    except AlreadyEnqueued:
        return
