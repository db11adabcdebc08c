"""
Whatever leads records out of the house says how: as anybody sees them, written down as handed over, or to its subject.

The ledger of recipients is only as whole as this list: whoever reads records for somebody outside stands in it.
"""

import ast
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.sources import calls, tree

PROGRAM = ROOT / "publiccredit"
READS = {"visible_records", "visible_record", "subject_file", "subject_page", "record_page", "changes", "versions"}
WRITES_DOWN = {"disclosing", "record_handovers", "record_copies"}
ANONYMOUS = "a page anybody opens without saying who they are"
HANDED_OVER = "written down for a reader who says who it is, in the transaction that reads"
OWN = "read by its own subject at its desk; what is taken along is written down by copying.py"
ONLY_WHETHER = "asks only which records have a page of their own, to lead there or not"
WAYS_OUT = {
    "disclosure/api.py": HANDED_OVER,
    "disclosure/pages/department_pages.py": ANONYMOUS,
    "disclosure/pages/home.py": ANONYMOUS,
    "disclosure/pages/record_list.py": ANONYMOUS,
    "disclosure/pages/record_page.py": ANONYMOUS,
    "disclosure/pages/search_page.py": ANONYMOUS,
    "disclosure/pages/subject_page.py": ANONYMOUS,
    "oversight/ledger_lines.py": ONLY_WHETHER,
    "site/commands/asking.py": HANDED_OVER,
    "subjectdesk/operations/challenging.py": ANONYMOUS,
    "subjectdesk/pages/challenging.py": ANONYMOUS,
    "subjectdesk/queries.py": OWN,
}


def _names_called(path: Path) -> set[str]:
    called = (call.func for call in calls(tree(path)))
    return {f.attr if isinstance(f, ast.Attribute) else f.id for f in called if isinstance(f, ast.Attribute | ast.Name)}


def _ways_out() -> set[str]:
    inside = PROGRAM / "disclosure" / "queries.py"
    found = set()
    for path in PROGRAM.rglob("*.py"):
        if "migrations" in path.parts or path == inside or "disclosure" not in path.read_text():
            continue
        if _names_called(path) & READS:
            found.add(str(path.relative_to(PROGRAM)))
    return found


def test_every_module_that_leads_records_out_is_declared() -> None:
    assert _ways_out() == set(WAYS_OUT), (
        "A module reads records for somebody outside. Name it in WAYS_OUT; unless anybody sees the same without saying "
        "who they are, read within recipients.operations.disclosing, or call record_handovers."
    )


@pytest.mark.parametrize("module", [name for name, way in WAYS_OUT.items() if way == HANDED_OVER])
def test_a_module_that_hands_over_writes_it_down(module: str) -> None:
    assert _names_called(PROGRAM / module) & WRITES_DOWN, f"{module} reads records and writes nobody down"


def test_whatever_can_be_saved_as_a_file_is_known() -> None:
    """A file is what people keep: a new one is either without records of others, or written down."""
    named = {
        str(path.relative_to(PROGRAM))
        for path in PROGRAM.rglob("*.py")
        if "Content-Disposition" in path.read_text() or "FileResponse(" in path.read_text()
    }
    assert named == {
        "casework/pages/figures.py",  # counts of cases, as anybody reads them on the page
        "casework/pages/letter_pages.py",  # letters to the parties of a case
        # Papers of a case, to its officers and to whoever handed them in; a decision document, to its own subject.
        "casework/paper_files.py",
        "intake/pages/results.py",  # a sender's own rows, back to it
        "intake/pages/sending.py",  # empty templates
        "oversight/ledger_pages.py",  # the head of the ledger, without records
        "subjectdesk/pages/letters.py",  # letters of a case, to whom they were written
        "subjectdesk/pages/copies.py",  # the subject's copy, through take_copy
    }
    assert "take_copy" in _names_called(PROGRAM / "subjectdesk/pages/copies.py")
    assert "record_copies" in _names_called(PROGRAM / "subjectdesk/copying.py")
