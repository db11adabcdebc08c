"""
The database and the sealed originals, written to one folder and brought back from it.

The dump is taken first: whatever original it names was sealed before, so the copy of the store that follows holds it.
What is brought back is proven: the dump by its hash, each original by its name, the ledger by the head in the manifest.
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection

from publiccredit.ledger import queries as ledger
from publiccredit.ledger.types import Head
from publiccredit.site import database, embedded_postgres

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

    :raises UnableToBackUp: the folder exists, or the database could not be read as a whole.
    """
    if folder.exists():
        raise UnableToBackUp(f"{folder} 已存在。请写一个新的文件夹，备份之间互不覆盖。")
    database.start()
    folder.mkdir(parents=True, mode=0o700)
    dump = folder / DUMP
    done = _run("pg_dump", "--format=custom", f"--file={dump}", role=embedded_postgres.SUPERUSER)
    if done.returncode != 0:
        shutil.rmtree(folder)
        raise UnableToBackUp(f"数据库没有完整读出：\n{done.stderr[-2000:]}")
    with database.acting_as_program():
        head = ledger.head()
    store = Path(settings.STORE_FOLDER)
    if store.exists():
        shutil.copytree(store, folder / STORE)
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

    :raises UnableToRestore: the backup is damaged, or the database or the store is not empty; nothing was changed.
    """
    manifest = _sound_manifest(folder)
    database.start()
    _refuse_unless_empty()
    done = _run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        str(folder / DUMP),
        role=embedded_postgres.OWNER,
    )
    if done.returncode != 0:
        raise UnableToRestore(f"数据库没有恢复成功，请换一个空的数据库重试：\n{done.stderr[-2000:]}")
    if (folder / STORE).exists():
        shutil.copytree(folder / STORE, settings.STORE_FOLDER, dirs_exist_ok=True)
    database.prepare()
    with database.acting_as_program():
        verdict = ledger.verify(kept=_head_within(manifest))
    if not verdict.holds:
        raise UnableToRestore("留痕与备份时不符，请勿使用这个数据库：publiccredit ledger verify 指出位置。")
    return {**manifest, "ledger_entries": verdict.entries}


def _head_within(manifest: dict[str, Any]) -> Head | None:
    """Give the kept head, unless it was entered between the dump and its own reading."""
    kept = manifest["ledger_head_at_or_after_dump"]
    last = ledger.head()
    return Head(**kept) if kept and last and last.position >= kept["position"] else None


def _sound_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (FileNotFoundError, ValueError) as error:
        raise UnableToRestore(f"{folder} 中没有完整的备份（缺少 {MANIFEST}）。请核对路径。") from error
    if _hash(folder / DUMP) != manifest["dump_sha256"]:
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


def _originals(store: Path) -> list[Path]:
    return [p for p in store.rglob("*") if p.is_file() and len(p.name) == 64] if store.exists() else []


def _run(program: str, *arguments: str, role: str) -> subprocess.CompletedProcess[str]:
    """Run one of the server's own programs against the database in use."""
    parts = _address(role)
    binaries = embedded_postgres.locate(settings.DATA_FOLDER).binaries / "bin"
    database_argument = [f"--dbname={parts['NAME']}"]
    return subprocess.run(  # noqa: S603 - our own binaries, our own arguments
        [str(binaries / program), *database_argument, *arguments],
        env={
            "PATH": "/usr/bin:/bin",
            "PGHOST": parts["HOST"],
            "PGPORT": parts["PORT"] or "5432",
            "PGUSER": parts["USER"],
            "PGPASSWORD": parts["PASSWORD"],
            "PGCLIENTENCODING": "UTF8",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def _address(role: str) -> dict[str, str]:
    """Whoever dumps must see every department's rows; whoever restores owns the tables."""
    if settings.DATABASE_IS_EMBEDDED:
        return embedded_postgres.locate(settings.DATA_FOLDER).url_parts(role, connection.settings_dict["NAME"])
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    url = urlsplit(owner if role == embedded_postgres.OWNER else os.environ.get("DATABASE_BACKUP_URL") or owner)
    return {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
    }


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
