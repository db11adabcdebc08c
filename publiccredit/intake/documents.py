"""Decision documents as deposited: one by one, or in a zip whose entries are named by document number."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from publiccredit.intake.bearers import Bearer, bearers_of, said_of
from publiccredit.intake.models import DecisionDocument
from publiccredit.subjects import papers, store
from publiccredit.subjects.operations import attach_document_hash

MOST_ENTRIES = 2_000
LARGEST_DOCUMENT = 50 * 1024 * 1024
LARGEST_ZIP = 500 * 1024 * 1024
ENCRYPTED = 0x1
SHOWN = 10  # papers of a zip that are none; nobody reads on
# Brackets people type in place of those of a document number: 濉市监处罚[2026]15号.
_IN_FILE_NAMES = str.maketrans("[]［］【】()（）", "〔〕" * 5)


class UnableToAttach(Exception):
    """The document is not taken; the message says why and what would be right."""


@dataclass(frozen=True)
class Deposited:
    """One document, the number it is filed under and, where the sender says it, whose it is."""

    document_number: str
    file_name: str
    sealed: store.Sealed
    subject: str = ""


@dataclass(frozen=True)
class Found:
    """Where a document belongs: the number as it stands on file, whose records bear it, and whom the sender means."""

    number: str
    bearers: tuple[Bearer, ...]
    meant: Bearer | None


@dataclass(frozen=True)
class Attached:
    """How a deposit came out: what went where, what is no number on file, and what may be of several subjects."""

    attached: tuple[str, ...]
    unmatched: tuple[str, ...]
    written_to: tuple[str, ...] = ()  # each number with the subject whose records it was put on
    undetermined: tuple[str, ...] = ()  # each in a sentence that says whose it may be and how to say it

    @property
    def number(self) -> int:
        return len(self.attached)


def number_of(*, file_name: str) -> str:
    """Give the document number a file is named by: 濉市监处罚〔2026〕15号.pdf is 濉市监处罚〔2026〕15号."""
    return PurePosixPath(file_name.replace("\\", "/")).stem.strip()


@contextmanager
def opened(file: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """Open a path; take a stream as it is."""
    if isinstance(file, Path):
        with file.open("rb") as stream:
            yield stream
    else:
        yield file


def is_zip(*, file_name: str) -> bool:
    """Tell whether a file is a zip of documents by its name; an Office document is a zip inside, and one document."""
    return file_name.lower().endswith(".zip")


def documents_in(*, stream: IO[bytes]) -> Iterator[Deposited]:
    """
    Seal the documents of a zip, each on its own; of one that cannot be taken whole, none is kept, and every paper that
    is none is named at once.

    :raises UnableToAttach: it is no zip, is encrypted, or holds too many or too large entries, or one that is no paper.
    """
    taken: list[store.Sealed] = []
    unfit: list[str] = []
    with _all_or_none(taken), zipfile.ZipFile(stream) as archive:
        for entry in _entries(archive):
            with archive.open(entry) as content:
                # The stated size may lie: what really comes out is counted.
                sealed = store.seal(stream=content, at_most=LARGEST_DOCUMENT)
            taken.append(sealed)
            name = _name(entry)
            try:
                _verify(name, sealed)
            except UnableToAttach as refusal:
                unfit.append(str(refusal))
                continue
            yield Deposited(document_number=number_of(file_name=name), file_name=name, sealed=sealed)
        if unfit:
            more = f"另有 {len(unfit) - SHOWN} 个文件也不能接收。" if len(unfit) > SHOWN else ""
            raise UnableToAttach("".join(unfit[:SHOWN]) + more)


@contextmanager
def _all_or_none(taken: list[store.Sealed]) -> Iterator[None]:
    """
    Put into words why a zip cannot be taken, and take back what was sealed of it.

    :raises UnableToAttach: it cannot be taken.
    """
    try:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
            raise UnableToAttach("压缩包无法打开，可能已损坏。请重新压缩为 zip 后上传。") from error
        except NotImplementedError as error:
            raise UnableToAttach(
                "压缩包用了平台打不开的压缩方式。请用系统自带的“压缩为 zip”重新压缩后上传。"
            ) from error
        except store.FileTooLarge as error:
            raise UnableToAttach(str(error)) from error
    except UnableToAttach:
        for sealed in taken:
            store.discard(sealed=sealed)
        raise


def document_in(*, stream: IO[bytes], file_name: str, document_number: str, subject: str = "") -> Deposited:
    """
    Seal a single document; where no number is given, the file is named by it.

    :raises UnableToAttach: it is no paper that can be read, or too large.
    """
    try:
        sealed = store.seal(stream=stream, at_most=LARGEST_DOCUMENT)
    except store.FileTooLarge as error:
        raise UnableToAttach(str(error)) from error
    with _all_or_none([sealed]):
        _verify(file_name, sealed)
    number = document_number.strip() or number_of(file_name=file_name)
    name = PurePosixPath(file_name).name
    return Deposited(document_number=number, file_name=name, sealed=sealed, subject=subject.strip())


def _verify(name: str, sealed: store.Sealed) -> None:
    with store.path_of(sha256=sealed.sha256).open("rb") as stream:
        try:
            papers.verify(name=name, stream=stream, at_most=LARGEST_DOCUMENT)
        except papers.NotAPaper as refusal:
            raise UnableToAttach(str(refusal)) from refusal


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [e for e in archive.infolist() if not e.is_dir() and not _name(e).startswith((".", "__MACOSX"))]
    if not entries:
        raise UnableToAttach("压缩包中没有文件。请把以文书号命名的决定书放入压缩包。")
    if len(entries) > MOST_ENTRIES:
        raise UnableToAttach(f"压缩包中有 {len(entries)} 个文件，一次最多 {MOST_ENTRIES} 个。请分几次上传。")
    if any(e.flag_bits & ENCRYPTED for e in entries):
        raise UnableToAttach("压缩包设有密码。请去掉密码后重新压缩上传。")
    if sum(e.file_size for e in entries) > LARGEST_ZIP:
        raise UnableToAttach(f"压缩包解开后超过 {LARGEST_ZIP // 1024 // 1024} MB。请分几次上传。")
    return entries


def _name(entry: zipfile.ZipInfo) -> str:
    # Windows programs write Chinese names in GBK without saying so; the zip module then reads them as cp437.
    name = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = entry.filename
    return PurePosixPath(name).name


def whose(*, deposited: Deposited, department_code: str) -> Found:
    """
    Tell whose records a document belongs on: by its number, or by NUMBER_IDENTIFIER as the file may be named.

    Where the number stands on records of several subjects and the sender says nothing, it is nobody's.
    """
    written = deposited.document_number
    stem, _, named = written.rpartition("_")
    ways = [(written, deposited.subject), (stem, deposited.subject or named.strip())]
    for as_written, said in ways:
        for number in dict.fromkeys((as_written.strip(), as_written.strip().translate(_IN_FILE_NAMES))):
            if bearers := bearers_of(department_code=department_code, document_number=number):
                return Found(number, bearers, said_of(bearers=bearers, said=said))
    return Found(written, (), None)


def file_document(
    *, deposited: Deposited, found: Found, department_code: str, by_name: str, at: datetime, entry_id: int
) -> bool:
    """Put one document on the records of the one subject it is about; tell whether there is one."""
    if found.meant is None:
        return False
    sha256 = deposited.sealed.sha256
    attach_document_hash(record_ids=found.meant.record_ids, sha256=sha256, at=at, entry_id=entry_id)
    DecisionDocument.objects.get_or_create(
        department_code=department_code,
        document_number=found.number,
        sha256=sha256,
        subject_identifier=found.meant.identifier[:200],
        defaults={
            "file_name": deposited.file_name[:255],
            "file_size": deposited.sealed.size,
            "attached_by": by_name,
            "attached_at": at,
            "entry_id": entry_id,
        },
    )
    return True


def outcome_of(*, found: dict[Deposited, Found]) -> Attached:
    """Tell how a deposit came out."""
    named = [(f, f.meant) for f in found.values() if f.meant]
    return Attached(
        attached=tuple(d.document_number for d, f in found.items() if f.meant),
        unmatched=tuple(d.file_name for d, f in found.items() if not f.bearers),
        written_to=tuple(f"{f.number}（{meant.name}，{len(meant.record_ids)} 条记录）" for f, meant in named),
        undetermined=tuple(_undetermined(d, f) for d, f in found.items() if f.bearers and not f.meant),
    )


def _undetermined(deposited: Deposited, found: Found) -> str:
    whose_else = "、".join(b.words for b in found.bearers)
    example = f"{found.number}_{found.bearers[0].identifier}{PurePosixPath(deposited.file_name).suffix}"
    several = f"是 {len(found.bearers)} 个主体的记录" if len(found.bearers) > 1 else "是另一个主体的记录"
    return (
        f"{deposited.file_name}：文书号 {found.number} 下{several}：{whose_else}。请写明这份决定书是谁的："
        f"单份的填写“统一社会信用代码”，zip 中的文件以“文书号_代码”命名，如“{example}”。"
    )
