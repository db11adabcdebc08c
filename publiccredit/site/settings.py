"""
The settings of the program. What an installation may change comes from the environment; everything else stands here.

DATABASE_URL                any PostgreSQL >= 15; empty: the embedded one under the data folder
DATABASE_OWNER_URL          the role that makes tables; empty: the same as DATABASE_URL
PUBLICCREDIT_DATABASE_ROLE  "owner" while tables are made or changed; otherwise leave it empty
DATABASE_BACKUP_URL         the role that backs up; empty: the owner, acting as the program itself
PUBLICCREDIT_DATABASE_NAME  a database of the embedded cluster other than the first (tests)
PUBLICCREDIT_DATA           the data folder; default .data beside the program
PUBLICCREDIT_PACKS          the packs; default packs beside the program
PUBLICCREDIT_SECRET_KEY     the key of sessions and signatures; default: made once and kept in the data folder
PUBLICCREDIT_NOTICE_KEY     the key from which the keys of notices are made; default: as above
PUBLICCREDIT_HOSTS          host names the site answers to, separated by commas; default loopback
PUBLICCREDIT_SECURE         1 behind HTTPS: cookies and redirects then insist on it
PUBLICCREDIT_PROXIES        how many reverse proxies of the house stand before it; default 0
PUBLICCREDIT_SITE_NAME      the name at the head of every page
PUBLICCREDIT_WEB_PROCESS    set by the program itself: the process the web workers end with
PUBLICCREDIT_WEB_GATE       set by the program itself: the pipe whose end tells web workers that the database is ready
PUBLICCREDIT_SIGN_ON_ISSUER the province's OpenID provider for enterprises; empty: none, letters and codes remain
PUBLICCREDIT_SIGN_ON_CLIENT the name this installation has with it
PUBLICCREDIT_SIGN_ON_SECRET the secret it was given
PUBLICCREDIT_SIGN_ON_CLAIM  the claim that holds the unified social credit identifier; default uscc
PUBLICCREDIT_MESSAGE_GATEWAY    the address of the gateway for short messages; empty: the office reads them out
PUBLICCREDIT_MESSAGE_TOKEN      the bearer token it asks for
PUBLICCREDIT_MESSAGE_SIGNATURE  the signature (短信签名) it has on file, in front of every text
PUBLICCREDIT_SECOND_FACTOR  required: who approves must have one; offered: who has one is asked; default required,
                            in the demonstration offered
PUBLICCREDIT_LOG_LEVEL      from which level on the log is written; default WARNING
PUBLICCREDIT_DEMO           1 in the demonstration: a banner says that everything is invented; default 1 on a folder
                            that the demonstration filled
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from publiccredit.site import database_url, embedded_postgres

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_FOLDER = Path(os.environ.get("PUBLICCREDIT_DATA", BASE_DIR / ".data")).resolve()
PACKS_FOLDER = Path(os.environ.get("PUBLICCREDIT_PACKS", BASE_DIR / "packs")).resolve()
STORE_FOLDER = DATA_FOLDER / "store"  # what is kept of submissions, documents and papers, by hash
RECEIVED_FOLDER = DATA_FOLDER / "received"  # files as sent, until they are filed or refused; in no backup
DEMONSTRATED = (
    DATA_FOLDER / "demo.json"
)  # what `demo` fills its folder by: whatever runs on it later shows invented data
DEMO = os.environ.get("PUBLICCREDIT_DEMO", "1" if DEMONSTRATED.exists() else "") == "1"
SECOND_FACTOR = os.environ.get("PUBLICCREDIT_SECOND_FACTOR") or ("offered" if DEMO else "required")
SITE_NAME = os.environ.get("PUBLICCREDIT_SITE_NAME", "公共信用信息平台")  # as the masthead shows it
SECURE = os.environ.get("PUBLICCREDIT_SECURE") == "1"
PROXIES = int(os.environ.get("PUBLICCREDIT_PROXIES") or 0)
DEBUG = False


def _kept_key(name: str) -> str:
    """Give a key of this installation, made at the first start; two processes starting at once agree on one."""
    file = DATA_FOLDER / name
    if not file.exists():
        DATA_FOLDER.mkdir(parents=True, exist_ok=True)
        mine = DATA_FOLDER / f".{name}-{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(mine, file)
        mine.unlink()
    return file.read_text()


SECRET_KEY = os.environ.get("PUBLICCREDIT_SECRET_KEY") or _kept_key("secret-key")
NOTICE_KEY = os.environ.get("PUBLICCREDIT_NOTICE_KEY") or _kept_key("notice-key")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")  # the program asks itself whether it answers
ALLOWED_HOSTS = [h for h in os.environ.get("PUBLICCREDIT_HOSTS", "").split(",") if h] + [*LOOPBACK]

# --- database -------------------------------------------------------------------------------------------------------

DATABASE_ROLE = os.environ.get("PUBLICCREDIT_DATABASE_ROLE", "application")  # or "owner", for migrations only
DATABASE_IS_EMBEDDED = not os.environ.get("DATABASE_URL")


def _database() -> dict[str, Any]:
    as_owner = DATABASE_ROLE == "owner"
    if DATABASE_IS_EMBEDDED:
        cluster = embedded_postgres.locate(DATA_FOLDER)
        name = os.environ.get("PUBLICCREDIT_DATABASE_NAME", embedded_postgres.DATABASE)
        role = embedded_postgres.OWNER if as_owner else embedded_postgres.APPLICATION
        return dict(cluster.url_parts(role, name))
    variable = "DATABASE_OWNER_URL" if as_owner and os.environ.get("DATABASE_OWNER_URL") else "DATABASE_URL"
    return database_url.read(url=os.environ[variable], variable=variable)


_ADDRESS = _database()
WEB_THREADS = 4  # of each process of the site


def _keeping() -> dict[str, Any]:
    """
    Say how connections to the database are kept. The site shares a pool of them in each process, one for each thread.

    Its server ends a thread that has had nothing to do for half a minute, and starts another when it is needed: what
    such a thread held of its own stayed open, until the database took no more. Commands and tasks keep their own.
    """
    if "PUBLICCREDIT_WEB_PROCESS" not in os.environ:
        return {"CONN_MAX_AGE": 600}
    # While the database is away nobody waits longer than this, and each request tries anew: the pool's own attempts
    # lie further and further apart.
    pool = {"min_size": 0, "max_size": WEB_THREADS, "timeout": 5, "reconnect_timeout": 1}
    return {"OPTIONS": {**_ADDRESS.get("OPTIONS", {}), "pool": pool}}


DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,  # after a restart of the database nobody is answered by a connection that is gone
        **_ADDRESS,
        **_keeping(),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- program --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "csp",
    "procrastinate.contrib.django",
    "publiccredit.ledger",
    "publiccredit.accounts",
    "publiccredit.catalogue",
    "publiccredit.subjects",
    "publiccredit.recipients",
    "publiccredit.matching",
    "publiccredit.intake",
    "publiccredit.casework",
    "publiccredit.disclosure",
    "publiccredit.oversight",
    "publiccredit.subjectdesk",
    "publiccredit.site",
]
AUTH_USER_MODEL = "accounts.Officer"
MIDDLEWARE = [
    "publiccredit.disclosure.pages.kept.KeptPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "publiccredit.site.unreadable.RefuseNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "publiccredit.site.middleware.UploadLimitMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "publiccredit.site.middleware.DatabaseSessionMiddleware",
    "axes.middleware.AxesMiddleware",
    "publiccredit.site.middleware.HelpfulRefusalMiddleware",
    *(["publiccredit.site.middleware.FillingMiddleware"] if DEMO else []),
]
ROOT_URLCONF = "publiccredit.site.urls"
WSGI_APPLICATION = "publiccredit.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "publiccredit.site.context.site",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "publiccredit.accounts.backends.OfficerBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "publiccredit.accounts.passwords.UnlikeTheAccount"},
    {"NAME": "publiccredit.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "publiccredit.accounts.passwords.Uncommon"},
]
LOGIN_URL = "accounts:log_in"
LOGIN_REDIRECT_URL = "site:desk"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "publiccredit.accounts.access.address_of"
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "publiccredit.site.errors.too_many"

SIGN_ON_ISSUER = os.environ.get("PUBLICCREDIT_SIGN_ON_ISSUER", "")
SIGN_ON_CLIENT = os.environ.get("PUBLICCREDIT_SIGN_ON_CLIENT", "")
SIGN_ON_SECRET = os.environ.get("PUBLICCREDIT_SIGN_ON_SECRET", "")
SIGN_ON_CLAIM = os.environ.get("PUBLICCREDIT_SIGN_ON_CLAIM", "uscc")
MESSAGE_GATEWAY = os.environ.get("PUBLICCREDIT_MESSAGE_GATEWAY", "")
MESSAGE_TOKEN = os.environ.get("PUBLICCREDIT_MESSAGE_TOKEN", "")
MESSAGE_SIGNATURE = os.environ.get("PUBLICCREDIT_MESSAGE_SIGNATURE", "")

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the packages themselves: nothing to collect
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["publiccredit.site.uploads.NamelessFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 1024 * 1024 * 1024

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = ["^health$"]  # asked on loopback, behind the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CSRF_FAILURE_VIEW = "publiccredit.site.errors.cross_site"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["publiccredit.accounts.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "publiccredit.site.api.error_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "公共信用信息平台接口",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Two things are called severity; unnamed, one of them would be named by a checksum.
    "ENUM_NAME_OVERRIDES": {
        "RecordSeverity": ["slight", "general", "serious"],
        "IssueSeverity": ["return", "warn"],
    },
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PUBLICCREDIT_LOG_LEVEL") or "WARNING"},
    "loggers": {"publiccredit": {"level": "INFO"}},
}
SILENCED_SYSTEM_CHECKS = ["rest_framework.W001"]
