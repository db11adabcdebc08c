"""The bytes of papers: sealed in the file store under their SHA-256, complete before they have their name."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

READ_ONLY = 0o440


def path_of(*, sha256: str) -> Path:
    """Give where the paper of a hash lies."""
    return Path(settings.STORE_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def seal(*, content: bytes) -> str:
    """Put a paper into the store and give its hash; the same content is stored once."""
    sha256 = hashlib.sha256(content).hexdigest()
    final = path_of(sha256=sha256)
    if final.exists():
        return sha256
    final.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=final.parent)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        Path(name).chmod(READ_ONLY)
        Path(name).replace(final)
    finally:
        Path(name).unlink(missing_ok=True)
    return sha256
