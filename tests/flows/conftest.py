"""What many flows begin with: officers at their desks, and one penalty on file."""

import pytest

from publiccredit.subjects.models import Record
from tests.factories import stored_record, stored_subject
from tests.flows.cases import people


@pytest.fixture
def desk(as_program: None) -> None:
    """The officers of the office and of two departments have their accounts; the test itself acts as the program."""
    people()


@pytest.fixture
def record(as_program: None) -> Record:
    """A penalty of a synthetic enterprise."""
    return stored_record(subject=stored_subject())
