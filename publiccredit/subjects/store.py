"""
The sealed originals: files, decision documents and papers, named by their SHA-256, written once, never changed.

A door of the package beside operations, queries and types: intake and casework seal with it what they take in.

A file is complete before it has its name: whoever is killed on the way leaves a temporary file and no half original.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from django.conf import settings

PIECE = 1024 * 1024
READ_ONLY = 0o440


class FileTooLarge(Exception):
    """The file is larger than the platform takes."""


@dataclass(frozen=True)
class Sealed:
    sha256: str
    size: int
    is_new: bool = True  # nothing of this content was in the store before


def path_of(*, sha256: str) -> Path:
    """Give where the file of a hash lies."""
    return Path(settings.STORE_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def seal(*, stream: IO[bytes], at_most: int) -> Sealed:
    """
    Put a copy of what a stream holds into the store; the same content is stored once.

    :raises FileTooLarge: it holds more than ``at_most`` bytes; nothing is kept.
    """
    folder = Path(settings.STORE_FOLDER) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            sealed = _copy(stream, target, at_most)
            target.flush()
            os.fsync(target.fileno())
        sealed = replace(sealed, is_new=not path_of(sha256=sealed.sha256).exists())
        _place(temporary, sealed)
    finally:
        temporary.unlink(missing_ok=True)
    return sealed


def seal_path(*, path: Path, at_most: int) -> Sealed:
    """
    Put a copy of a file into the store.

    :raises FileTooLarge: it is larger than ``at_most`` bytes.
    """
    with path.open("rb") as stream:
        return seal(stream=stream, at_most=at_most)


def discard(*, sealed: Sealed) -> None:
    """Take a file back that was just sealed and that nothing was filed under; what was there before stays."""
    if sealed.is_new:
        path_of(sha256=sealed.sha256).unlink(missing_ok=True)


def _copy(stream: IO[bytes], target: IO[bytes], at_most: int) -> Sealed:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > at_most:
            raise FileTooLarge(f"文件超过 {at_most // PIECE} MB 的上限。请拆分后分次报送。")
        digest.update(piece)
        target.write(piece)
    return Sealed(sha256=digest.hexdigest(), size=size)


def _place(temporary: Path, sealed: Sealed) -> None:
    final = path_of(sha256=sealed.sha256)
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary.chmod(READ_ONLY)
    temporary.replace(final)
    # The name must survive a power cut as well as the content: the folder is flushed too.
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
