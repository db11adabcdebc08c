"""Every form of a step on a case's page does something of its own: the base form has nothing to do."""

import pytest

from publiccredit.casework.pages import forms


def _kinds(form: type[forms.StepForm]) -> list[type[forms.StepForm]]:
    return [kind for child in form.__subclasses__() for kind in (child, *_kinds(child))]


@pytest.mark.parametrize("form", _kinds(forms.StepForm), ids=lambda form: form.__name__)
def test_a_step_form_carries_its_step_out(form: type[forms.StepForm]) -> None:
    assert form.carry_out is not forms.StepForm.carry_out
