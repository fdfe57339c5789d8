"""Every setting of the site; the only file that reads the environment, and it refuses to start half configured."""

import ipaddress
import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


def refuse(variable: str, why: str) -> None:
    """Stop the program with a message that names the variable and the reason."""
    raise ImproperlyConfigured(f"{variable}: {why}")


def whole_number(variable: str, *, default: int, least: int, most: int) -> int:
    """Return an integer from the environment; stop the program if it is not between `least` and `most`."""
    text = env.str(variable, default=str(default))
    if not text.strip().isdecimal() or not least <= int(text) <= most:
        refuse(variable, f"“{text}” is not a whole number from {least} to {most}.")
    return int(text)


def is_local(host: str) -> bool:
    """Return whether a host is this machine or in its local network, rather than a public name or address."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".test", ".internal", ".home.arpa"))


# --- files and folders -----------------------------------------------------------------------------------------

# A server keeps its settings in one file: a site in /srv/commonplace in /etc/commonplace.env. Every command reads it
# here, so none depends on who started it; environment variables override it.
_server_file = f"/etc/{BASE_DIR.name}.env" if BASE_DIR.parent == Path("/srv") else ""
SETTINGS_FILE = env.str("SETTINGS_FILE", default=_server_file)
if SETTINGS_FILE and os.path.lexists(SETTINGS_FILE):
    if not os.access(SETTINGS_FILE, os.R_OK):
        refuse(
            "SETTINGS_FILE",
            f"“{SETTINGS_FILE}” can’t be read by this user. Run the command as root or as the site’s user.",
        )
    env.read_env(SETTINGS_FILE, overwrite=False)
elif SETTINGS_FILE and _server_file != SETTINGS_FILE:
    refuse("SETTINGS_FILE", f"“{SETTINGS_FILE}” is not a file.")

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
# `make run` writes this file once (python -m config.first_run); the variables above override it.
env.read_env(str(DATA_DIR / "local.env"), overwrite=False)

DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    refuse(
        "SECRET_KEY",
        "is not set. Sessions and signed links need a long random text of at least 50 characters.",
    )
if not DATA_DIR.is_dir():
    refuse(
        "DATA_DIR",
        f"“{DATA_DIR}” is not a folder. Create it first; database, pictures and mail files are kept there.",
    )
if len(SECRET_KEY) < 50:
    refuse("SECRET_KEY", f"has {len(SECRET_KEY)} characters; it needs at least 50 to be safe.")

SITE_URL = env.str("SITE_URL", default="").rstrip("/")
if not SITE_URL:
    refuse(
        "SITE_URL",
        "is not set. Links in feeds and e-mails need the site’s web address, such as https://example.org.",
    )
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname or _site.path:
    refuse("SITE_URL", f"“{SITE_URL}” is not a web address without a path, such as https://example.org.")

# On this machine or in its local network, where no outsider can listen.
IS_LOCAL = is_local(_site.hostname)
if DEBUG and (_site.scheme == "https" or not IS_LOCAL):
    refuse(
        "DEBUG",
        f"is on, and SITE_URL is {SITE_URL}. Error pages would show settings and source code to every visitor, so"
        " DEBUG works only with http and a local address, such as http://127.0.0.1:8000.",
    )

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

PORT = whole_number("PORT", default=8000, least=1, most=65535)
WEB_PROCESSES = whole_number("WEB_PROCESSES", default=min(2, os.cpu_count() or 1), least=1, most=64)
WEB_THREADS = whole_number("WEB_THREADS", default=4, least=1, most=64)
WEB_MACHINES = whole_number("WEB_MACHINES", default=0, least=0, most=999)
# Off only for measurements, in which one machine sends the requests of many readers.
READ_LIMITS = env.bool("READ_LIMITS", default=True)
TRUSTED_PROXY_COUNT = whole_number("TRUSTED_PROXY_COUNT", default=0, least=0, most=9)
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    refuse("LOG_LEVEL", f"“{LOG_LEVEL}” is not one of DEBUG, INFO, WARNING, ERROR.")

# --- the program ----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "mptt",
    # Before accounts, whose admin unregisters some of its models.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "accounts",
    "blog",
    "comments",
    "exchange",
    # Installed on every site for its commands: make_demo to try a site out, stress_comments to test a server.
    "lab",
]

MIDDLEWARE = [
    # Before the page cache, which sets no cookies: this one remembers the order that a reader has chosen.
    "comments.middleware.OrderCookieMiddleware",
    # Skips cached pages, which are compressed already; pads all others against BREACH.
    "web.compression.CompressionMiddleware",
    # Before all middleware that does work, so that a cached page costs one query and nothing else.
    "blog.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.ReadableText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ReauthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "blog.middleware.SiteSettingsMiddleware",
    "blog.middleware.RedirectFallbackMiddleware",
    "comments.middleware.LateContentMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "blog.context.frame",
            ]
        },
    }
]

# --- data -----------------------------------------------------------------------------------------------------

try:
    _database = env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'commonplace.sqlite3'}")
except Exception as error:
    raise ImproperlyConfigured(f"DATABASE_URL: is not a valid database address ({error}).") from error

SQLITE = _database["ENGINE"].endswith("sqlite3")
if SQLITE:
    _database["ENGINE"] = "config.sqlite"
    _database["OPTIONS"] = {
        # Taking the write lock at BEGIN is the tree lock of SQLite; see comments/tree/.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a comment that was acknowledged survives a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
elif not _database["ENGINE"].endswith("postgresql"):
    refuse(
        "DATABASE_URL",
        "is neither SQLite nor PostgreSQL, the only databases on which the comment trees are tested.",
    )
if not SQLITE:
    _database["ENGINE"] = "config.postgresql"
    # A server that does not answer costs a reader seconds, not minutes; values in DATABASE_URL override this.
    _database["OPTIONS"] = {
        "connect_timeout": 2,  # seconds, as the idle time; the least there is
        "keepalives_idle": 30,
        "tcp_user_timeout": 5000,  # milliseconds: the other machine is gone, so the connection is too
    } | _database.get("OPTIONS", {})
_database["CONN_MAX_AGE"] = 600
_database["CONN_HEALTH_CHECKS"] = not SQLITE
DATABASES = {"default": _database}
# A database on another machine may serve several machines, unless WEB_MACHINES says that it does not.
_host = _database.get("OPTIONS", {}).get("host") or _database["HOST"]
_is_here = SQLITE or _host in {"", "localhost", "127.0.0.1", "::1"} or _host.startswith("/")
_is_shared = WEB_MACHINES > 1 or (WEB_MACHINES == 0 and not _is_here)
# Seconds for which a cached page may be served while the database is away. This machine learns only from the database
# what other machines have deleted meanwhile.
KEPT_WITHOUT_DATABASE = 120 if _is_shared else 600
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", default="")
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://")):
    refuse("CACHE_URL", f"“{CACHE_URL}” is not a Redis address such as redis://127.0.0.1:6379/0.")
if CACHE_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            # A cache that hangs may cost a reader a fifth of a second, never the page.
            "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- people ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.MemberBackend"]
SESSION_ENGINE = "accounts.sessions"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# What django-allauth does here; the pages and addresses are ours (accounts/urls.py).
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
    "request_login_code": "accounts.forms.RequestCodeForm",
    "reauthenticate": "accounts.forms.PasswordAgainForm",
    "add_email": "accounts.forms.NewAddressForm",
}
# E-mails carry a code instead of a link: people type it on the page they are on, and don't lose their place.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
# Seconds. Mail may be slow; a code should not expire while somebody is waiting for it.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 60 * 60
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 60 * 60
# Changing e-mail address, password or two-step sign-in needs a confirmation of identity within this time.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Ours are in the database and count for all processes (accounts/attempts.py).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.AddAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.forms.PasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
}
# A code that expired while it was typed is still accepted (RFC 6238 advises one step), but no code twice.
MFA_TOTP_TOLERANCE = 1

# --- mail -----------------------------------------------------------------------------------------------------

# Seconds. A mail server that does not answer must not block the thread that serves a reader.
EMAIL_TIMEOUT = 10
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    try:
        vars().update(env.email_url("EMAIL_URL"))
    except Exception as error:
        raise ImproperlyConfigured(f"EMAIL_URL: is not a valid mail server address ({error}).") from error
else:
    # Only a laptop's console shows mail: sign-in codes must not appear in the log of a public site.
    EMAIL_BACKEND = (
        "web.mail.FileAndConsoleBackend"
        if _site.scheme == "http"
        else "django.core.mail.backends.filebased.EmailBackend"
    )
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default=f"no-reply@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- language and time ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
# Translations, one folder for each language; `commonplace makemessages -l de` begins one.
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- files ----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# The web server reads pictures as another user, and nothing else in DATA_DIR.
FILE_UPLOAD_DIRECTORY_PERMISSIONS, FILE_UPLOAD_PERMISSIONS = 0o755, 0o644
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- safety ---------------------------------------------------------------------------------------------------

ONE_YEAR = 365 * 24 * 60 * 60  # seconds

CSRF_FAILURE_VIEW = "blog.views.errors.token_missing"
SECURE = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Browsers remember this for that long, and no setting can undo it. So it applies to this host only, unless the owner
# declares that every other host of the domain has https too.
HSTS_SECONDS = whole_number("HSTS_SECONDS", default=ONE_YEAR, least=0, most=2 * ONE_YEAR)
SECURE_HSTS_SECONDS = HSTS_SECONDS if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE and env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = SECURE and env.bool("HSTS_PRELOAD", default=False)
if SECURE_HSTS_PRELOAD and not (SECURE_HSTS_INCLUDE_SUBDOMAINS and HSTS_SECONDS >= ONE_YEAR):
    refuse(
        "HSTS_PRELOAD",
        f"is on. Browsers’ lists accept a domain only with HSTS_INCLUDE_SUBDOMAINS and HSTS_SECONDS of {ONE_YEAR}.",
    )
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # subdomains: they are not this program's to promise for; HSTS_INCLUDE_SUBDOMAINS
    "security.W021",  # preloading: the same, for ever; HSTS_PRELOAD
]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# No inline scripts or styles anywhere, so no nonce is needed and whole pages can be cached.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- logs -----------------------------------------------------------------------------------------------------

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                # Otherwise the log says only that a page failed, not where.
                structlog.processors.format_exc_info,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL, "propagate": True}},
}
