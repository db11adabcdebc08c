"""
What one works with at a desk, on a page or at a shell: its queues, a case as it is shown, and the forms of its steps.

A door of the package: the shell shows what the pages show and fills in the same forms, so that a step of the page is a
command by itself and neither refuses what the other takes.
"""

from publiccredit.casework.desk import QUEUE_TITLES, clock_of, deadline_in_words, queue, related, steps_open
from publiccredit.casework.pages.case_page import shown
from publiccredit.casework.pages.forms import FORMS, StepForm, step_form
from publiccredit.casework.pages.guidance import MOST, GuidanceForm
from publiccredit.casework.pages.opening import (
    OpeningForm,
    open_as_written,
    record_at_desk,
    rules_to_open,
    usually_written,
)
from publiccredit.casework.pages.relation import RelationForm
from publiccredit.casework.pages.shared import READERS, CaseRow, field_titles, rows_of
from publiccredit.casework.reviewers import verify_case_open, who_else

__all__ = [
    "FORMS",
    "MOST",
    "QUEUE_TITLES",
    "READERS",
    "CaseRow",
    "GuidanceForm",
    "OpeningForm",
    "RelationForm",
    "StepForm",
    "clock_of",
    "deadline_in_words",
    "field_titles",
    "open_as_written",
    "queue",
    "record_at_desk",
    "related",
    "rows_of",
    "rules_to_open",
    "shown",
    "step_form",
    "steps_open",
    "usually_written",
    "verify_case_open",
    "who_else",
]
