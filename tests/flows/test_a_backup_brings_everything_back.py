"""A backup is worth what its restoring is worth."""

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.intake import received
from publiccredit.intake.models import Submission
from publiccredit.ledger.operations import record_entry
from publiccredit.site import embedded_postgres
from publiccredit.site.backup import MANIFEST, UnableToBackUp, UnableToRestore, back_up, restore
from publiccredit.subjects.store import incoming, path_of, taken
from tests.environment import ROOT
from tests.factories import penalty_row
from tests.flows.filing import send

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_a_backup_is_restored_elsewhere_and_proven(
    fresh_database: str, tmp_path: Path, settings: object, django_db_blocker: pytest.FixtureRequest
) -> None:
    settings.STORE_FOLDER = tmp_path / "store"  # type: ignore[attr-defined]
    settings.RECEIVED_FOLDER = tmp_path / "received"  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        filed = _filed_by_a_process_that_was_killed()
        entry = record_entry(actor="program", operation="try", object_kind="backup", object_id=1, at=AT)
        with taken(stream=io.BytesIO(b"just coming in"), folder=incoming(), at_most=100):
            manifest = back_up(folder=tmp_path / "kept", at=AT)
        with pytest.raises(UnableToBackUp, match="已存在"):
            back_up(folder=tmp_path / "kept", at=AT)
        with pytest.raises(UnableToRestore, match="空的数据库"):
            restore(folder=tmp_path / "kept")
    assert entry > 0
    assert manifest["ledger_head_at_or_after_dump"]["position"] == 3
    assert manifest["originals"] == 1
    assert not (tmp_path / "kept" / "store" / "incoming").exists()

    done = _restored(tmp_path / "kept", to=tmp_path / "elsewhere")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["ledger_entries"] == 3

    shutil.rmtree(tmp_path / "kept" / "store")
    done = _restored(tmp_path / "kept", to=tmp_path / "without its files")
    assert done.returncode == 2, done.stdout
    assert f"有 1 次报送的留存文件不在这份备份中：报送编号 {filed.pk}。" in done.stdout + done.stderr


def _filed_by_a_process_that_was_killed() -> Submission:
    """Its file is where it was received, and not yet in the store."""
    with acting(actor=PROGRAM):
        filed = send([penalty_row(1)])
        path_of(sha256=filed.kept_sha256).rename(received.path_of(submission=filed))
    return filed


def _restored(folder: Path, *, to: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **{k: v for k, v in os.environ.items() if k != "PUBLICCREDIT_DATABASE_NAME"},
        "PUBLICCREDIT_DATA": str(to),
    }
    program = [sys.executable, "-m", "publiccredit.site.commands"]
    try:
        done = subprocess.run(
            [*program, "restore", str(folder), "--json"],
            capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=240,
        )  # fmt: skip
        assert not embedded_postgres.is_running(to), "started for the restoring, and left running"
        return done
    finally:
        embedded_postgres.remove(to)


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnableToRestore, match="没有完整的备份"):
        restore(folder=tmp_path)
    (tmp_path / "database.dump").write_bytes(b"damaged")
    (tmp_path / MANIFEST).write_text('{"dump_sha256": "0"}')
    with pytest.raises(UnableToRestore, match="可能已损坏"):
        restore(folder=tmp_path)


def test_nothing_is_brought_back_beside_what_another_database_received(
    fresh_database: str, tmp_path: Path, settings: object, django_db_blocker: pytest.FixtureRequest
) -> None:
    settings.STORE_FOLDER = tmp_path / "store"  # type: ignore[attr-defined]
    settings.RECEIVED_FOLDER = tmp_path / "received"  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        back_up(folder=tmp_path / "kept", at=AT)
    elsewhere = tmp_path / "elsewhere"
    left = elsewhere / "received" / "publiccredit" / "1"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of an older database")
    done = _restored(tmp_path / "kept", to=elsewhere)
    assert done.returncode == 2, done.stdout
    said = f"{elsewhere / 'received'} 中还有另一个数据库收到而没有处理完的报送文件。请把这个文件夹移到别处"
    assert said in done.stdout + done.stderr
    assert left.read_bytes() == b"of an older database"
    (elsewhere / "received").rename(tmp_path / "moved away")
    (elsewhere / "received").mkdir()
    done = _restored(tmp_path / "kept", to=elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_backup_that_another_has_just_begun_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another_begins() -> None:
        (tmp_path / "kept").mkdir()
        (tmp_path / "kept" / MANIFEST).write_text("{}")

    monkeypatch.setattr("publiccredit.site.backup.database.start", another_begins)
    with pytest.raises(UnableToBackUp, match="备份写不进"):
        back_up(folder=tmp_path / "kept", at=AT)
    assert (tmp_path / "kept" / MANIFEST).exists()
