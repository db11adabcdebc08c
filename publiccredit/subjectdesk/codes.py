"""Codes and secrets: made at random, kept as keyed hashes, compared in constant time."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from django.conf import settings

CODE_DIGITS = 6
CODE_LIVES = timedelta(minutes=10)
CODE_ATTEMPTS = 5
LETTER_LIVES = timedelta(days=30)
LETTER_GROUPS, LETTER_GROUP = 4, 4  # sixteen of 30 signs: 78 bits, beyond any guessing
LETTER_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that look like another on paper
SESSION_LIVES = timedelta(hours=2)


def new_code() -> str:
    """Make the code of a message."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def new_letter_code() -> str:
    """Make the code of a letter, in groups that are easily typed."""
    return letter_code_from(secrets.token_bytes(32))


def letter_code_from(made: bytes) -> str:
    """Write random bytes, at least sixteen, as a code in groups that are easily typed."""
    number, signs = int.from_bytes(made), ""
    for _ in range(LETTER_GROUPS * LETTER_GROUP):
        number, place = divmod(number, len(LETTER_SIGNS))
        signs += LETTER_SIGNS[place]
    return "-".join(signs[n : n + LETTER_GROUP] for n in range(0, len(signs), LETTER_GROUP))


def new_secret() -> str:
    """Make the secret of a session: 256 random bits."""
    return secrets.token_urlsafe(32)


def plain(typed: str) -> str:
    """Give a code as it is hashed, however it was typed: without blanks and hyphens, in capitals."""
    return re.sub(r"[\s\-－—]", "", typed).upper()


def hash_of(*, code: str, salt: str) -> str:
    """
    Give the form in which a code is kept. Six digits are no secret to who holds a plain hash of them, so the hash is
    keyed with the installation's own key, which the database does not hold.
    """
    return hmac.new(settings.SECRET_KEY.encode(), f"{salt}:{plain(code)}".encode(), hashlib.sha256).hexdigest()


def same(*, kept: str, code: str, salt: str) -> bool:
    """Tell whether a typed code is the kept one, in a time that tells nothing."""
    return hmac.compare_digest(kept, hash_of(code=code, salt=salt))


def secret_hash(secret: str) -> str:
    """Give the form in which a session's secret is kept. It has 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()
