"""What a worker does for the desk: remind, and erase what is no longer needed. No right and no term waits for it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from publiccredit.subjectdesk.gateway import for_notices
from publiccredit.subjectdesk.operations import erase_contacts, remind_of_repairs, tell_of_letters

QUEUE = "subjectdesk"
LETTERS_QUEUE = "notices"  # has a worker of its own: a file of a million rows holds the other one for minutes
NIGHTLY = "23 17 * * *"  # twenty-three past one in China
DAYTIME = "17 0-9 * * *"  # seventeen past each hour from eight to five in China: nobody is woken, a failure is mended
MINUTELY = "* * * * *"  # a decision is told of when it is made: its term for a review runs
MINUTELY_BY_DAY = "* 0-9 * * *"


@app.periodic(cron=MINUTELY)
@app.task(name="tell_of_letters", queue=LETTERS_QUEUE, queueing_lock="tell_of_letters")
def tell(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Write what tells of new letters; the subject sees it on its page at once. Doing it again changes nothing."""
    tell_of_letters(at=timezone.now())


@app.periodic(cron=MINUTELY_BY_DAY)
@app.task(name="send_letters", queue=QUEUE, queueing_lock="send_letters")
def send(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Send what was written of letters a moment ago. Doing it again changes nothing."""
    tell_of_letters(at=timezone.now(), messenger=for_notices())


@app.periodic(cron=DAYTIME)
@app.task(name="remind_of_repairs", queue=QUEUE, queueing_lock="remind_of_repairs")
def remind(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Write and send what is due, and all that was not taken before. Doing it again changes nothing."""
    now, messenger = timezone.now(), for_notices()
    tell_of_letters(at=now)
    remind_of_repairs(at=now, messenger=messenger)


@app.periodic(cron=NIGHTLY)
@app.task(name="erase_reader_contacts", queue=QUEUE, queueing_lock="erase_reader_contacts")
def erase(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Erase what people gave of themselves and whose term is over: nobody sees it since. Again it changes nothing."""
    erase_contacts(at=timezone.now())
