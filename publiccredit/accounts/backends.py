"""Log-in by account name and password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import acting


class OfficerBackend(BaseBackend):
    """Accept an active officer with the right password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Officer | None:  # noqa: ARG002
        """Give the officer, or nothing. Costs the same time whether the account exists or not."""
        username, password = credentials.get("username"), credentials.get("password")
        if username is None or password is None:
            return None
        officer = Officer.objects.filter(username=username).first()
        if officer is None:
            Officer().set_password(password)
            return None
        with acting(actor=officer.actor):  # an outdated hash is written anew as it is checked
            right = officer.check_password(password)
        return officer if right and officer.is_active else None

    def get_user(self, user_id: int) -> Officer | None:
        """Give the officer of a session, unless the account has been closed since."""
        return Officer.objects.filter(pk=user_id, is_active=True).first()
