"""Procedures are packs: two rule sets side by side, another jurisdiction's clocks, and refusals that teach."""

import importlib.util
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from publiccredit.accounts.operations import act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.effects import REPAIR_EFFECTS, REPLACED_BY
from publiccredit.casework.models import Case
from publiccredit.casework.operations import (
    UnableToExtend,
    close_case,
    escalate,
    extend_deadline,
    forward_to_source,
    reject_objection,
    request_papers,
)
from publiccredit.casework.queries import review_until
from publiccredit.catalogue.loading import UnableToLoadPack, load_packs
from publiccredit.catalogue.queries import PACKS_VARIABLE, packs, procedure, procedures
from publiccredit.catalogue.types import ClockName, ConditionName, Confidence, Effect, Party, ProcedureName, StepName
from publiccredit.subjects.standing import REPAIR_COLUMNS
from tests.environment import ROOT
from tests.factories import stored_record, stored_subject
from tests.flows.cases import AT, CLERK, REASONS, hand_in, objection_ready, opened, people, shown

SECOND = ROOT / "tests" / "packs" / "second_jurisdiction"
EVERY = [p for p in packs().procedures]


@pytest.fixture
def second_jurisdiction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The platform's packs with another jurisdiction's clocks in place of its own."""
    folder = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", folder)
    (folder / "procedures" / "credit_repair.order_36.yml").unlink()
    (folder / "procedures" / "credit_repair.order_58.yml").unlink()
    shutil.copytree(SECOND, folder, dirs_exist_ok=True)
    monkeypatch.setenv(PACKS_VARIABLE, str(folder))
    return folder


def test_repair_has_two_rule_sets_that_meet_without_a_gap() -> None:
    before = procedure(name=ProcedureName.CREDIT_REPAIR, on=date(2026, 3, 31))
    after = procedure(name=ProcedureName.CREDIT_REPAIR, on=date(2026, 4, 1))
    assert (before.in_force_to, after.in_force_from) == (date(2026, 4, 1), date(2026, 4, 1))
    assert "58" in before.source
    assert "36" in after.source
    for rules in (before, after):
        assert [c.name for c in rules.conditions_for("duties_performed")] == list(
            (
                ConditionName.REPAIRABLE,
                ConditionName.MINIMUM_TERM,
                ConditionName.DUTIES_PERFORMED,
                ConditionName.COMMITMENT,
            )
        )
        assert [c.name for c in rules.conditions_for("reorganisation")] == [
            ConditionName.REPAIRABLE,
            ConditionName.COURT_ORDER,
        ]
        assert [p.name for p in rules.papers_for("duties_performed") if p.required] == [
            "proof_of_performance",
            "commitment",
        ]


def test_another_provinces_regulation_is_never_given_as_law_here() -> None:
    """Each part of a basis that names one says 比照, and is then no verified rule of this county."""
    elsewhere = re.compile(r"深圳|经济特区|上海|浙江|山东|河南|(?!安徽)[\u4e00-\u9fff]{2}省\S*条例")
    for rules in EVERY:
        outcomes = [(o.basis, o.confidence) for o in rules.outcomes]
        clocks = [(c.basis, c.confidence) for c in rules.clocks]
        for basis, confidence in [*outcomes, *clocks]:
            if elsewhere.search(basis):
                assert "比照" in basis, f"{rules.name}: {basis}"
                assert confidence is Confidence.ASSUMED, f"{rules.name}: {basis}"
        for part in re.split("[；、]", rules.source):
            assert not elsewhere.search(part) or "比照" in part, f"{rules.name}: {part}"
    assert any(elsewhere.search(o.basis) for rules in EVERY for o in rules.outcomes)


def test_every_kind_of_case_has_its_rules_today() -> None:
    assert {p.name for p in procedures(on=date(2026, 11, 23))} == set(ProcedureName)


@pytest.mark.parametrize("rules", EVERY, ids=lambda p: f"{p.name}-{p.in_force_from}")
def test_every_clock_and_outcome_says_on_what_it_stands(rules) -> None:
    for stated in (*rules.clocks, *rules.outcomes, *rules.conditions):
        assert stated.basis.strip()
        assert stated.confidence in Confidence
    assert rules.suspend_display_when_overdue.note.strip()
    assert all("____" in outcome.template for outcome in rules.outcomes)


@pytest.mark.parametrize("rules", EVERY, ids=lambda p: f"{p.name}-{p.in_force_from}")
def test_what_ends_or_brings_back_consequences_takes_two_people(rules) -> None:
    for outcome in rules.outcomes:
        if {Effect.END_DISCLOSURE, Effect.UNDO_REPAIR, Effect.SHIELD} & set(outcome.effects):
            assert outcome.four_eyes, outcome.name


def test_who_determined_decides() -> None:
    decided_by = {p.name: p.decided_by for p in EVERY}
    assert decided_by == {
        ProcedureName.OBJECTION: Party.OFFICE,
        ProcedureName.COMPLAINT: Party.OFFICE,
        ProcedureName.CREDIT_REPAIR: Party.SOURCE,
        ProcedureName.REVOCATION_OR_CHANGE: Party.SOURCE,
        ProcedureName.CORRECTION: Party.SOURCE,
        ProcedureName.RE_VERIFICATION: Party.SOURCE,
    }


@pytest.mark.django_db
def test_another_jurisdictions_clocks_are_another_pack(second_jurisdiction: Path) -> None:
    act_as(actor=PROGRAM)
    people()
    record = stored_record(subject=stored_subject())
    objection = objection_ready(record)
    assert (objection.total_days, objection.due_on) == (5, date(2026, 9, 8))
    repair = opened(ProcedureName.CREDIT_REPAIR, record, ground="duties_performed", at=AT)
    assert (repair.total_days, repair.due_on) == (7, date(2026, 9, 10))
    escalate(at=datetime(2026, 9, 9, tzinfo=UTC))
    objection.refresh_from_db()
    assert objection.reached_percent == 100
    assert shown(record), "this jurisdiction has not switched the suspension on"


@pytest.mark.django_db
def test_every_clock_of_another_jurisdiction_is_kept(second_jurisdiction: Path) -> None:
    """Each clock of its objection differs from the county's: a number in code would show."""
    act_as(actor=PROGRAM)
    people()
    theirs = procedure(name=ProcedureName.OBJECTION, on=AT.date())
    ours = load_packs(ROOT / "packs").procedures
    (here,) = [p for p in ours if p.name is ProcedureName.OBJECTION]
    assert [c.name for c in theirs.clocks if c.working_days == here.days(c.name)] == []
    assert (theirs.times(ClockName.PAPERS), here.times(ClockName.PAPERS)) == (2, 1)
    record = stored_record(subject=stored_subject())
    asked = objection_ready(record)
    for _ in range(2):
        found = request_papers(by=CLERK, case_id=asked.pk, asked="复印件", at=AT)
        assert found.papers_due_on == date(2026, 9, 11)
        hand_in(asked, "evidence")
    assert request_papers(by=CLERK, case_id=asked.pk, asked="复印件", at=AT).papers_due_on is None
    with pytest.raises(UnableToExtend, match="最多延长 4 个工作日"):
        extend_deadline(by=CLERK, case_id=asked.pk, days=5, reason="须向省平台核实", at=AT)
    assert extend_deadline(by=CLERK, case_id=asked.pk, days=4, reason="须向省平台核实", at=AT).due_on == date(
        2026, 9, 14
    )
    sent = forward_to_source(by=CLERK, case_id=asked.pk, question="核对", at=AT)
    assert (sent.source_due_on, sent.total_days) == (date(2026, 9, 8), 20)
    reached = [(escalate(at=AT + timedelta(days=n)), Case.objects.get().reached_percent)[1] for n in range(45)]
    assert set(reached) == {0, 60, 100}
    reject_objection(by=CLERK, case_id=asked.pk, reasons=REASONS, at=AT)
    closed = close_case(by=CLERK, case_id=asked.pk, delivered="窗口当面送达", at=AT)
    assert review_until(case=closed) == date(2026, 9, 29)


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    folder = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", folder)
    return folder


