"""Whatever a file says of natural persons is nowhere to be found once it is filed or refused, whoever dies on the way."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM, Role
from publiccredit.intake import operations, received, receiving
from publiccredit.intake.annotation.marking.outline import Unsure
from publiccredit.intake.models import Submission
from publiccredit.intake.operations import cleared_here, file_submission, receive_submission
from publiccredit.intake.queries import annotated_workbook
from publiccredit.ledger.models import Entry
from publiccredit.site import embedded_postgres
from publiccredit.subjects.models import Record
from publiccredit.subjects.store import path_of, seal
from tests.accounts import issued_token, opened_account
from tests.flows import persons
from tests.flows.dying import running, until
from tests.flows.filing import AT, LIAISON, check_here, outcome
from tests.flows.test_the_command_line_answers import run

PASSWORD = "long-enough-3819"
MOMENTS = {  # of death, and how many submissions there are afterwards
    "while the file is taken in": 0,
    "before its receipt is committed": 0,
    "after its receipt": 1,
    "while it is checked": 1,
    "while the copy is written": 1,
    "before it is filed": 1,
    "before the filing is committed": 1,
    "just after the filing is committed": 1,
    "when the copy is in the store": 1,
}


@pytest.fixture
def database(fresh_database: str) -> Iterator[str]:
    act_as(actor=PROGRAM)
    yield fresh_database


@pytest.fixture
def left(database: str, cluster: embedded_postgres.Cluster) -> object:
    return lambda: persons.left_over(database=database, cluster=cluster)


def _submission(content: bytes, name: str) -> Submission:
    taken = receive_submission(
        by=LIAISON, department_code="market_regulation", file=io.BytesIO(content), file_name=name, channel="page", at=AT
    )
    return file_submission(submission_id=taken.pk, at=AT, check=check_here, clear=cleared_here)


def _liaison() -> Client:
    officer = opened_account(username="liaison", display_name="联络员", role=Role.LIAISON, department_code="market_regulation",
        password=PASSWORD, at=AT,
    )  # fmt: skip
    client = Client()
    client.force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    token = issued_token(officer, name="程序", at=AT)
    client.token = token.secret
    return client


@pytest.mark.parametrize("kind", persons.FILES)
def test_a_file_of_every_format_is_kept_without_the_persons_it_names(
    kind: str, database: str, cluster: embedded_postgres.Cluster, left: object
) -> None:
    name, made = persons.FILES[kind]
    content = made()
    sent = _submission(content, name)
    assert outcome(sent) == persons.OUTCOME
    assert sent.persons_refused == 3
    assert left() == []
    # The search can find: what may be kept is there, and the file that is kept is no longer the one that came.
    assert persons.left_over(database=database, cluster=cluster, of=(persons.ENTERPRISE,)) != []
    assert path_of(sha256=sent.kept_sha256).exists()
    assert not path_of(sha256=sent.file_sha256).exists()

    with annotated_workbook(submission_id=sent.pk) as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.read()))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert "罚酒三杯" in cells
    assert [word for word in persons.PLANTED if any(word in cell for cell in cells)] == []
    assert cells.count("（自然人的记录，内容已清空）") == 3

    again = _submission(content, name)
    assert (outcome(again), again.file_sha256) == (("filed", 6, 0, 4, 2), sent.file_sha256)
    assert left() == []


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv in gb18030", "csv with doubled returns", "json lines"])
def test_what_is_kept_is_read_again_like_the_file_itself(kind: str, left: object) -> None:
    name, content = persons.FILES[kind]
    sent = _submission(content(), name)
    kept = received.kept_path_of(submission=sent)
    again = _submission(kept.read_bytes(), received.kept_name_of(submission=sent))
    assert outcome(again) == ("filed", 6, 0, 4, 2)
    assert again.recognised["sheets"] == sent.recognised["sheets"]
    assert _codes(sent, again="N-105") == _codes(again, again="N-105")
    assert left() == []


def _unsure(**_: object) -> bool:
    raise Unsure("written anew")


def _codes(sent: Submission, *, again: str) -> set[tuple[int, str]]:
    """Give what was found at which row; of a number that is masked, and a person's row, what is said of it again."""
    found = sent.issues.exclude(code="P-102").values_list("row_number", "code")
    return {(row, again if code == "P-101" else code) for row, code in found}


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("kind", persons.CLEAN_FILES)
def test_a_number_where_no_check_looks_does_not_stay(
    kind: str, anew: bool, left: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    if anew:
        monkeypatch.setattr("publiccredit.intake.clearing.in_place.clear_in_place", _unsure)
    name, content = persons.CLEAN_FILES[kind]
    sent = _submission(content(), name)
    assert outcome(sent) == ("filed", 2, 2, 0, 0)
    assert left() == []
    again = _submission(received.kept_path_of(submission=sent).read_bytes(), received.kept_name_of(submission=sent))
    assert outcome(again) == ("filed", 2, 0, 0, 2)


@pytest.mark.usefixtures("database")
def test_a_file_without_persons_is_kept_as_it_came() -> None:
    content = b"\xef\xbb\xbf" + persons.sent_csv([persons.ROWS[0]])
    sent = _submission(content, "处罚.csv")
    assert sent.kept_sha256 == sent.file_sha256
    assert path_of(sha256=sent.kept_sha256).read_bytes() == content


def test_of_a_file_refused_as_a_whole_nothing_is_kept(left: object) -> None:
    content = persons.FILES["csv"][1]().replace("处罚类别".encode(), persons.NUMBERS[0].encode())
    sent = _submission(content, f"{persons.NUMBERS[1]}.csv")
    assert (sent.state, sent.kept_sha256) == ("refused", "")
    assert left() == []


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv in gb18030"])
def test_nothing_stays_of_what_comes_by_the_page(kind: str, database: str, left: object) -> None:
    client = _liaison()
    name, content = persons.FILES[kind]
    done = client.post("/intake/", {"file": SimpleUploadedFile(name, content()), "key": "k1"})
    assert done.status_code == 302
    act_as(actor=PROGRAM)
    number = Submission.objects.get().pk
    done = run("resume", "--json", database=database)
    assert done.returncode == 0, done.stderr
    said = client.get(f"/intake/submissions/{number}/").content.decode()
    assert "3 行是自然人的记录" in said
    assert [word for word in persons.PLANTED if word in said] == []
    act_as(actor=PROGRAM)
    assert outcome(Submission.objects.get()) == persons.OUTCOME
    assert left() == []


@pytest.mark.parametrize("kind", ["csv with mark", "json lines"])
def test_nothing_stays_of_what_a_program_sends(kind: str, database: str, left: object) -> None:
    client = _liaison()
    name, content = persons.FILES[kind]
    headers = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": "k-1"}
    sent = Client().post("/api/v1/submissions", {"file": SimpleUploadedFile(name, content())}, headers=headers)
    assert sent.status_code == 202, sent.content
    assert run("resume", database=database).returncode == 0
    told = Client().get(sent.headers["Location"], headers=headers).json()
    assert (told["accepted"], told["persons_refused"]) == (2, 3)
    assert [word for word in persons.PLANTED if word in json.dumps(told, ensure_ascii=False)] == []
    act_as(actor=PROGRAM)
    assert left() == []


@pytest.mark.parametrize("kind", ["xlsx", "tabs"])
def test_nothing_stays_of_what_is_submitted_from_the_shell(
    kind: str, database: str, left: object, tmp_path: Path
) -> None:
    name, content = persons.FILES[kind]
    path = tmp_path / name
    path.write_bytes(content())
    done = run("submit", str(path), "--department", "market_regulation", "--json", database=database)
    assert json.loads(done.stdout)["accepted"] == 2, done.stderr
    assert [word for word in persons.PLANTED if word in done.stdout + done.stderr] == []
    act_as(actor=PROGRAM)
    assert left() == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_stays_of_a_file_whose_process_was_killed(
    moment: str, database: str, left: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, content = persons.FILES["csv in gb18030"]
    path = tmp_path / name
    path.write_bytes(content())
    with running("tests.flows.persons_process", moment, str(path), database=database) as process:
        assert process.wait(timeout=60) == -9
    sent = Submission.objects.count()
    assert sent == MOMENTS[moment]
    monkeypatch.setattr(operations.file_submission, "__kwdefaults__", {"check": check_here, "clear": cleared_here})
    # The server keeps the dead process's locks until it notices the death.
    until(lambda: bool(operations.resume_submissions(now=lambda: AT) or True) and _all_final())
    assert [outcome(s) for s in Submission.objects.all()] == [persons.OUTCOME] * sent
    assert Record.objects.count() == 2 * sent
    assert Entry.objects.count() == 2 * sent
    assert [path_of(sha256=s.kept_sha256).exists() for s in Submission.objects.all()] == [True] * sent
    assert left() == []


def _all_final() -> bool:
    return not Submission.objects.exclude(state__in=("filed", "refused")).exists()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("left", [None, b"another file, of the same number in an older database"])
def test_a_file_that_was_not_brought_back_with_its_backup_is_to_be_sent_again(left: bytes | None) -> None:
    taken = receive_submission(
        by=LIAISON, department_code="market_regulation", file=io.BytesIO(persons.FILES["csv"][1]()),
        file_name="处罚.csv", channel="page", at=AT,
    )  # fmt: skip
    path = received.path_of(submission=taken)
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    sent = file_submission(submission_id=taken.pk, at=AT)
    assert sent.state == "refused"
    assert sent.refusal == "平台上已找不到这份文件，本次未入库任何内容。请重新报送。"
    assert json.loads(Entry.objects.get(operation="refuse_submission").payload)["reason"] == "file_gone"
    assert not path.exists()


@pytest.fixture
def store_of_an_earlier_version(database: str, tmp_path: Path, settings: object) -> None:
    """In it lies what the other tests must find nowhere."""
    settings.STORE_FOLDER = tmp_path / "store"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("store_of_an_earlier_version")
@pytest.mark.parametrize("rows", [persons.ROWS, persons.ROWS[:1]], ids=["with persons", "without"])
def test_a_file_that_was_sealed_on_its_receipt_is_filed_from_the_store(rows: list[dict[str, str]]) -> None:
    content = persons.sent_csv(rows)
    taken = receive_submission(
        by=LIAISON, department_code="market_regulation", file=io.BytesIO(content), file_name="处罚.csv", channel="page",
        at=AT,
    )  # fmt: skip
    seal(stream=io.BytesIO(content), at_most=len(content))
    received.path_of(submission=taken).unlink()
    sent = file_submission(submission_id=taken.pk, at=AT, check=check_here, clear=cleared_here)
    assert sent.state == "filed"
    assert (sent.kept_sha256 == sent.file_sha256) == (sent.persons_refused == 0)
    assert path_of(sha256=sent.kept_sha256).exists()


@pytest.mark.usefixtures("store_of_an_earlier_version")
def test_a_page_says_of_the_kept_file_only_what_is_so() -> None:
    client = _liaison()
    content = persons.FILES["csv"][1]()
    unknown = content.replace("处罚类别".encode(), "什么".encode())

    def said(sent: Submission) -> str:
        page = client.get(f"/intake/submissions/{sent.pk}/").content.decode()
        act_as(actor=PROGRAM)
        return page

    filed, refused = _submission(content, "处罚.csv"), _submission(unknown, "处罚.csv")
    assert (filed.state, refused.state) == ("filed", "refused")
    assert "不留存其中任何内容：留存的文件中，这些行已清空" in said(filed)
    assert "平台没有保存这份文件" in said(refused)
    for there in (content, unknown):  # as they were sealed before there was a cleared copy
        seal(stream=io.BytesIO(there), at_most=len(there))
    page = said(filed)
    assert "留存的文件中，这些行已清空" in page and "不留存其中任何内容" not in page
    page = said(refused)
    assert "改正后重新报送即可" in page and "没有保存" not in page


ANOTHER = b"another file, of the same number in an older database"


@pytest.mark.usefixtures("store_of_an_earlier_version")
@pytest.mark.parametrize("rows", [persons.ROWS, persons.ROWS[:1]], ids=["with persons", "without"])
def test_a_file_that_only_bears_a_submissions_number_is_never_taken_for_its_own(rows: list[dict[str, str]]) -> None:
    filed = _submission(persons.sent_csv(rows), "处罚.csv")
    kept = path_of(sha256=filed.kept_sha256)
    content = kept.read_bytes()
    for path in (received.path_of(submission=filed), received.cleared_path_of(submission=filed)):
        path.write_bytes(ANOTHER)
    assert received.kept_path_of(submission=filed) == kept
    kept.unlink()
    assert received.kept_path_of(submission=filed) == kept
    received.settle(submission=filed)
    assert not kept.exists()
    assert not received.path_of(submission=filed).exists() and not received.cleared_path_of(submission=filed).exists()
    kept.write_bytes(content)
    assert received.kept_path_of(submission=filed).read_bytes() == content


def _taken_in() -> Submission:
    return receive_submission(
        by=LIAISON, department_code="market_regulation", file=io.BytesIO(persons.FILES["csv"][1]()),
        file_name="处罚.csv", channel="page", at=AT,
    )  # fmt: skip


@pytest.mark.usefixtures("database")
def test_a_receipt_that_is_committed_keeps_its_file_though_its_sender_never_heard_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit = BaseDatabaseWrapper._commit

    def lost(wrapper: BaseDatabaseWrapper) -> None:
        commit(wrapper)
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as losing, pytest.raises(OperationalError):
        losing.setattr(BaseDatabaseWrapper, "_commit", lost)
        _taken_in()
    taken = Submission.objects.get()
    assert received.path_of(submission=taken).exists()
    assert file_submission(submission_id=taken.pk, at=AT, check=check_here, clear=cleared_here).state == "filed"


@pytest.mark.usefixtures("database")
def test_a_receipt_that_is_not_committed_leaves_no_file(left: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise IntegrityError("the ledger refuses")

    monkeypatch.setattr(receiving, "record_entry", refused)
    with pytest.raises(IntegrityError, match="the ledger refuses"):
        _taken_in()
    assert (Submission.objects.count(), left()) == (0, [])


@pytest.mark.usefixtures("database")
def test_the_sweep_leaves_a_file_whose_commit_is_still_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender has lost the connection and let go of the file; the server is still about to commit."""
    commit = BaseDatabaseWrapper._commit

    def sweep() -> None:
        received.tidy()
        connection.close()

    def slow(wrapper: BaseDatabaseWrapper) -> None:
        if threading.current_thread() is threading.main_thread():
            sweeping = threading.Thread(target=sweep)
            sweeping.start()
            sweeping.join()
        commit(wrapper)

    with monkeypatch.context() as losing:
        losing.setattr(received.store, "unheld", lambda path: nullcontext(path.exists()))
        losing.setattr(BaseDatabaseWrapper, "_commit", slow)
        taken = _taken_in()
    assert received.path_of(submission=taken).exists()
    path = received.path_of(submission=taken).with_name(str(taken.pk + 1))
    path.write_bytes(ANOTHER)
    received.tidy()
    assert (received.path_of(submission=taken).exists(), path.exists()) == (True, False)
    assert file_submission(submission_id=taken.pk, at=AT, check=check_here, clear=cleared_here).state == "filed"
