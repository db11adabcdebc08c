"""What the tests of recipients share: recipients, what they were given, and programs that answer on loopback."""

import base64
import hmac
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import transaction

from publiccredit.accounts.operations import approve_grant
from publiccredit.accounts.types import PROGRAM
from publiccredit.recipients import signing
from publiccredit.recipients.models import Recipient
from publiccredit.recipients.operations import (
    hold_disclosures,
    issue_token,
    propose_token,
    record_handovers,
    register_recipient,
)
from publiccredit.recipients.types import NewRecipient, Version, Way
from publiccredit.subjects.models import Record
from tests.accounts import TERM, two_administrators
from tests.flows.cases import AT


def registered(number: int = 1, *, callback_url: str = "") -> Recipient:
    new = NewRecipient(
        name=f"示例采购单位{number}号",
        contact="信息科，0561-0000000",
        address="濉溪县示例路1号",
        purpose="供应商资格审查",
        legal_basis="《政府采购法》第二十二条",
        callback_url=callback_url,
    )
    return register_recipient(by=PROGRAM, new=new, at=AT)


def token_of(recipient: Recipient, *, at: datetime = AT) -> str:
    """Give a recipient's program a token: proposed, approved, collected."""
    by, other = two_administrators(at=at)
    asked = {"recipient_id": recipient.pk, "purpose": "", "days": 3650, "reason": "测试所需"}
    made = propose_token(by=by, term=TERM, at=at, **asked)
    approve_grant(by=other, proposal_id=made.pk, term=TERM, at=at)
    return issue_token(by=by, proposal_id=made.pk, at=at).secret


def given(recipient: Recipient, record: Record) -> None:
    """Hand a record over as it stands."""
    with transaction.atomic():
        hold_disclosures()
        version = Version(record.pk, Record.objects.values_list("known_from", flat=True).get(pk=record.pk))
        record_handovers(recipient_id=recipient.pk, purpose="供应商资格审查", way=Way.REPORT, versions=[version], at=AT)


@dataclass
class Programs:
    """The programs of all recipients in one server: each checks the signature, drops repeats, answers with a receipt."""

    url: str = ""
    keys: dict[str, bytes] = field(default_factory=dict)
    fails: Callable[[str, int], str] = lambda name, call: ""  # "", "refuse" before or "drop" after taking it
    receipts: bool = True
    calls: Counter[str] = field(default_factory=Counter)
    taken: dict[str, list[str]] = field(default_factory=dict)  # by recipient: the deliveries it acted upon
    seen: set[str] = field(default_factory=set)
    forged: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    hold: Callable[[str, str], bool] = lambda name, when: False  # "before" or "after" it took the notice
    held: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def address(self, name: str) -> str:
        return f"{self.url}/{name}"

    def learn(self, name: str, recipient: Recipient) -> None:
        self.keys[name] = signing.key_of(recipient_id=recipient.pk, key_number=recipient.key_number)

    def let_go(self) -> None:
        """Answer whoever is still held, and hold nobody from now on."""
        self.hold = lambda name, when: False
        self.released.set()

    def _held(self, name: str, when: str) -> bool:
        if not self.hold(name, when):
            return False
        self.held.append(name)
        self.released.wait(60)
        return True

    def answer(self, name: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        if self._held(name, "before"):
            return 0, ""  # who called is gone, and what it said with it
        with self.lock:
            self.calls[name] += 1
            failing = self.fails(name, self.calls[name])
            delivery = headers["webhook-id"]
            signed = f"{delivery}.{headers['webhook-timestamp']}.".encode() + body
            mine = "v1," + base64.b64encode(hmac.digest(self.keys[name], signed, sha256)).decode()
            if mine != headers["webhook-signature"] or json.loads(body)["delivery_id"] != delivery:
                self.forged.append(delivery)
                return 400, ""
            if failing == "refuse":
                return 503, ""
            if delivery not in self.seen:
                self.seen.add(delivery)
                self.taken.setdefault(name, []).append(delivery)
            if failing == "drop":
                return 0, ""
        self._held(name, "after")
        text = f"receipt.{delivery}.".encode() + sha256(body).hexdigest().encode()
        receipt = "v1," + base64.b64encode(hmac.digest(self.keys[name], text, sha256)).decode()
        return 200, receipt if self.receipts else ""


@contextmanager
def listening() -> Iterator[Programs]:
    programs = Programs()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {k.lower(): v for k, v in self.headers.items()}
            status, receipt = programs.answer(self.path.strip("/"), headers, body)
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            if receipt:
                self.send_header("webhook-receipt", receipt)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (OSError, ValueError):  # closed on purpose
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    programs.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield programs
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
