"""The plan carried out: every file written, received and filed by the intake itself, as on the day it was sent."""

import json
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from publiccredit.accounts.types import Actor, Role
from publiccredit.intake import operations as intake
from publiccredit.intake import queries as submissions
from publiccredit.site import database
from publiccredit.site.demo.accounts import LIAISONS
from publiccredit.site.demo.files import write
from publiccredit.site.demo.plan import File, Nil, Step, steps
from publiccredit.site.demo.progress import Progress, write_progress

SEED = "濉溪"
PLAN = "demo.json"
PAUSE = 0.2  # seconds between two looks at a submission the worker is filing


def last_day(*, folder: Path, today: date) -> date:
    """
    Give the last day of the county: the one before the first start, kept so that a later start adds nothing.

    Whatever hour the demonstration starts at, nothing in it is stamped later than now.
    """
    file = folder / PLAN
    if not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps({"until": (today - timedelta(days=1)).isoformat()}))
        unfinished.replace(file)
    return date.fromisoformat(json.loads(file.read_text())["until"])


def fill(*, until: date, folder: Path, report: Callable[[Progress], None]) -> Progress:
    """File what is not filed yet, in the order in which it was sent. Stopped anywhere, it goes on from there."""
    planned = steps(until=until, seed=SEED)
    done = _done(planned)
    filed = 0
    with tempfile.TemporaryDirectory(prefix="publiccredit-demo-") as made:
        for step in planned:
            if step.key not in done:
                _carry_out(step, Path(made))
            filed += 1
            state = Progress(filed=filed, of=len(planned))
            if step.key not in done or state.complete:
                write_progress(state, folder=folder)
                report(state)
    return Progress(filed=filed, of=len(planned))


def _done(planned: Iterable[Step]) -> set[str]:
    with database.acting_as_program():
        filed = submissions.finished_idempotency_keys()
        declared = submissions.declared_nil_periods()
    nils = {n.key for n in planned if isinstance(n, Nil) and (n.department, n.source, n.start, n.until) in declared}
    return nils | {f.key for f in planned if isinstance(f, File) and (f.department, f.key) in filed}


def _carry_out(step: Step, made: Path) -> None:
    by = Actor(name=LIAISONS[step.department].username, role=Role.LIAISON, department_code=step.department)
    if isinstance(step, Nil):
        intake.declare_nil_return(
            by=by,
            department_code=step.department,
            source=step.source,
            period_from=step.start,
            period_until=step.until,
            at=step.at,
        )
        return
    path = made / step.name
    write(rows=step.rows, form=step.form, path=path, encoding=step.encoding, created=step.at)
    submission = intake.receive_submission(
        by=by,
        department_code=step.department,
        file=path,
        file_name=step.name,
        channel="page",
        at=step.at,
        source=step.source,
        idempotency_key=step.key,
        served_on=step.served_on,
    )
    _file(submission.pk, step.at)
    path.unlink()


def _file(submission_id: int, at: datetime) -> None:
    """File a submission, or wait for its end where the worker's sweep has taken it up as an interrupted one."""
    while True:
        try:
            # No child process: these files are our own, and starting one costs a second each.
            intake.file_submission(
                submission_id=submission_id, at=at, check=intake.check_here, clear=intake.cleared_here
            )
        except intake.BeingFiled:
            time.sleep(PAUSE)
        else:
            return
