"""What the site holds when browser tests begin: the packs' own samples, filed through intake."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from publiccredit.accounts.types import Actor, Role
from publiccredit.intake.operations import file_submission, receive_submission
from tests.environment import ROOT

SAMPLES = ROOT / "packs/industries/market_regulation/samples"
LIAISON = Actor(name=Role.LIAISON.value, role=Role.LIAISON, department_code="market_regulation")
FILED = ("accepted/registration.csv", "accepted/licence.xlsx", "accepted/penalty.xlsx", "returned/penalty.csv")


def file_a_small_county() -> None:
    """File four samples as the liaison of market regulation would: one of them comes back with issues."""
    now = datetime.now(tz=UTC)
    for place, name in enumerate(FILED):
        received = receive_submission(
            by=LIAISON,
            department_code=LIAISON.department_code,
            file=SAMPLES / name,
            file_name=Path(name).name,
            channel="page",
            at=now - timedelta(minutes=len(FILED) - place),
        )
        file_submission(submission_id=received.pk, at=now)
