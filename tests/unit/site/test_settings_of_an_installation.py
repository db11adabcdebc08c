"""An installation behind a proxy with HTTPS answers itself on loopback, and knows that its readers come by HTTPS."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.environment import ROOT

ASK = """
import json, django
from django.conf import settings
django.setup()
from django.test import Client
ask = Client()
told = {
    "hosts": settings.ALLOWED_HOSTS,
    "factor": settings.SECOND_FACTOR,
    "level": settings.LOGGING["root"]["level"],
    "plain": ask.get("/help/", HTTP_HOST="credit.example.cn").status_code,
    "proxied": ask.get("/help/", HTTP_HOST="credit.example.cn", HTTP_X_FORWARDED_PROTO="https").status_code,
}
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory
inner = SecurityMiddleware(lambda request: type("A", (dict,), {"headers": {}})())
told["health"] = inner.process_request(RequestFactory().get("/health", HTTP_HOST="127.0.0.1")) is None
print(json.dumps(told))
"""


def told(**environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        capture_output=True, text=True, cwd=ROOT, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "publiccredit.site.settings", **environment},
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def test_behind_https_it_answers_the_proxy_and_itself() -> None:
    asked = told(PUBLICCREDIT_SECURE="1", PUBLICCREDIT_HOSTS="credit.example.cn", PUBLICCREDIT_SECOND_FACTOR="")
    assert asked["hosts"] == ["credit.example.cn", "127.0.0.1", "localhost", "[::1]"]
    assert (asked["plain"], asked["proxied"], asked["health"]) == (301, 200, True)
    assert (asked["factor"], asked["level"]) == ("required", "WARNING")


def test_the_demonstration_offers_the_second_factor_and_an_installation_may_choose() -> None:
    assert told(PUBLICCREDIT_DEMO="1", PUBLICCREDIT_SECOND_FACTOR="")["factor"] == "offered"
    chosen = told(PUBLICCREDIT_DEMO="1", PUBLICCREDIT_SECOND_FACTOR="required", PUBLICCREDIT_LOG_LEVEL="INFO")
    assert (chosen["factor"], chosen["level"]) == ("required", "INFO")


def test_whatever_runs_on_the_data_of_the_demonstration_says_so(tmp_path: Path) -> None:
    plain = {"PUBLICCREDIT_DATA": str(tmp_path), "PUBLICCREDIT_SECOND_FACTOR": ""}
    assert told(**plain)["factor"] == "required"
    (tmp_path / "demo.json").write_text('{"until": "2026-11-27"}')
    assert told(**plain)["factor"] == "offered"  # else no case of it could be approved from the shell
    assert told(**plain, PUBLICCREDIT_DEMO="0")["factor"] == "required"
