"""What the site holds when browser tests begin: the packs' own samples, filed through intake."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publiccredit.accounts.types import Actor, Role
from publiccredit.casework.operations import hand_in_paper, open_case, take_case
from publiccredit.casework.types import Applicant, Asked, Channel, PaperIn
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.intake.operations import file_submission, receive_submission
from publiccredit.subjects.models import Record
from tests.environment import ROOT
from tests.factories import penalty_row, sent_csv, synthetic_uscc
from tests.flows.filing import check_here
from tests.papers import a_pdf

SAMPLES = ROOT / "packs/industries/market_regulation/samples"
LIAISON = Actor(name=Role.LIAISON.value, role=Role.LIAISON, department_code="market_regulation")
CLERK = Actor(name=Role.OFFICE_CLERK.value, role=Role.OFFICE_CLERK)
# A penalty old enough that its repair may be asked for, and one to be withdrawn after an objection.
OLD_ENTERPRISE = synthetic_uscc(41)
OTHER_ENTERPRISE = synthetic_uscc(42)
FILED = ("accepted/registration.csv", "accepted/licence.xlsx", "accepted/penalty.xlsx", "returned/penalty.csv")


def file_a_small_county() -> None:
    """File as the liaison of market regulation would: one file comes back with issues, one raises a question."""
    now = datetime.now(tz=UTC)
    files = [
        *((SAMPLES / name, Path(name).name) for name in FILED),
        (io.BytesIO(sent_csv(_OTHER_NAME)), "更名.csv"),
        (io.BytesIO(sent_csv(_old_penalties(now))), "往期.csv"),
        (io.BytesIO(sent_csv(_LONG)), f"{'很长的文件名' * 12}.csv"),
    ]
    for place, (file, name) in enumerate(files):
        received = receive_submission(
            by=LIAISON,
            department_code=LIAISON.department_code,
            file=file,
            file_name=name,
            channel="page",
            at=now - timedelta(minutes=len(files) - place),
        )
        file_submission(submission_id=received.pk, at=now, check=check_here)
    _one_objection(now)


def _one_objection(now: datetime) -> None:
    """An enterprise objects at the counter, with a paper; the office has taken the case."""
    record = Record.objects.filter(record_type="administrative_penalty", subject__isnull=False).order_by("-pk").first()
    assert record is not None
    case = open_case(
        by=CLERK,
        procedure=ProcedureName.OBJECTION,
        applicant=Applicant(party=Party.SUBJECT, name="濉溪县示例企业", contact="0561-0000000"),
        asked=Asked(ground="wrong_or_missing", request="罚款金额与决定书不符。", record_ids=(record.pk,)),
        channel=Channel.COUNTER,
        at=now,
    )
    paper = PaperIn(kind="evidence", file_name="决定书.pdf", content=a_pdf("synthetic"))
    hand_in_paper(by=CLERK, case_id=case.pk, paper=paper, at=now)
    take_case(by=CLERK, case_id=case.pk, at=now)


# What is as long as it may be and has no place to break: no page may grow wider for it.
LONG_SUBJECT = synthetic_uscc(5)
_LONG = [
    penalty_row(
        5,
        subject_uscc=LONG_SUBJECT,
        subject_name=f"濉溪县{'名称很长的示例建材' * 9}（Anhui{'Constructionmaterials' * 3}）有限公司",
        document_number=f"濉市监罚〔2026〕{'1234567890' * 9}号",
        violation_facts="Unbreakable" * 40,
    )
]
# Two names under one identifier: a question for the office.
_OTHER_NAME = [penalty_row(1), penalty_row(2, subject_uscc=synthetic_uscc(1), subject_name="濉溪县山水烟花销售部")]


def _old_penalties(now: datetime) -> list[dict[str, str]]:
    decided, served = (str((now - timedelta(days=days)).date()) for days in (200, 195))
    return [
        penalty_row(
            number,
            subject_uscc=uscc,
            subject_name=f"濉溪县往期{number}号建材有限公司",
            document_number=f"濉市监处罚〔2026〕{number}号",
            decided_on=decided,
            served_on=served,
        )
        for number, uscc in ((41, OLD_ENTERPRISE), (42, OTHER_ENTERPRISE))
    ]
