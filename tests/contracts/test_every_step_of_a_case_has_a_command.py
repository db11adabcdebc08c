"""Whatever a page of a case takes, the shell takes: every step of every procedure, and every field of every form."""

from collections.abc import Iterable
from dataclasses import fields

import click
import pytest
from django import forms

from publiccredit.casework.pages.forms import FORMS, StepForm
from publiccredit.casework.types import Order, Verdict
from publiccredit.casework.working import GuidanceForm, OpeningForm, RelationForm
from publiccredit.catalogue.queries import packs
from publiccredit.catalogue.types import Procedure, StepName
from publiccredit.site.commands import cases
from publiccredit.site.commands.case_steps import command_of

OF_THEIR_OWN = {StepName.OPEN: "open", StepName.PROPOSE: "decide"}
OPENING_BY_RECORD = {"field", "department"}  # asked where there is a record to contest, or none to be about
TYPED_AS = {  # what a decision consists of, by the parameter of ``case decide``
    "outcome": "outcome",
    "reasons": "reasons",
    "public_notice": "notice",
    "corrections": "corrections",
    "confirmed": "confirmed",
    "failing": "failing",
    "holds_from": "holds_from",
    "order": "order_number",
    "number": "order_number",
    "begins": "begins",
    "until": "until",
}


def _command(name: str) -> click.Command:
    found = cases.case.get_command(click.Context(cases.case), name)
    assert found is not None, f"there is no “publiccredit case {name}”: a step of the page has no way at the shell"
    return found


def _parameters(name: str) -> set[str]:
    return {str(parameter.name) for parameter in _command(name).params}


def _ways(step: StepName) -> Iterable[str]:
    if step in OF_THEIR_OWN:
        return [OF_THEIR_OWN[step]]
    return [command_of(form.name) for form in FORMS if form.step is step]


@pytest.mark.parametrize("rules", packs().procedures, ids=lambda rules: f"{rules.name.value} {rules.in_force_from}")
def test_every_step_of_a_procedure_has_a_command(rules: Procedure) -> None:
    for step in rules.steps:
        ways = list(_ways(step.name))
        assert ways, f"“{step.title}” of {rules.title} has no form: give it one in casework/pages/forms.py"
        for way in ways:
            assert {"number" if way != "open" else "procedure", "account"} <= _parameters(way)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_step_asks_at_the_shell_what_it_asks_on_the_page(form: type[StepForm]) -> None:
    assert _parameters(command_of(form.name)) == {"number", "account", "as_json", *form.base_fields}
    assert set(form.base_fields) >= form.need_not_be_typed


def test_opening_asks_at_the_shell_what_it_asks_on_the_page() -> None:
    assert {*OpeningForm.base_fields, *OPENING_BY_RECORD, "records", "papers"} <= _parameters("open")


def test_a_decision_can_be_typed_whole() -> None:
    parts = {field.name for kind in (Verdict, Order) for field in fields(kind)}
    assert parts == set(TYPED_AS), "A decision has a new part: give “case decide” an option for it."
    assert set(TYPED_AS.values()) <= _parameters("decide")


def test_guidance_asks_at_the_shell_what_it_asks_on_the_page() -> None:
    asked: type[forms.Form] = GuidanceForm
    assert {*asked.base_fields, "numbers"} <= _parameters("guide")


def test_a_relation_is_declared_at_the_shell_as_on_the_page() -> None:
    assert {*RelationForm.base_fields, "number", "account"} <= _parameters("declare-relation")


def test_the_help_lists_every_step() -> None:
    listed = cases.case.list_commands(click.Context(cases.case))
    assert {*OF_THEIR_OWN.values(), "guide", *(command_of(form.name) for form in FORMS)} <= set(listed)
    assert len(listed) == len(set(listed))
