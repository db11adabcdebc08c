"""
The sealed files: what is kept of submissions, decision documents and papers, named by SHA-256, never changed.

A door of the package beside operations, queries and types: intake and casework seal with it what they take in.

A file is complete before it has its name, and until then its taker holds a lock on it: whoever is killed on the way
leaves a file without a holder, which the next sweep removes, and no half original.
"""

import errno
import fcntl
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

PIECE = 1024 * 1024
READ_ONLY = 0o440
UNHELD = "unheld-"  # made, and nothing written yet
TAKING = "taking-"
NEVER_HELD = 10 * 60  # seconds after which nobody is about to hold it any more

log = logging.getLogger(__name__)


class FileTooLarge(Exception):
    """The file is larger than the platform takes."""


@dataclass(frozen=True)
class Sealed:
    sha256: str
    size: int
    is_new: bool = True  # nothing of this content was in the store before


@dataclass(frozen=True)
class Taken:
    """A complete copy of what somebody handed in, held by this process under a name that says so."""

    path: Path
    sha256: str
    size: int


def path_of(*, sha256: str) -> Path:
    """Give where the file of a hash lies."""
    return Path(settings.STORE_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def seal(*, stream: IO[bytes], at_most: int) -> Sealed:
    """
    Put a copy of what a stream holds into the store; the same content is stored once.

    :raises FileTooLarge: it holds more than ``at_most`` bytes; nothing is kept.
    """
    with taken(stream=stream, folder=incoming(), at_most=at_most) as copy:
        is_new = keep(path=copy.path, sha256=copy.sha256)
    return Sealed(sha256=copy.sha256, size=copy.size, is_new=is_new)


def incoming() -> Path:
    """Give where files lie that are being taken in."""
    return Path(settings.STORE_FOLDER) / "incoming"


@contextmanager
def taken(*, stream: IO[bytes], folder: Path, at_most: int) -> Iterator[Taken]:
    """
    Give a copy of what a stream holds, held in a folder until the block ends; what still bears its name then is gone.

    :raises FileTooLarge: it holds more than ``at_most`` bytes; nothing is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=UNHELD)
    with os.fdopen(handle, "wb") as target:
        fcntl.flock(target, fcntl.LOCK_EX)
        # Under this name it has been held from the first moment, so no sweep takes it for a dead one's.
        path = Path(name).rename(Path(name).with_name(Path(name).name.replace(UNHELD, TAKING, 1)))
        try:
            digest, size = _copy(stream, target, at_most)
            target.flush()
            os.fsync(target.fileno())
            path.chmod(READ_ONLY)
            yield Taken(path=path, sha256=digest, size=size)
        finally:
            path.unlink(missing_ok=True)


def keep(*, path: Path, sha256: str) -> bool:
    """Move a complete file to its place in the store, and tell whether nothing of this content was there before."""
    final = path_of(sha256=sha256)
    if final.exists():
        path.unlink()
        return False
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.replace(final)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The store may lie on a disk of its own.
        with path.open("rb") as stream, taken(stream=stream, folder=incoming(), at_most=path.stat().st_size) as copy:
            copy.path.replace(final)
        path.unlink()
    flush_folder(final.parent)
    return True


def flush_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut as well as what bears them."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def discard(*, sealed: Sealed) -> None:
    """Take a file back that was just sealed and that nothing was filed under; what was there before stays."""
    if sealed.is_new:
        path_of(sha256=sealed.sha256).unlink(missing_ok=True)


def remove_left(*, folder: Path) -> None:
    """Remove what killed processes left half taken in a folder."""
    for path in folder.glob(f"{TAKING}*"):
        with passed_over(path=path), unheld(path=path) as left:
            if left:
                path.unlink(missing_ok=True)
    for path in folder.glob(f"{UNHELD}*"):
        with passed_over(path=path):
            if time.time() - path.stat().st_mtime > NEVER_HELD:
                path.unlink(missing_ok=True)


@contextmanager
def passed_over(*, path: Path) -> Iterator[None]:
    """Let a sweep go on past a file it can do nothing with: another account's, or a folder."""
    try:
        yield
    except FileNotFoundError:
        pass  # whoever held it has just put it where it belongs
    except OSError as error:
        log.warning("%s is left where it is: %s", path, error.strerror or type(error).__name__)


@contextmanager
def unheld(*, path: Path) -> Iterator[bool]:
    """Tell whether a file is there and nobody holds it; while the block lasts, nobody else is told so."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _copy(stream: IO[bytes], target: IO[bytes], at_most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > at_most:
            raise FileTooLarge(f"文件超过 {at_most // PIECE} MB 的上限。请拆分后分次报送。")
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest(), size
