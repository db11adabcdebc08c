"""Every form of a step on a case's page does something of its own: the base form has nothing to do."""

import importlib
import pkgutil

import pytest

from publiccredit.casework import pages
from publiccredit.casework.pages.forms import StepForm

for module in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
    importlib.import_module(module.name)  # a form is found once its module is loaded, whichever that is


def _kinds(form: type[StepForm]) -> list[type[StepForm]]:
    return [kind for child in form.__subclasses__() for kind in (child, *_kinds(child))]


def test_every_step_form_is_found() -> None:
    assert sorted(kind.__name__ for kind in _kinds(StepForm)) == [
        "AnswerForm", "ApproveForm", "CloseForm", "DecisionForm", "ExtendForm", "ForwardForm", "PaperForm",
        "RequestPapersForm", "ReturnForm", "ReviewForm", "TakeBackForm", "TakeBackProposalForm", "TakeForm",
    ]  # fmt: skip


@pytest.mark.parametrize("form", _kinds(StepForm), ids=lambda form: form.__name__)
def test_a_step_form_carries_its_step_out(form: type[StepForm]) -> None:
    assert form.carry_out is not StepForm.carry_out
