"""What a worker does for the desk: remind, and erase what is no longer needed. No right and no term waits for it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from publiccredit.subjectdesk.gateway import for_notices
from publiccredit.subjectdesk.operations import erase_contacts, remind_of_repairs, tell_of_letters

QUEUE = "subjectdesk"
NIGHTLY = "23 17 * * *"  # twenty-three past one in China
DAYTIME = "17 0-9 * * *"  # seventeen past each hour from eight to five in China: nobody is woken, a failure is mended


@app.periodic(cron=DAYTIME)
@app.task(name="remind_of_repairs", queue=QUEUE, queueing_lock="remind_of_repairs")
def remind(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Write and send what is due. Doing it again changes nothing."""
    now, messenger = timezone.now(), for_notices()
    remind_of_repairs(at=now, messenger=messenger)
    tell_of_letters(at=now, messenger=messenger)


@app.periodic(cron=NIGHTLY)
@app.task(name="erase_reader_contacts", queue=QUEUE, queueing_lock="erase_reader_contacts")
def erase(timestamp: int) -> None:  # noqa: ARG001 - the scheduler hands in its tick
    """Erase what people gave of themselves and whose term is over: nobody sees it since. Again it changes nothing."""
    erase_contacts(at=timezone.now())
