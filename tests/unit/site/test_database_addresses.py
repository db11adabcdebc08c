"""An address of a database is read as PostgreSQL's own programs read it."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from publiccredit.site.database_url import read, written

TCP = {"NAME": "credit", "USER": "app", "PASSWORD": "secret", "HOST": "db.example", "PORT": "5433"}
SOCKET = {"NAME": "credit", "USER": "app", "PASSWORD": "", "HOST": "/Run/My Sockets", "PORT": ""}


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://app:secret@db.example:5433/credit", TCP),
        ("postgres://app:secret@db.example:5433/credit", TCP),
        ("host=db.example port=5433 user=app password=secret dbname=credit", TCP),
        ("postgresql://app@/credit?host=/Run/My%20Sockets", SOCKET),
        ("postgresql://app@%2FRun%2FMy%20Sockets/credit", SOCKET),
        ("postgresql:///credit?user=app&host=/Run/My%20Sockets", SOCKET),
        ("postgresql://app:secret@[::1]:5433/credit", TCP | {"HOST": "::1"}),
        ("postgresql://app:a%40p%2Fp%3A%25%3F%231@db.example:5433/credit", TCP | {"PASSWORD": "a@p/p:%?#1"}),
        ("postgresql://app:secret@db.example:5433/%E4%BF%A1%E7%94%A8", TCP | {"NAME": "信用"}),
        (
            "postgresql://app:secret@db.example:5433/credit?sslmode=verify-full&connect_timeout=5",
            TCP | {"OPTIONS": {"sslmode": "verify-full", "connect_timeout": "5"}},
        ),
    ],
)
def test_an_address_is_read_whole(url: str, parts: dict[str, object]) -> None:
    assert read(url=url, variable="DATABASE_URL") == parts
    assert read(url=written(parts=parts), variable="DATABASE_URL") == parts


@pytest.mark.parametrize("url", ["postgresql://app:se%zzcret@host/credit", "mysql://app:secret@host/credit", "secret"])
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_OWNER_URL 不是 PostgreSQL 的地址.*%40") as refusal:
        read(url=url, variable="DATABASE_OWNER_URL")
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_an_address_names_its_database() -> None:
    with pytest.raises(ImproperlyConfigured, match="没有写明数据库"):
        read(url="postgresql://app:secret@host/", variable="DATABASE_URL")


def test_options_of_the_session_are_added_to_those_of_the_address() -> None:
    parts = read(url="postgresql://app@host/credit?options=-c%20search_path%3Dpublic", variable="DATABASE_URL")
    given = conninfo_to_dict(written(parts={**parts, "PASSWORD": ""}, options="-c publiccredit.role=program"))
    assert given["options"] == "-c search_path=public -c publiccredit.role=program"
    assert "password" not in given
