"""
How a message reaches its recipient.

A county connects its own gateway for short messages or mail as a ``Messenger``. Without one, messages are laid into a
folder that only the program's account reads; the office tells them on by the contact it keeps, and the demonstration
shows them.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

FOLDER = "outbox"
KEPT = 200  # messages; the outbox of a demonstration is no archive


class UnableToSend(Exception):
    """The messenger did not take the message."""


@dataclass(frozen=True)
class Letterbox:
    """A message as it lies in the local outbox."""

    contact: str
    text: str
    at: str


class Messenger(Protocol):
    """Whoever carries messages out of the house."""

    def send(self, *, contact: str, text: str, at: datetime) -> None:
        """
        Take a message.

        :raises UnableToSend: it was not taken; it is tried again where it is not a code.
        """


class LocalOutbox:
    """Messages as files under the data folder, each complete before it has its name."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.DATA_FOLDER) / FOLDER

    def send(self, *, contact: str, text: str, at: datetime) -> None:
        """Lay a message down, and remove the oldest beyond those kept."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = sorted(self.folder.glob("*.json"))
        unfinished = self.folder / f"{at:%Y%m%dT%H%M%S%f}-{len(names):06d}.new"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(Letterbox(contact, text, at.isoformat())), ensure_ascii=False))
        unfinished.replace(unfinished.with_suffix(".json"))
        for old in names[: max(0, len(names) + 1 - KEPT)]:
            old.unlink(missing_ok=True)

    def messages(self) -> Iterator[Letterbox]:
        """Give what lies there, the newest first."""
        for file in sorted(self.folder.glob("*.json"), reverse=True):
            yield Letterbox(**json.loads(file.read_text()))
