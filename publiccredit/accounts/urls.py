"""The addresses of accounts. The site says which departments there are: accounts stand below the catalogue."""

from django.urls import URLPattern, path

from publiccredit.accounts import pages, post_pages, second_factor_pages
from publiccredit.accounts.pages import Departments


def addresses(*, departments: Departments) -> list[URLPattern]:
    """Give the addresses, with the departments an account may belong to."""
    known = {"departments": departments}
    return [
        path("log-in/", pages.log_in, name="log_in"),
        path("log-in/code/", second_factor_pages.log_in_code, name="log_in_code"),
        path("second-factor/", second_factor_pages.second_factor, name="second_factor"),
        path("second-factor/recovery-codes/", second_factor_pages.renew_recovery_codes, name="recovery_codes"),
        path("log-out/", pages.log_out, name="log_out"),
        path("password/", pages.change_password, name="change_password"),
        path("accounts/", pages.accounts, known, name="list"),
        path("accounts/new/", pages.open_account, known, name="open"),
        path("accounts/<int:officer_id>/", pages.account, known, name="account"),
        path("accounts/<int:officer_id>/close/", pages.close_account, name="close"),
        path("accounts/<int:officer_id>/reopen/", pages.reopen_account, name="reopen"),
        path("accounts/<int:officer_id>/password/", pages.reset_password, name="reset_password"),
        path("accounts/<int:officer_id>/second-factor/", second_factor_pages.reset, name="reset_second_factor"),
        path("accounts/<int:officer_id>/role/", post_pages.assign_role, known, name="assign_role"),
        path("accounts/<int:officer_id>/release/", post_pages.release_log_in, name="release_log_in"),
        path("accounts/<int:officer_id>/tokens/", pages.issue_token, known, name="issue_token"),
        path("accounts/tokens/<int:token_id>/revoke/", pages.revoke_token, name="revoke_token"),
    ]
