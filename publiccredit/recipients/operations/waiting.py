"""How long to wait: technical measures of the delivery, none of them a term of law."""

from datetime import timedelta

ATTEMPTS_AT_MOST = 10
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
ACKNOWLEDGE_WITHIN = timedelta(days=3)  # after that a person asks
LEASE = timedelta(minutes=5)  # a call whose outcome nobody wrote down is made again after this, with the same number


def wait_after(*, attempts: int, chance: float) -> timedelta:
    """
    Give the pause after a number of failed calls: doubled each time, and spread by half to either side.

    Spread, because recipients that fail together would otherwise be called together again.
    """
    doubled: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    plain = min(doubled, LONGEST_WAIT)
    return plain * (0.5 + chance)
