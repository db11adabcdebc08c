"""A backup is worth what its restoring is worth."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publiccredit.ledger.operations import record_entry
from publiccredit.site import embedded_postgres
from publiccredit.site.backup import MANIFEST, UnableToBackUp, UnableToRestore, back_up, restore
from tests.environment import ROOT

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_a_backup_is_restored_elsewhere_and_proven(
    fresh_database: str, tmp_path: Path, settings: object, django_db_blocker: pytest.FixtureRequest
) -> None:
    settings.STORE_FOLDER = tmp_path / "store"  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        entry = record_entry(actor="program", operation="try", object_kind="backup", object_id=1, at=AT)
        manifest = back_up(folder=tmp_path / "kept", at=AT)
        with pytest.raises(UnableToBackUp, match="已存在"):
            back_up(folder=tmp_path / "kept", at=AT)
        with pytest.raises(UnableToRestore, match="空的数据库"):
            restore(folder=tmp_path / "kept")
    assert entry > 0
    assert manifest["ledger_head_at_or_after_dump"]["position"] == 1

    elsewhere = {
        **{k: v for k, v in os.environ.items() if k != "PUBLICCREDIT_DATABASE_NAME"},
        "PUBLICCREDIT_DATA": str(tmp_path / "elsewhere"),
    }
    program = [sys.executable, "-m", "publiccredit.site.commands"]
    try:
        done = subprocess.run(
            [*program, "restore", str(tmp_path / "kept"), "--json"],
            capture_output=True, text=True, cwd=ROOT, env=elsewhere, check=False, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["ledger_entries"] == 1
        assert not embedded_postgres.is_running(tmp_path / "elsewhere"), "started for the restoring, and left running"
    finally:
        embedded_postgres.remove(tmp_path / "elsewhere")


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnableToRestore, match="没有完整的备份"):
        restore(folder=tmp_path)
    (tmp_path / "database.dump").write_bytes(b"damaged")
    (tmp_path / MANIFEST).write_text('{"dump_sha256": "0"}')
    with pytest.raises(UnableToRestore, match="可能已损坏"):
        restore(folder=tmp_path)


def test_a_backup_that_another_has_just_begun_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another_begins() -> None:
        (tmp_path / "kept").mkdir()
        (tmp_path / "kept" / MANIFEST).write_text("{}")

    monkeypatch.setattr("publiccredit.site.backup.database.start", another_begins)
    with pytest.raises(UnableToBackUp, match="备份写不进"):
        back_up(folder=tmp_path / "kept", at=AT)
    assert (tmp_path / "kept" / MANIFEST).exists()
