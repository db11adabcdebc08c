"""The province's sign-on, with a small OpenID provider on loopback that verifies PKCE and signs what a test asks for."""

import base64
import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import RSAKey

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.models import Entry
from publiccredit.subjects.models import Subject

pytestmark = pytest.mark.django_db
KEY = RSAKey.generate_key(2048, parameters={"kid": "one"})
STRANGER = RSAKey.generate_key(2048, parameters={"kid": "one"})


class Province:
    """A provider whose answers a test may bend."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.key = KEY
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, form: dict[str, str]) -> dict[str, object]:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(timezone.now().timestamp())
        usual = {"iss": self.issuer, "aud": "county", "iat": now, "exp": now + 300, "nonce": self.asked["nonce"]}
        return {"id_token": jwt.encode({"alg": "RS256", "kid": "one"}, usual | self.claims, self.key)}

    def _handler(province) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler below has its own self
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known: dict[str, object] = {
                    "issuer": province.issuer,
                    "authorization_endpoint": f"{province.issuer}/authorize",
                    "token_endpoint": f"{province.issuer}/token",
                    "jwks_uri": f"{province.issuer}/keys",
                }
                self._answer({"keys": [KEY.as_dict(private=False)]} if self.path == "/keys" else known)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer(province.token({k: v[0] for k, v in parse_qs(body).items()}))

            def _answer(self, found: dict[str, object]) -> None:
                body = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        return Handler


@pytest.fixture
def province(settings: Any) -> Iterator[Province]:
    made = Province()
    settings.SIGN_ON_ISSUER, settings.SIGN_ON_CLIENT, settings.SIGN_ON_SECRET = made.issuer, "county", "s"
    yield made
    made.server.shutdown()
    made.server.server_close()


def _go(province: Province, client: Client) -> str:
    """Go to the province's page, and give the state it is asked to bring back."""
    address = client.get("/mine/log-in/sign-on/").headers["Location"]
    province.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (province.asked["response_type"], province.asked["code_challenge_method"]) == ("code", "S256")
    return province.asked["state"]


def _because() -> object:
    with acting(actor=PROGRAM):
        return json.loads(Entry.objects.order_by("-position")[0].payload).get("because")


def test_an_enterprise_the_province_vouches_for_is_at_its_desk(
    province: Province, subject: Subject, client: Client
) -> None:
    province.claims = {"uscc": subject.uscc}
    state = _go(province, client)
    answer = client.get("/mine/log-in/sign-on/answer/", {"code": "c", "state": state})
    assert answer.headers["Location"] == "/mine/"
    assert subject.name in client.get("/mine/").content.decode()


@pytest.mark.parametrize(
    ("claims", "because"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"aud": "another"}, "audience"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"exp": 1}, "time"),
        ({"exp": "soon"}, "time"),
    ],
)
def test_a_token_with_a_wrong_claim_opens_nothing_and_says_why_in_the_ledger(
    province: Province, subject: Subject, client: Client, claims: dict[str, object], because: str
) -> None:
    province.claims = {"uscc": subject.uscc} | claims
    state = _go(province, client)
    answer = client.get("/mine/log-in/sign-on/answer/", {"code": "c", "state": state})
    assert answer.headers["Location"] == "/mine/log-in/" and "mine" not in answer.cookies
    assert _because() == because


def test_an_enterprise_that_is_not_on_file_is_told_so_and_nothing_of_codes(
    province: Province, subject: Subject, client: Client
) -> None:
    province.claims = {"uscc": "91000000000199999X"}
    state = _go(province, client)
    page = client.get("/mine/log-in/sign-on/answer/", {"code": "c", "state": state}, follow=True).content.decode()
    assert "登录的不是本县已建档的单位" in page
    assert "验证码不相符" not in page


def test_a_token_signed_by_a_stranger_opens_nothing(province: Province, subject: Subject, client: Client) -> None:
    province.claims, province.key = {"uscc": subject.uscc}, STRANGER
    state = _go(province, client)
    client.get("/mine/log-in/sign-on/answer/", {"code": "c", "state": state})
    assert _because() == "signature"


def test_an_answer_to_another_browser_or_with_another_state_opens_nothing(
    province: Province, subject: Subject, client: Client
) -> None:
    province.claims = {"uscc": subject.uscc}
    state = _go(province, client)
    Client().get("/mine/log-in/sign-on/answer/", {"code": "c", "state": state})
    assert _because() == "not_asked"
    client.get("/mine/log-in/sign-on/answer/", {"code": "c", "state": "another"})
    assert _because() == "state"


def test_a_code_without_the_verifier_of_its_challenge_is_worth_nothing(
    province: Province, subject: Subject, client: Client
) -> None:
    state = _go(province, client)
    province.asked["code_challenge"] = "of-somebody-else"
    client.get("/mine/log-in/sign-on/answer/", {"code": "c", "state": state})
    assert _because() == "signature"


def test_without_a_sign_on_there_is_no_way_to_one(subject: Subject, client: Client) -> None:
    assert client.get("/mine/log-in/sign-on/").status_code == 404
    assert "统一身份认证登录" not in client.get("/mine/log-in/").content.decode()
