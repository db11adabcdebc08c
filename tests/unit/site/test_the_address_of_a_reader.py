"""Behind proxies of the house a reader's address is what the outermost was called from, never what the reader writes."""

import pytest
from django.test import RequestFactory, override_settings

from publiccredit.accounts.access import address_of


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "198.51.100.7", "192.0.2.1"),  # nobody stands before: the header is the sender's own
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 192.0.2.2", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),  # one short: not by the way it should have come
        (1, "", "192.0.2.1"),
    ],
)
def test_the_address_is_taken_as_far_from_the_right_as_there_are_proxies(
    proxies: int, header: str, address: str
) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=header)
    with override_settings(PROXIES=proxies):
        assert address_of(request) == address
