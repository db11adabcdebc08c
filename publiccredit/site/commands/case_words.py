"""What the shell says of a case: what its page shows, for a program and for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from publiccredit.ledger.types import CHINA
from publiccredit.site.commands import running
from publiccredit.site.commands.speaking import answer, say

if TYPE_CHECKING:
    from publiccredit.accounts.types import Actor
    from publiccredit.casework.queries import Case
    from publiccredit.casework.working import CaseRow

DECIDE = "decide"  # the one step that is typed as a verdict and not as the form of one


def rows_in_short(cases: "Sequence[Case]", *, by: "Actor", on: date) -> list[dict[str, Any]]:
    """Give cases as a list shows them, with the steps the reader may take in each."""
    from publiccredit.casework import working

    return [_in_short(row) | {"steps": [s["command"] for s in steps_of(row.case, by=by, on=on)]}
            for row in working.rows_of(cases, on=on, actor=by)]  # fmt: skip


def report(number: str, done: str, *, by: "Actor") -> None:
    """Say what was done to a case, and how it stands now."""
    from publiccredit.casework import queries, working

    found = queries.case_by_number(number=number.strip())
    assert found is not None
    (row,) = working.rows_of([found], on=running.today(), actor=by)
    data = _in_short(row) | {"review": _review_of(found)}
    answer(data)
    review = f"复核案件 {data['review']}。" if data["review"] else ""
    say(f"{found.number} {done}现为“{data['state_title']}”。{review}")


def in_full(found: "Case", *, by: "Actor", on: date) -> dict[str, Any]:
    """Give what the page of a case shows to its reader."""
    from publiccredit.casework import working

    (row,) = working.rows_of([found], on=on, actor=by)
    shown = working.shown(case=found, actor=by, on=on)
    eligible = shown["eligibility"]
    return _in_short(row) | {
        "ground": found.ground,
        "request": found.request,
        "facts": shown["facts"],
        "records": [_record(one) for one in shown["records"]],
        "papers": [
            {"kind": p["paper"].kind, "title": p["title"], "file_name": p["named"],
             "sha256": p["paper"].sha256, "at": p["paper"].at}
            for p in shown["papers"]
        ],
        "missing_papers": shown["missing"],
        "conditions": [vars(c) for c in eligible.conditions] if eligible else [],
        "decisions": [_decision(one) for one in shown["decisions"]],
        "steps": steps_of(found, by=by, on=on),
        "outcomes": [
            {"outcome": o["outcome"].name, "title": o["outcome"].title, "effects": o["effects"],
             "four_eyes": o["outcome"].four_eyes, "template": o["outcome"].template}
            for o in shown["outcomes"]
        ],
        "by_another": shown["by_another"],
        "related": False,
        "reviews": found.reviews.number if found.reviews else "",
        "review": shown["review"].number if shown["review"] else "",
        "letters": [
            {"number": one.number, "kind": one.kind, "title": one.get_kind_display(), "at": one.made_at,
             "addressed_to": one.addressed_to, "text": one.text}
            for one in found.letters.all()
        ],
        "timeline": [vars(e) for e in shown["events"]],
    }  # fmt: skip


def that_it_is_there(found: "Case", *, by: "Actor", on: date) -> dict[str, Any]:
    """Give what one who is related to its subject is told of a case: what a list shows, and who handles it (DP-34)."""
    from publiccredit.casework import working
    from publiccredit.subjects.queries import STAY_AWAY

    (row,) = working.rows_of([found], on=on, actor=by)
    said = {"stay_away": STAY_AWAY, "who_else": working.who_else(case=found)}
    return _in_short(row) | {"related": True, "steps": []} | said


def steps_of(found: "Case", *, by: "Actor", on: date) -> list[dict[str, str]]:
    """Give the steps somebody may take in a case now, by their commands."""
    from publiccredit.casework import working
    from publiccredit.catalogue.types import StepName
    from publiccredit.site.commands.case_steps import command_of

    may = working.steps_open(case=found, actor=by, on=on)
    decide = [{"command": DECIDE, "title": "作出决定"}] if StepName.PROPOSE in may else []
    fitting = [form for form in working.FORMS if form.fits(case=found, by=by, may=may)]
    return decide + [{"command": command_of(form.name), "title": form.title} for form in fitting]


def _in_short(row: "CaseRow") -> dict[str, Any]:
    from publiccredit.casework import queries
    from publiccredit.subjects.queries import RELATED

    found = row.case
    return {
        "number": found.number,
        "procedure": found.procedure,
        "title": row.title,
        "state": str(found.state),
        "state_title": found.get_state_display(),
        "department": found.department_code,
        "subject": RELATED if row.closed else found.subject.name if found.subject else "",
        "about": row.about,
        "contested": [] if row.closed else [queries.contested_title(of_case=r) for r in found.records.all() if r.field],
        "owner": found.owner,
        "opened_on": found.opened_on,
        "due_on": found.due_on,
        "papers_due_on": found.papers_due_on,
        "source_due_on": found.source_due_on,
        "provisional": found.provisional,
        "due": queries.due_in_words(case=found),
        "clock": {"words": row.clock.words, "percent": row.clock.percent, "late": row.clock.late},
        "returned": row.returned.words,
        "nobody_free": row.nobody_free,
    }


def _review_of(found: "Case") -> str:
    from publiccredit.casework import queries

    return queries.cases().filter(reviews=found).values_list("number", flat=True).first() or ""


def _record(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "record": one["about"].record_id,
        "title": one["words"],
        "field": one["about"].field,
        "field_title": one["field"],
        "shown_to_everybody": one["shown"],
        "content": [{"title": f.title, "value": f.value, "note": f.note} for f in one["content"]],
        "told": [asdict(t) for t in one["told"]],
        "effects": [vars(e) for e in one["effects"]],
    }


def _decision(one: dict[str, Any]) -> dict[str, Any]:
    made = one["decision"]
    return {
        "outcome": made.outcome,
        "title": one["title"],
        "state": str(made.state),
        "state_title": made.get_state_display(),
        "reasons": made.reasons,
        "public_notice": made.public_notice,
        "corrections": [c.words for c in one["corrections"]],
        "disagreements": list(one["disagreements"]),
        "follows": list(one["follows"]),
        "order_number": made.order_number,
        "order_from": made.order_from,
        "order_until": made.order_until,
        "proposed_by": one["proposed_by"],
        "approved_by": one["approved_by"],
        "returned_because": made.returned_because,
        "effective_at": made.effective_at,
    }


# --- for a person ---------------------------------------------------------------------------------------------------


def line_of(row: dict[str, Any]) -> str:
    """Say one case in one line of a list."""
    contested = f"争议字段：{'、'.join(row['contested'])}" if row["contested"] else ""
    steps = f"可办：{'、'.join(row['steps'])}" if row["steps"] else ""
    standing = (row["clock"]["words"] if row["clock"]["late"] else "", row["returned"])
    parts = (row["number"], row["title"], row["state_title"], row["due"], *standing, row["subject"], row["about"])
    return "  ".join(part for part in (*parts, contested, steps) if part)


def tell_that_it_is_there(data: dict[str, Any]) -> None:
    """Say what one who is related to its subject is told of a case."""
    say(line_of(data))
    say(data["stay_away"])
    say(data["who_else"])


def tell(data: dict[str, Any]) -> None:
    """Say a whole case, part by part, and leave out the parts in which there is nothing."""
    clock = data["clock"]["words"] if data["due"] else ""
    head = (data["number"], f"{data['title']}{'（复核）' if data['reviews'] else ''}", data["state_title"])
    say("  ".join(part for part in (*head, data["due"], clock) if part))
    parts = (
        ("请注意", _to_be_noted(data)),
        ("请求", (f"{f['title']}：{f['value']}{'（' + f['note'] + '）' if f['note'] else ''}" for f in data["facts"])),
        ("所涉记录", _records(data)),
        ("材料", (f"{p['title']}  {p['file_name']}" for p in data["papers"])),
        (
            "修复条件",
            (f"{'满足' if c['holds'] else '未满足'}  {c['title']}  {c['reason']}" for c in data["conditions"]),
        ),
        ("决定", _decisions(data)),
        ("现在可以办理", _steps(data)),
        ("文书", _letters(data)),
        ("经过", (f"{e['at'].astimezone(CHINA):%Y-%m-%d %H:%M}  {e['sentence']}" for e in data["timeline"])),
    )
    for title, lines in parts:
        told = list(lines)
        if told:
            say(f"{title}：")
        for line in told:
            say(f"  {line}")


def _letters(data: dict[str, Any]) -> Iterator[str]:
    for one in data["letters"]:
        yield f"{one['title']}  {one['number']}  {one['at'].astimezone(CHINA):%Y-%m-%d}  送{one['addressed_to']}"
        yield from (f"  {line}" for line in one["text"].splitlines() if line.strip())


def _to_be_noted(data: dict[str, Any]) -> Iterator[str]:
    yield from (words for words in (data["by_another"], data["returned"]) if words)
    if data["missing_papers"]:
        yield f"还缺材料：{'、'.join(data['missing_papers'])}。"
    if data["review"]:
        yield f"已申请复核，编号 {data['review']}。"
    if data["reviews"]:
        yield f"复核的原案编号 {data['reviews']}。"


def _conditions(data: dict[str, Any]) -> Iterator[str]:
    for one in data["conditions"]:
        yield f"{'满足' if one['holds'] else '未满足'}  {one['title']}  {one['reason']}"


def _records(data: dict[str, Any]) -> Iterator[str]:
    for one in data["records"]:
        contested = f"  争议字段：{one['field_title']}" if one["field"] else ""
        yield f"第 {one['record']} 号  {one['title']}{contested}{'' if one['shown_to_everybody'] else '  现在不公示'}"
        for field in one["content"]:
            if field["value"]:
                yield f"  {field['title']}：{field['value']}{'（' + field['note'] + '）' if field['note'] else ''}"
        for effect in one["effects"]:
            yield f"  {effect['title']}：{effect['at'].astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        for told in one["told"]:
            notices = "".join(f"，通知{n['state_title']}" for n in told["notices"])
            yield f"  取得过的接收方：{told['recipient']}，用途：{told['purpose']}{notices}"


def _decisions(data: dict[str, Any]) -> Iterator[str]:
    for one in data["decisions"]:
        by = f"{one['proposed_by']}拟办" + (f"，{one['approved_by']}审核" if one["approved_by"] else "")
        yield f"{one['title']}  {one['state_title']}  {by}"
        order = f"{one['order_number']}，自 {one['order_from']}" if one["order_number"] else ""
        order += f" 至 {one['order_until']}" if one["order_until"] else ""
        said = (("理由", one["reasons"]), ("公开说明", one["public_notice"]), ("更正", "；".join(one["corrections"])),
                ("请核对", "；".join(one["disagreements"])), ("由此", "；".join(one["follows"])),
                ("所依文书", order), (f"{one['state_title']}的理由", one["returned_because"]))  # fmt: skip
        yield from (f"  {title}：{words}" for title, words in said if words)


def _steps(data: dict[str, Any]) -> Iterator[str]:
    for step in data["steps"]:
        yield f"case {step['command']}  {step['title']}"
        if step["command"] == DECIDE:
            for o in data["outcomes"]:
                people = "须两人办理" if o["four_eyes"] else "一人办理"
                yield f"  {o['outcome']}（{o['title']}）  {people}  {o['effects']}"
