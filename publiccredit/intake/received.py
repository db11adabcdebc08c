"""
Files as departments send them, from their receipt to the end of their filing, and no longer.

A file that was sent may be about persons, of whom nothing is kept: so it lies apart from the store, by the number of
its submission, until it is filed or refused. Then the store takes what is kept, the file itself or its cleared copy;
of a file refused as a whole nothing is kept. A backup does not hold this folder.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.intake.child_process import remove_left_folders
from publiccredit.intake.models import Submission, SubmissionState
from publiccredit.subjects import store

FINAL = (SubmissionState.FILED, SubmissionState.REFUSED)
ARRIVING = 7310579  # first half of the advisory locks of submissions that are not committed yet
CLEARED = ".cleared"
OF_A_SUBMISSION = re.compile(r"([0-9]+)(\..*)?")
XLSX = ".xlsx"
OLD_WORKBOOK = ".xls"


@contextmanager
def taken(*, file: Path | IO[bytes]) -> Iterator[store.Taken]:
    """
    Give a copy of what was sent; whatever is not placed within the block is gone after it.

    :raises FileTooLarge: it is larger than the platform takes.
    """
    limit = settings.UPLOAD_MAX_BYTES
    if isinstance(file, Path):
        with file.open("rb") as stream, store.taken(stream=stream, folder=_folder(), at_most=limit) as copy:
            yield copy
    else:
        with store.taken(stream=file, folder=_folder(), at_most=limit) as copy:
            yield copy


@contextmanager
def placed(*, copy: store.Taken, submission_id: int) -> Iterator[None]:
    """
    Let the copy be that of a submission, provided the block ends well: it ends before the submission's commit.

    Whether a commit whose answer was lost stands, only the database can tell afterwards: then the sweep tidies up.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ARRIVING, submission_id])
    place = _folder() / str(submission_id)
    copy.path.rename(place)
    store.flush_folder(_folder())
    try:
        yield
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def path_of(*, submission: Submission) -> Path:
    """Give where the file of a submission lies that is not filed yet."""
    return _folder() / str(submission.pk)


def path_to_read(*, submission: Submission) -> Path:
    """
    Give where the file of a submission that is not filed yet is read: by its number or, sealed at once, in the store.

    :raises FileNotFoundError: it is at neither place: a restored database may count where another one left files.
    """
    place, sealed = path_of(submission=submission), store.path_of(sha256=submission.file_sha256)
    if _holds(place, submission.file_sha256):
        return place
    if sealed.exists():
        return sealed
    raise FileNotFoundError(place)


def cleared_path_of(*, submission: Submission) -> Path:
    """Give where the copy without persons lies, once it is complete, until the submission is filed."""
    return _folder() / f"{submission.pk}{CLEARED}"


def complete(*, written: Path, submission: Submission) -> str:
    """Make a written file the submission's cleared copy, and give its SHA-256."""
    with written.open("rb") as stream:
        os.fsync(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    written.chmod(store.READ_ONLY)
    written.replace(cleared_path_of(submission=submission))
    store.flush_folder(_folder())
    return digest


def kept_path_of(*, submission: Submission) -> Path:
    """Give where what is kept of a filed submission lies; a file that only bears its number is not taken for it."""
    candidate = _kept_candidate(submission)
    # Between the commit and the store there is a moment, and a killed process makes it longer.
    if _holds(candidate, submission.kept_sha256):
        return candidate
    return store.path_of(sha256=submission.kept_sha256)


def kept_name_of(*, submission: Submission) -> str:
    """Give the name under which what is kept of a submission may be sent again: an xls is cleared as an xlsx."""
    name = PurePath(submission.file_name)
    was_cleared = submission.kept_sha256 != submission.file_sha256
    return name.with_suffix(XLSX).name if was_cleared and name.suffix.lower() == OLD_WORKBOOK else name.name


def settle(*, submission: Submission) -> None:
    """
    Move what is kept of a final submission into the store and remove the rest. Doing it again changes nothing.

    A file that bears its number and is another's, as an older database left it, is among the rest.
    """
    candidate = _kept_candidate(submission)
    if submission.state == SubmissionState.FILED and _holds(candidate, submission.kept_sha256):
        # Where it is not, it is in the store already, or another process is just moving it there.
        with suppress(FileNotFoundError):
            store.keep(path=candidate, sha256=submission.kept_sha256)
    for path in _folder().glob(f"{submission.pk}.*"):
        path.unlink(missing_ok=True)
    path_of(submission=submission).unlink(missing_ok=True)


def tidy() -> None:
    """Bring to its end what killed processes left: files half taken, of no submission, or of one that is final."""
    folder = _folder()
    remove_left_folders()
    store.remove_left(folder=folder)
    store.remove_left(folder=store.incoming())
    for path in folder.glob("[0-9]*"):
        if named := OF_A_SUBMISSION.fullmatch(path.name):
            with store.passed_over(path=path), store.unheld(path=path) as left:
                if left:
                    _tidy_one(path, int(named[1]))


def _tidy_one(path: Path, number: int) -> None:
    with acting(actor=PROGRAM):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ARRIVING, number])
            if not cursor.fetchone()[0]:
                return  # its sender is gone, and its commit still under way
        submission = Submission.objects.filter(pk=number).first()
    if submission is None:
        path.unlink(missing_ok=True)
    elif submission.state in FINAL:
        settle(submission=submission)


def _holds(path: Path, sha256: str) -> bool:
    with suppress(FileNotFoundError), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    return False


def _kept_candidate(submission: Submission) -> Path:
    if submission.kept_sha256 == submission.file_sha256:
        return path_of(submission=submission)
    return cleared_path_of(submission=submission)


def _folder() -> Path:
    # Two databases that share a data folder count their submissions each from one.
    database = quote(str(connection.settings_dict["NAME"] or "default"), safe="")
    folder = Path(settings.RECEIVED_FOLDER) / database
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
