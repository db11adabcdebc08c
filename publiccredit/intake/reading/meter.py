"""How far a check has come: counted up by the check itself, looked at from beside it while it works."""

from dataclasses import dataclass

from publiccredit.intake.types import Progress


@dataclass
class Meter:
    """Counts that only grow. Plain numbers: whoever looks may see one of them a moment late, and no harm done."""

    surveyed: int = 0  # bytes of worksheets that were looked through
    to_survey: int = 0
    read: int = 0  # rows
    counted: int | None = None  # rows by the second parser, once it is through

    def progress(self) -> Progress:
        """Give the counts as they stand."""
        percent = min(100, 100 * self.surveyed // self.to_survey) if self.to_survey else None
        read = self.read if self.counted is None else min(self.read, self.counted)
        return Progress(surveyed_percent=percent, rows_read=read, rows_counted=self.counted)
