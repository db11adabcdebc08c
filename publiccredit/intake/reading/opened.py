"""A file that has been opened: what it was recognised as, its rows, and how many a second parser counts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publiccredit.intake.types import RawChunk, Recognition


@dataclass(frozen=True)
class OpenedFile:
    """
    Rows are read only when asked for, and may be asked for once more.

    ``counted()`` is the number of rows by the second parser, see ``publiccredit.intake.reading.counting``.
    """

    recognition: Recognition
    read: Callable[[], Iterator[RawChunk]]
    count: Callable[[], int]

    def chunks(self) -> Iterator[RawChunk]:
        """
        Give the rows in chunks, in the order of the file.

        :raises UnableToRead: while reading, where something stands in the file that cannot be taken.
        """
        return self.read()

    def counted(self) -> int:
        """
        Count the rows a second time, with a parser that shares nothing with the first.

        :raises UnableToRead: the second parser cannot make sense of the file.
        """
        return self.count()
