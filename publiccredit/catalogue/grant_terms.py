"""How long the proposal of a right waits: the term in force on a day; before the first one, the first."""

from datetime import date

from publiccredit.accounts.types import ProposalTerm
from publiccredit.catalogue.types import Packs

__all__ = ["ProposalTerm", "grant_term"]


def grant_term(*, on: date, within: Packs) -> ProposalTerm:
    """Give the term in force on a day."""
    terms = sorted(within.grant_terms, key=lambda t: t.in_force_from)
    found = next((t for t in terms if t.in_force_on(on)), terms[0])
    return ProposalTerm(days=found.days, basis=found.basis)
