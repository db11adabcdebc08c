"""
The database and the store of kept files, written to one folder and brought back from it.

The dump is taken first, then what it says was filed is brought into the store, so the copy of the store that follows
holds every file the dump names. What was received and not filed is in no backup.
What is brought back is proven: the dump by its hash, each file by its name, the ledger by the head in the manifest, and
that no file is missing of which a submission says that it is kept.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from subprocess import PIPE
from typing import Any

from django.conf import settings
from django.db import connection

from publiccredit.intake import operations as intake
from publiccredit.intake import queries as submissions
from publiccredit.ledger import queries as ledger
from publiccredit.ledger.types import Head
from publiccredit.site import database, database_url, embedded_postgres
from publiccredit.subjects.store import incoming

DUMP = "database.dump"
STORE = "store"
MANIFEST = "manifest.json"


class UnableToBackUp(Exception):
    """The backup was not written; the message says why and what to do."""


class UnableToRestore(Exception):
    """Nothing, or not everything, was brought back; the message says why and what to do."""


def back_up(*, folder: Path, at: datetime) -> dict[str, Any]:
    """
    Write the database and the store into a new folder, and give its manifest.

    :raises UnableToBackUp: the folder exists or cannot be written, or the database could not be read as a whole.
    """
    if folder.exists():
        raise UnableToBackUp(f"{folder} 已存在。请写一个新的文件夹，备份之间互不覆盖。")
    database.start()
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:  # another backup may have made it just now: it is not this one's to remove
        raise _not_writable(folder, error) from error
    try:
        return _written(folder, at)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)  # half a backup would be taken for one
        raise _not_writable(folder, error) from error


def _not_writable(folder: Path, error: OSError) -> UnableToBackUp:
    why = os.strerror(error.errno) if error.errno else str(error)
    return UnableToBackUp(f"备份写不进 {folder}：{why}。请换一个可写、有空间的位置，重新备份。")


def _written(folder: Path, at: datetime) -> dict[str, Any]:
    dump = folder / DUMP
    if complaint := _dump(dump):
        shutil.rmtree(folder)
        raise UnableToBackUp(f"数据库没有完整读出：\n{complaint[-2000:]}")
    with database.acting_as_program():
        head = ledger.head()
        intake.settle_filed_submissions()
    store = Path(settings.STORE_FOLDER)
    if store.exists():
        # What is still being taken in is gone from there at any moment, and no dump names it.
        shutil.copytree(store, folder / STORE, ignore=shutil.ignore_patterns(incoming().name))
    manifest = {
        "written_at": at.isoformat(),
        "dump_sha256": _hash(dump),
        "ledger_head_at_or_after_dump": asdict(head) if head else None,
        "originals": sum(1 for _ in _originals(folder / STORE)),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def restore(*, folder: Path) -> dict[str, Any]:
    """
    Bring a backup back into an empty database and an empty store, and prove it.

    :raises UnableToRestore: the backup is damaged, or the database, the store or the folder of received files is not
        empty; nothing was changed.
    """
    manifest = _sound_manifest(folder)
    database.start()
    _refuse_unless_empty()
    if complaint := _load(folder / DUMP):
        raise UnableToRestore(f"数据库没有恢复，也没有改动：\n{complaint[-2000:]}")
    if (folder / STORE).exists():
        shutil.copytree(folder / STORE, settings.STORE_FOLDER, dirs_exist_ok=True)
    database.prepare()
    with database.acting_as_program():
        verdict = ledger.verify(kept=_head_within(manifest))
        missing = submissions.kept_files_missing()
    if not verdict.holds:
        raise UnableToRestore("留痕与备份时不符，请勿使用这个数据库：publiccredit ledger verify 指出位置。")
    if missing:
        numbers = "、".join(str(number) for number in missing[:20]) + (" 等" if len(missing) > 20 else "")
        raise UnableToRestore(
            f"数据库和留痕已恢复，但有 {len(missing)} 次报送的留存文件不在这份备份中：报送编号 {numbers}。"
            f"记录不受影响，但标注工作簿不能再下载。请从另一份备份的 {STORE} 文件夹补上，或请原部门重新报送。"
        )
    return {**manifest, "ledger_entries": verdict.entries}


def _head_within(manifest: dict[str, Any]) -> Head | None:
    """Give the kept head, unless it was entered between the dump and its own reading."""
    kept = manifest.get("ledger_head_at_or_after_dump")
    last = ledger.head()
    return Head(**kept) if kept and last and last.position >= kept["position"] else None


def _sound_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        written, now = manifest["dump_sha256"], _hash(folder / DUMP)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnableToRestore(
            f"{folder} 中没有完整的备份（缺少 {MANIFEST} 或 {DUMP}，或者读不出）。请核对路径。"
        ) from error
    if now != written:
        raise UnableToRestore(f"{folder / DUMP} 与备份时不一致，可能已损坏。请用另一份备份。")
    damaged = [p.name for p in _originals(folder / STORE) if _hash(p) != p.name]
    if damaged:
        raise UnableToRestore(f"原始文件与其名称（SHA-256）不符：{'、'.join(damaged[:5])}。请用另一份备份。")
    return manifest


def _refuse_unless_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchone()[0]
    if tables or any(_originals(Path(settings.STORE_FOLDER))):
        raise UnableToRestore(
            "恢复只能在空的数据库和空的数据目录中进行，现有内容不会被覆盖。请用 PUBLICCREDIT_DATA 和 DATABASE_URL"
            " 指向新的位置。"
        )
    # They bear the numbers of another database's submissions, and the one brought back counts from its own.
    received = Path(settings.RECEIVED_FOLDER)
    if any(path.is_file() for path in received.rglob("*")):
        raise UnableToRestore(
            f"没有恢复，也没有改动：{received} 中还有另一个数据库收到而没有处理完的报送文件。请把这个文件夹移到别处，"
            "必要时请原部门重新报送其中的文件；或者用 PUBLICCREDIT_DATA 指向新的位置，再恢复。"
        )


def _originals(store: Path) -> list[Path]:
    return [p for p in store.rglob("*") if p.is_file() and len(p.name) == 64] if store.exists() else []


@dataclass(frozen=True)
class _Access:
    """Whom one of the server's programs connects as, and what that role needs beside its name."""

    parts: dict[str, Any]
    options: str = ""  # of the session
    arguments: tuple[str, ...] = ()

    def command(self, program: str, *arguments: str) -> list[str]:
        address = database_url.written(parts={**self.parts, "PASSWORD": ""}, options=self.options)
        return [str(embedded_postgres.client(program)), f"--dbname={address}", *self.arguments, *arguments]

    @property
    def environment(self) -> dict[str, str]:
        password = {"PGPASSWORD": self.parts["PASSWORD"]} if self.parts.get("PASSWORD") else {}
        return {**os.environ, **password, "PGCLIENTENCODING": "UTF8"}