def _problems(folder: Path, **changes: object) -> str:
    file = folder / "procedures" / "objection.yml"
    content = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump(content | changes, allow_unicode=True))
    with pytest.raises(UnableToLoadPack) as refusal:
        load_packs(folder)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stepps": []}, "未知的键“stepps”"),
        ({"decided_by": "subject"}, "决定只能由 source 或 office 作出"),
        ({"decided_by": "source"}, "与 decided_by 不一致"),
        ({"clocks": []}, "缺少期限“decide”"),
        ({"escalate_at_percent": [100, 50]}, "最后一个是 100"),
        ({"steps": [{"name": "open", "title": "x", "who": ["subject"]}]}, "缺少步骤“propose”"),
        ({"grounds": [{"name": "other", "title": "x"}]}, "没有理由“wrongly_listed”"),
        (
            {"clocks": [{"name": "decide", "working_days": 0, "basis": "x", "confidence": "K"}]},
            "工作日数须大于 0",
        ),
    ],
)
def test_a_procedure_that_does_not_hold_is_refused(spoiled: Path, changes: dict[str, object], message: str) -> None:
    assert message in _problems(spoiled, **changes)


def test_an_outcome_that_lacks_what_it_stands_on_is_refused(spoiled: Path) -> None:
    outcome = {
        "name": "hidden", "title": "x", "effects": ["withdraw", "stay"], "four_eyes": False, "template": "短",
        "basis": "x", "confidence": "K", "grounds": ["nowhere"],
    }  # fmt: skip
    found = _problems(spoiled, outcomes=[outcome])
    for message in ("必须写撤回理由", "须凭法院或复议机关文书", "请写出理由模板", "没有理由“nowhere”"):
        assert message in found


