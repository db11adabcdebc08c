"""
The steps of a case at the shell: one command for each form of a case's page, with the form's fields as its options.

A step that is added to the page is a command at once, takes what the page takes, and refuses in the page's words.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publiccredit.site.commands import running
from publiccredit.site.commands.acting import acting_account, ready, refusals, seen_case
from publiccredit.site.commands.case_words import report
from publiccredit.site.commands.filling import filled, options_of
from publiccredit.site.commands.speaking import Command, Group

if TYPE_CHECKING:
    from publiccredit.casework.working import StepForm


class GroupWithSteps(Group):
    """The commands that are written down, and one for each step; what the steps ask is known to the web framework."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *step_commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or step_commands().get(cmd_name)


@cache
def step_commands() -> dict[str, click.Command]:
    """Give the commands of the steps by their names, in the order of the work."""
    running.django_ready()
    from publiccredit.casework.working import FORMS
    from publiccredit.catalogue.types import StepName

    order = list(StepName)
    return {command_of(form.name): _command(form) for form in sorted(FORMS, key=lambda f: order.index(f.step))}


def command_of(name: str) -> str:
    """Give the command of a step by the name of its form."""
    return name.replace("_", "-")


def _command(kind: "type[StepForm]") -> click.Command:
    def take_step(number: str, account: str, **given: str | Path | None) -> None:
        with ready():
            by = acting_account(account)
            found = seen_case(number, by, running.now())
            form = _filled(kind, found, by, given)
            with refusals(at_field=kind.at_field):
                form.carry_out(by=by, at=running.now())
            report(number, form.done, by=by)

    return Command(
        name=command_of(kind.name),
        callback=take_step,
        params=[
            click.Argument(["number"], metavar="案件编号"),
            *options_of(kind, need_not=kind.need_not_be_typed),
            click.Option(["--by", "account"], metavar="账号", required=True, help="办理人的账号。"),
        ],
        help=f"{kind.title}。{kind.explanation}",
    )


def _filled(kind: "type[StepForm]", found: Any, by: Any, given: dict[str, str | Path | None]) -> "StepForm":
    from publiccredit.casework import queries
    from publiccredit.casework.working import step_form

    rules = queries.procedure_of_case(case=found)

    def make(*sent: Any) -> "StepForm":
        return step_form(kind, *sent, case=found, rules=rules, by=by, at=running.now())

    usual = {"received_on": running.today().isoformat()}  # of the forms that ask for it
    return filled(make, given, usual=usual, ignored=kind.need_not_be_typed)
