"""
How a message reaches whom it is for.

A ``Messenger`` carries it: the county's gateway for short messages (gateway.py), where one is connected by settings.
Without one, and where the gateway does not take a code, it lies in the office's outbox: a folder that only the
program's account reads. The office calls the contact it keeps and reads it out, or prints it; who read out what is
entered on the subject's own log.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

FOLDER = "outbox"
KEPT = 200  # messages; an outbox is no archive


class UnableToSend(Exception):
    """The messenger did not take the message."""


@dataclass(frozen=True)
class Outgoing:
    """A message on its way out of the house. Its number is that of its row, which holds no code."""

    number: int
    kind: str
    contact: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Letterbox:
    """A message as it lies in the outbox."""

    number: int
    kind: str
    contact: str
    text: str
    at: str


class Messenger(Protocol):
    """Whoever carries messages out of the house."""

    def send(self, *, message: Outgoing) -> None:
        """
        Take a message. The same number twice is the same message.

        :raises UnableToSend: it was not taken; it is tried again where it is not a code.
        """


class LocalOutbox:
    """Messages as files under the data folder, each complete before it has its name."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.DATA_FOLDER) / FOLDER

    def send(self, *, message: Outgoing) -> None:
        """Lay a message down, and remove the oldest beyond those kept."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lying = Letterbox(message.number, message.kind, message.contact, message.text, message.at.isoformat())
        unfinished = self.folder / f"{message.number:012d}.new"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(lying), ensure_ascii=False))
        unfinished.replace(unfinished.with_suffix(".json"))
        for old in sorted(self.folder.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)

    def messages(self) -> Iterator[Letterbox]:
        """Give what lies there, the newest first."""
        for file in sorted(self.folder.glob("*.json"), reverse=True):
            yield Letterbox(**json.loads(file.read_text()))

    def message(self, *, number: int) -> Letterbox | None:
        """Give one message, or nothing once it is gone."""
        file = self.folder / f"{number:012d}.json"
        return Letterbox(**json.loads(file.read_text())) if file.exists() else None

    def remove(self, *, number: int) -> None:
        """Remove a message that has been read out."""
        (self.folder / f"{number:012d}.json").unlink(missing_ok=True)