def test_an_outcome_reverses_another_of_its_procedure(spoiled: Path) -> None:
    outcomes = yaml.safe_load((spoiled / "procedures" / "objection.yml").read_text())["outcomes"]
    outcomes[0]["reverses"] = "nothing_known"
    assert "没有另一结果“nothing_known”" in _problems(spoiled, outcomes=outcomes)


def test_a_request_on_any_ground_can_be_found_wrong(spoiled: Path) -> None:
    """Otherwise the case could only end in the applicant's favour, and would lie overdue with its record hidden."""
    outcomes = yaml.safe_load((spoiled / "procedures" / "objection.yml").read_text())["outcomes"]
    for outcome in outcomes:
        if outcome["name"] in ("rejected", "undetermined"):
            outcome["grounds"] = ["other"]
    assert "理由“wrongly_listed”没有不支持的结果" in _problems(spoiled, outcomes=outcomes)


@pytest.mark.parametrize("times", [0, None])
def test_the_clock_of_papers_says_how_often_it_rests(spoiled: Path, times: int | None) -> None:
    clocks = yaml.safe_load((spoiled / "procedures" / "objection.yml").read_text())["clocks"]
    for clock in clocks:
        if clock["name"] == "papers":
            clock["times"] = times
    assert "几次通知补正可以停表" in _problems(spoiled, clocks=clocks)


def test_a_condition_names_a_paper_there_is(spoiled: Path) -> None:
    condition = {"name": "commitment", "title": "x", "paper": "none", "basis": "x", "confidence": "K"}
    assert "没有材料“none”" in _problems(spoiled, conditions=[condition])


def test_a_kind_of_case_without_rules_is_refused(spoiled: Path) -> None:
    (spoiled / "procedures" / "complaint.yml").unlink()
    with pytest.raises(UnableToLoadPack, match="没有“complaint”的办理规则"):
        load_packs(spoiled)


def test_the_four_effects_of_repair_are_named_and_carried_out() -> None:
    assert tuple(effect.column for effect in REPAIR_EFFECTS) == REPAIR_COLUMNS
    for package, column in REPLACED_BY.items():
        effect = next(e for e in REPAIR_EFFECTS if e.column == column)
        if importlib.util.find_spec(package) is not None:
            assert effect.carry_out.__name__ != f"_no_{package.rpartition('.')[2]}_yet", (
                f"{package} exists: let its operation carry out {column} in casework/effects.py"
            )


def test_every_step_of_the_rules_is_an_operation() -> None:
    from publiccredit.casework import operations

    named = {
        StepName.OPEN: "open_case",
        StepName.TAKE: "take_case",
        StepName.REQUEST_PAPERS: "request_papers",
        StepName.HAND_IN_PAPER: "hand_in_paper",
        StepName.FORWARD: "forward_to_source",
        StepName.ANSWER: "answer_as_source",
        StepName.EXTEND: "extend_deadline",
        StepName.PROPOSE: "decide",
        StepName.APPROVE: "approve",
        StepName.REQUEST_REVIEW: "request_review",
        StepName.TAKE_BACK: "take_back_request",
        StepName.CLOSE: "close_case",
    }
    assert set(named) == set(StepName)
    assert all(hasattr(operations, name) for name in named.values())
    assert all(p.days(ClockName.DECIDE) for p in EVERY)