def _dumping() -> _Access:
    """Whoever dumps must see every department's rows."""
    if settings.DATABASE_IS_EMBEDDED:
        return _Access(database.embedded(role=embedded_postgres.SUPERUSER))
    if url := os.environ.get("DATABASE_BACKUP_URL"):
        # Of a role that row-level security binds, pg_dump ends with an error instead of leaving rows out.
        return _Access(database_url.read(url=url, variable="DATABASE_BACKUP_URL"))
    return _Access(database.owner(), options="-c publiccredit.role=program", arguments=("--enable-row-security",))


def _restoring() -> _Access:
    """Whoever restores owns the tables."""
    return _Access(database.owner())


def _dump(dump: Path) -> str:
    """Write the dump; give what went wrong, or nothing."""
    access = _dumping()
    done = subprocess.run(  # noqa: S603 - the server's own program, our own arguments
        access.command("pg_dump", "--format=custom", f"--file={dump}"),
        env=access.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr or f"pg_dump {done.returncode}" if done.returncode else ""


def _load(dump: Path) -> str:
    """
    Carry out the dump in one transaction; give what went wrong, or nothing.

    pg_restore writes, psql carries out: pg_restore alone sets transaction_timeout, which servers before 17 refuse.
    """
    access = _restoring()
    writing = [
        str(embedded_postgres.client("pg_restore")),
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--file=-",
    ]
    reading = access.command(
        "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"
    )
    with tempfile.TemporaryFile() as complaints:
        with (
            subprocess.Popen([*writing, str(dump)], stdout=PIPE, stderr=complaints) as script,  # noqa: S603 - as above
            subprocess.Popen(reading, env=access.environment, stdin=PIPE, stderr=complaints) as session,  # noqa: S603
        ):
            _pass_on(script, session)
        if script.returncode == 0 and session.returncode == 0:
            return ""
        complaints.seek(0)
        return complaints.read().decode(errors="replace") or "pg_restore"


def _pass_on(script: subprocess.Popen[bytes], session: subprocess.Popen[bytes]) -> None:
    assert script.stdout is not None
    assert session.stdin is not None
    try:
        for line in script.stdout:
            if line != b"SET transaction_timeout = 0;\n":
                session.stdin.write(line)
            if line.startswith(b"CREATE "):  # the settings stand before everything; what follows may be data
                break
        shutil.copyfileobj(script.stdout, session.stdin)
        session.stdin.close()
    except BrokenPipeError:  # the session ended; it has said why
        script.kill()


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
