"""
The addresses of accounts. The site says which departments there are and how long proposals wait: accounts stand below
the catalogue.
"""

from django.urls import URLPattern, path

from publiccredit.accounts import grant_pages, pages, second_factor_pages
from publiccredit.accounts.grant_pages import Departments, Term
from publiccredit.accounts.types import Grant

PROPOSED: tuple[tuple[str, Grant, str], ...] = (
    ("accounts/new/", Grant.OPEN_ACCOUNT, "open"),
    ("accounts/<int:officer_id>/reopen/", Grant.REOPEN_ACCOUNT, "reopen"),
    ("accounts/<int:officer_id>/password/", Grant.RESET_PASSWORD, "reset_password"),
    ("accounts/<int:officer_id>/second-factor/", Grant.RESET_SECOND_FACTOR, "reset_second_factor"),
    ("accounts/<int:officer_id>/role/", Grant.ASSIGN_ROLE, "assign_role"),
    ("accounts/<int:officer_id>/tokens/", Grant.ISSUE_TOKEN, "issue_token"),
)


def addresses(*, departments: Departments, term: Term) -> list[URLPattern]:
    """Give the addresses, with the departments an account may belong to and the term in force on a day."""
    known = {"departments": departments}
    timed = {**known, "term": term}
    return [
        path("log-in/", pages.log_in, name="log_in"),
        path("log-in/code/", second_factor_pages.log_in_code, name="log_in_code"),
        path("second-factor/", second_factor_pages.second_factor, name="second_factor"),
        path("second-factor/recovery-codes/", second_factor_pages.renew_recovery_codes, name="recovery_codes"),
        path("log-out/", pages.log_out, name="log_out"),
        path("password/", pages.change_password, name="change_password"),
        path("accounts/", pages.accounts, known, name="list"),
        path("accounts/<int:officer_id>/", pages.account, known, name="account"),
        path("accounts/<int:officer_id>/close/", pages.close_account, name="close"),
        path("accounts/<int:officer_id>/release/", pages.release_log_in, name="release_log_in"),
        path("accounts/tokens/<int:token_id>/revoke/", pages.revoke_token, name="revoke_token"),
        *(path(route, grant_pages.propose, {**timed, "kind": kind}, name=name) for route, kind, name in PROPOSED),
        path("accounts/proposals/", grant_pages.proposals, name="proposals"),
        path("accounts/proposals/<int:proposal_id>/", grant_pages.proposal, known, name="proposal"),
        path("accounts/proposals/<int:proposal_id>/approve/", grant_pages.approve, timed, name="approve"),
        path("accounts/proposals/<int:proposal_id>/refuse/", grant_pages.refuse, known, name="refuse"),
        path("accounts/proposals/<int:proposal_id>/withdraw/", grant_pages.withdraw, name="withdraw"),
        path("accounts/proposals/<int:proposal_id>/collect/", grant_pages.collect, name="collect"),
    ]
