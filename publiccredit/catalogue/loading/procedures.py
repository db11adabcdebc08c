"""Procedures: whole, without references into nothing, and without an effect that lacks what it stands on."""

from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.loading.names import once
from publiccredit.catalogue.types import (
    ClockName,
    Effect,
    Party,
    Procedure,
    ProcedureName,
    StepName,
)
from publiccredit.catalogue.types.base import Pack

LEAVES_THE_RECORD = frozenset({Effect.LIFT_DISPUTE, Effect.KEEP_NOTE})
ALWAYS = (StepName.OPEN, StepName.TAKE, StepName.PROPOSE, StepName.CLOSE)
CLOCKS_OF = {
    StepName.FORWARD: (ClockName.DECIDE_WITH_SOURCE, ClockName.SOURCE_ANSWERS),
    StepName.EXTEND: (ClockName.EXTENSION,),
    StepName.REQUEST_PAPERS: (ClockName.PAPERS,),
    StepName.REQUEST_REVIEW: (ClockName.REQUEST_REVIEW,),
}


def check_procedures(at: PackFolder, found: list[tuple[str, Pack]]) -> None:
    """This will refuse a procedure with a missing step, clock or reference, and a kind of case that nobody declares."""
    held = {value.name for _, value in found if isinstance(value, Procedure)}
    for missing in sorted(set(ProcedureName) - held) if held else ():
        at.refuse("procedures/", "", f"没有“{missing.value}”的办理规则", f"请补上 procedures/{missing.value}.yml")
    for file, value in found:
        if isinstance(value, Procedure):
            _check_lists(at, file, value)
            _check_steps(at, file, value)
            _check_clocks(at, file, value)
            _check_outcomes(at, file, value)
            _check_references(at, file, value)


def _check_lists(at: PackFolder, file: str, procedure: Procedure) -> None:
    once(at, file, "steps[].name", [s.name.value for s in procedure.steps])
    once(at, file, "grounds[].name", [g.name for g in procedure.grounds])
    once(at, file, "papers[].name", [p.name for p in procedure.papers])
    once(at, file, "outcomes[].name", [o.name for o in procedure.outcomes])
    once(at, file, "clocks[].name", [c.name.value for c in procedure.clocks])
    percents = procedure.escalate_at_percent
    if list(percents) != sorted(set(percents)) or not percents or percents[-1] != 100 or percents[0] <= 0:
        at.refuse(
            file, "escalate_at_percent", f"{list(percents)}", "须从小到大、不重复，最后一个是 100，例如 [50, 80, 100]"
        )


def _check_steps(at: PackFolder, file: str, procedure: Procedure) -> None:
    named = {s.name: s for s in procedure.steps}
    needed = set(ALWAYS)
    if any(o.four_eyes for o in procedure.outcomes):
        needed.add(StepName.APPROVE)
    for step in sorted(needed - set(named)):
        at.refuse(file, "steps", f"缺少步骤“{step.value}”", "请写明该步骤由谁办理")
    deciders = set(named[StepName.PROPOSE].who) if StepName.PROPOSE in named else {procedure.decided_by}
    if deciders != {procedure.decided_by}:
        at.refuse(
            file, "steps", "作出决定的一方与 decided_by 不一致", f"propose 只能由“{procedure.decided_by.value}”办理"
        )


def _check_clocks(at: PackFolder, file: str, procedure: Procedure) -> None:
    wanted = {ClockName.DECIDE}.union(*(CLOCKS_OF.get(s.name, ()) for s in procedure.steps))
    for clock in sorted(wanted - {c.name for c in procedure.clocks}):
        at.refuse(file, "clocks", f"缺少期限“{clock.value}”", "请写明工作日数、依据和可信度")
    for index, one in enumerate(procedure.clocks):
        if one.working_days <= 0:
            at.refuse(file, f"clocks[{index}].working_days", f"{one.working_days}", "工作日数须大于 0")
        if (one.name is ClockName.PAPERS) != (one.times is not None) or (one.times is not None and one.times < 1):
            at.refuse(file, f"clocks[{index}].times", f"{one.times}", "只有“papers”写明几次通知补正可以停表，至少 1 次")


def _check_outcomes(at: PackFolder, file: str, procedure: Procedure) -> None:
    if procedure.decided_by not in (Party.SOURCE, Party.OFFICE):
        at.refuse(file, "decided_by", f"“{procedure.decided_by.value}”", "决定只能由 source 或 office 作出")
    for index, outcome in enumerate(procedure.outcomes):
        key = f"outcomes[{index}]"
        if (Effect.WITHDRAW in outcome.effects) != (outcome.withdrawn_as is not None):
            at.refuse(
                file, f"{key}.withdrawn_as", "与 effects 不一致", "effects 含 withdraw 时必须写撤回理由，否则不写"
            )
        if {Effect.SHIELD, Effect.STAY} & set(outcome.effects) and not outcome.needs_order:
            at.refuse(file, f"{key}.needs_order", "false", "屏蔽和停止执行须凭法院或复议机关文书，请改为 true")
        if len(outcome.template.strip()) < 10:
            at.refuse(file, f"{key}.template", f"“{outcome.template}”", "请写出理由模板，办理人须在其上写明本案理由")
    for ground in procedure.grounds:
        if not any(set(o.effects) <= LEAVES_THE_RECORD for o in procedure.outcomes_for(ground.name)):
            at.refuse(
                file,
                "outcomes",
                f"理由“{ground.name}”没有不支持的结果",
                "请补上一个不改变记录的结果，否则不成立的请求无法办结",
            )


def _check_references(at: PackFolder, file: str, procedure: Procedure) -> None:
    grounds = {g.name for g in procedure.grounds}
    papers = {p.name for p in procedure.papers}
    named = [(f"papers[{n}].grounds", p.grounds) for n, p in enumerate(procedure.papers)]
    named += [(f"outcomes[{n}].grounds", o.grounds) for n, o in enumerate(procedure.outcomes)]
    for key, names in named:
        for name in sorted(set(names) - grounds):
            at.refuse(file, key, f"没有理由“{name}”", f"请改为下列之一：{'、'.join(sorted(grounds))}")
    outcomes = {o.name for o in procedure.outcomes}
    for index, outcome in enumerate(procedure.outcomes):
        if outcome.reverses is not None and outcome.reverses not in outcomes - {outcome.name}:
            at.refuse(
                file, f"outcomes[{index}].reverses", f"没有另一结果“{outcome.reverses}”", "请改为本事项的结果之一"
            )
    for index, condition in enumerate(procedure.conditions):
        for name in sorted(set(condition.grounds) - grounds):
            at.refuse(
                file,
                f"conditions[{index}].grounds",
                f"没有理由“{name}”",
                f"请改为下列之一：{'、'.join(sorted(grounds))}",
            )
        if condition.paper is not None and condition.paper not in papers:
            at.refuse(file, f"conditions[{index}].paper", f"没有材料“{condition.paper}”", "请在 papers 中写明该材料")
