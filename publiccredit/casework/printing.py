"""Letters on paper: their parts, for a page that prints on A4 and for ``letter_files``."""

from dataclasses import dataclass

from publiccredit.casework.letters import writer_name
from publiccredit.casework.models import Letter
from publiccredit.casework.types import LetterKind


@dataclass(frozen=True)
class Printed:
    """A letter as it stands on paper."""

    heading: str  # the body that writes
    title: str
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    signature: tuple[str, ...]


def printed_letter(*, letter: Letter) -> Printed:
    """Give the parts of a letter as it was made; nothing of it is written anew."""
    title, number, addressee, *body, signature = letter.text.split("\n\n")
    lines = [line for part in body for line in part.splitlines() if line.strip()]
    return Printed(
        heading=writer_name(case=letter.case, kind=LetterKind(letter.kind)),
        title=title,
        number=number,
        addressee=addressee,
        paragraphs=tuple(lines),
        signature=tuple(signature.splitlines()),
    )
