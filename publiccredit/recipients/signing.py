"""
The signatures of notices and receipts: HMAC-SHA256, in the form of Standard Webhooks.

A recipient's key is derived from the master key of the installation, which lies in the data folder and nowhere in the
database: so neither a backup of the tables nor a reader of them can sign.
"""

import base64
import hashlib
import hmac

from django.conf import settings

PREFIX = "whsec_"  # as libraries of Standard Webhooks expect a key to be written


def key_of(*, recipient_id: int, key_number: int) -> bytes:
    """Give the key a recipient and the platform share; a new number is a new key."""
    text = f"notices/{recipient_id}/{key_number}".encode()
    return hmac.digest(settings.NOTICE_KEY.encode(), text, hashlib.sha256)


def written(*, key: bytes) -> str:
    """Give a key as it is handed to the recipient."""
    return PREFIX + base64.b64encode(key).decode()


def signature(*, key: bytes, delivery_id: str, timestamp: int, body: bytes) -> str:
    """Sign one call."""
    return _signed(key, f"{delivery_id}.{timestamp}.".encode() + body)


def receipt(*, key: bytes, delivery_id: str, body: bytes) -> str:
    """Give the receipt that confirms a notice: only who has the key and has read the body can make it."""
    return _signed(key, f"receipt.{delivery_id}.".encode() + hashlib.sha256(body).hexdigest().encode())


def is_receipt(*, text: str, key: bytes, delivery_id: str, body: bytes) -> bool:
    """Tell whether a text is the receipt of a notice."""
    return text.isascii() and hmac.compare_digest(text, receipt(key=key, delivery_id=delivery_id, body=body))


def _signed(key: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
