"""The address of a database as PostgreSQL's own programs read it: TCP, sockets, TLS and what else libpq knows."""

from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict, make_conninfo

NAMED = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def read(*, url: str, variable: str) -> dict[str, Any]:
    """
    Give the parts of an address as Django's settings name them.

    :raises ImproperlyConfigured: libpq cannot read it, or it names no database.
    """
    try:
        given = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError:
        # Not libpq's own sentence: it repeats the part it stumbled over, which may be the password.
        raise ImproperlyConfigured(
            f"{variable} 不是 PostgreSQL 的地址。应为 postgresql://角色:密码@主机:端口/库名，"
            "或经套接字 postgresql://角色@/库名?host=/套接字所在目录。"
            "密码中的 @ : / ? # % 须写成 %40 %3A %2F %3F %23 %25。"
        ) from None
    if not given.get("dbname"):
        raise ImproperlyConfigured(f"{variable} 没有写明数据库。请在地址末尾加上库名，例如 …/publiccredit。")
    parts: dict[str, Any] = {setting: given.pop(key, "") for key, setting in NAMED.items()}
    return {**parts, "OPTIONS": given} if given else parts


def written(*, parts: dict[str, Any], options: str = "") -> str:
    """Write the parts as libpq takes them, with further options of the session."""
    given = {key: parts[setting] for key, setting in NAMED.items() if parts.get(setting)}
    given |= parts.get("OPTIONS", {})
    if options:
        given["options"] = f"{given.get('options', '')} {options}".strip()
    return make_conninfo(**given)
