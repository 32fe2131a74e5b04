"""Settings, all from the environment; `docs/settings.md` lists every one.

`bin/run` writes `var/env`; real environment variables win over it.
"""

import datetime as dt
from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from gis_grid.config.wheels import gdal_library, geos_library

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
env.smart_cast = False
ENV_FILE = Path(env.str("GIS_GRID_ENV_FILE", default=str(BASE_DIR / "var" / "env")))
if ENV_FILE.is_file():
    environ.Env.read_env(ENV_FILE)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Encrypted personal data: base64 of 32 bytes each, the first one encrypts, all decrypt.
FIELD_ENCRYPTION_KEYS: list[str] = env.list("FIELD_ENCRYPTION_KEYS", default=[])
LOOKUP_HASH_KEY = env.str("LOOKUP_HASH_KEY", default="")
# The demo town is loaded and its fixed passwords are accepted only where this is on.
DEMO = env.bool("DEMO", default=False)
HTTPS = env.bool("HTTPS", default=False)
# Names, phones and identity numbers that one person may reveal in an hour.
REVEALS_PER_HOUR = env.int("REVEALS_PER_HOUR", default=60)

DATABASE_URL = env.str("DATABASE_URL", default="postgres:///gis_grid")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default=DATABASE_URL)


def _database(url: str) -> dict[str, Any]:
    config = environ.Env.db_url_config(url)
    # pg_temp last: a temporary table never stands in for one of the application's.
    path = {"options": "-c search_path=public,pg_temp"}
    # A server that is away or frozen is given up; `core/database.py` bounds what follows.
    waits = {"connect_timeout": 2, "tcp_user_timeout": 10_000}
    return {
        **config,
        "OPTIONS": {**waits, **config.get("OPTIONS", {}), **path},
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


# "default" serves the web and the worker with a role that owns nothing;
# "owner" exists for `migrate --database=owner`.
DATABASES = {
    "default": _database(DATABASE_URL),
    "owner": _database(DATABASE_OWNER_URL) | {"TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

GDAL_LIBRARY_PATH = env.str("GDAL_LIBRARY_PATH", default=gdal_library())
GEOS_LIBRARY_PATH = env.str("GEOS_LIBRARY_PATH", default=geos_library())

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.gis",
    "django.contrib.postgres",
    "axes",
    "leaflet",
    # Brings the files of the API's page, which would come from a CDN otherwise.
    "ninja",
    "procrastinate.contrib.django",
    "gis_grid.core",
    "gis_grid.audit",
    "gis_grid.accounts",
    "gis_grid.territory",
    "gis_grid.households",
    "gis_grid.duties",
    "gis_grid.facilities",
    "gis_grid.incidents",
    "gis_grid.exchange",
    "gis_grid.patrols",
    "gis_grid.fieldsync",
    "gis_grid.printing",
    "gis_grid.navmap",
    "gis_grid.ogc",
]

MIDDLEWARE = [
    "gis_grid.core.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "gis_grid.core.middleware.PlainTextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gis_grid.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "gis_grid.accounts.middleware.SessionLimitsMiddleware",
    "gis_grid.accounts.middleware.PasswordChangeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gis_grid.core.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gis_grid.config.urls"
WSGI_APPLICATION = "gis_grid.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "gis_grid" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gis_grid.territory.context.demo_data",
                "gis_grid.incidents.pages.live.hears_notices",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "gis_grid.accounts.backends.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": _VALIDATION + "CommonPasswordValidator"},
    {
        "NAME": _VALIDATION + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name"]},
    },
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign_in"

# Sessions: left alone they end after SESSION_IDLE, however busy after SESSION_LIFETIME.
SESSION_IDLE = dt.timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=30))
SESSION_LIFETIME = dt.timedelta(hours=env.int("SESSION_LIFETIME_HOURS", default=12))
SESSION_COOKIE_AGE = int(SESSION_LIFETIME.total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gis_grid.core.views.csrf_failed"

# Lockout: a login name from one address, after so many wrong passwords, for so long.
AXES_FAILURE_LIMIT = env.int("LOCKOUT_FAILURES", default=5)
AXES_COOLOFF_TIME = dt.timedelta(minutes=env.int("LOCKOUT_MINUTES", default=15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "gis_grid.accounts.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "gis_grid.core.security.client_address"
AXES_RESET_ON_SUCCESS = True
# The time that the page names does not move when somebody tries meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Sign-ins stand in the audit log; a second list of names and addresses is not kept.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Proxies of one's own in front; 0 means that browsers reach this server directly. They are
# believed about the client's address and about HTTPS, so they must set both headers.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(api/v1/)?healthz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Browsers' preload lists are for the owner of the domain to join, not for this software.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# Faults go to the log of the process; who sends made-up host names doesn't fill it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"faults": {"()": "gis_grid.core.faults.FaultFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "level": "ERROR", "formatter": "faults"},
        "access": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
    },
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO"},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "gis_grid": {"handlers": ["stderr"], "level": "INFO"},
        "gis_grid.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
    },
}

LANGUAGE_CODE = "zh-hans"
FORMAT_MODULE_PATH = "gis_grid.formats"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "gis_grid" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Maps of others' sources are for developers alone and cost half of the time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
MEDIA_ROOT = BASE_DIR / "var" / "media"
# The font of prints, as set-up made it of the machine's own.
FONT_DIR = env.str("FONT_DIR", default=str(BASE_DIR / "var" / "fonts"))

# Threads of a web process, and the longest body that it takes, in bytes.
WEB_THREADS = env.int("WEB_THREADS", default=8)
LONGEST_BODY_BYTES = env.int("LONGEST_BODY_BYTES", default=256 * 1024 * 1024)

# Tiles: connections a web process, how long to wait for one, when to give up on a query.
TILE_POOL_SIZE = env.int("TILE_POOL_SIZE", default=3)
TILE_POOL_WAIT_S = env.float("TILE_POOL_WAIT_S", default=3.0)
TILE_STATEMENT_TIMEOUT_MS = env.int("TILE_STATEMENT_TIMEOUT_MS", default=5000)
# Bytes of drawn tiles that a web process keeps; 0 keeps none.
TILE_CACHE_BYTES = env.int("TILE_CACHE_BYTES", default=32 * 1024 * 1024)
# How long a web process trusts a login for tiles before it asks again; 0 asks every time.
TILE_LOGIN_MEMORY_S = env.float("TILE_LOGIN_MEMORY_S", default=5.0)

# The map's own frame; `leaflet` reads it for the map page and for widgets alike.
LEAFLET_CONFIG = {
    "SPATIAL_EXTENT": (73.0, 17.0, 136.0, 54.0),
    "MIN_ZOOM": 4,
    "MAX_ZOOM": 20,
    "SCALE": "metric",
    # No tiles of others unless an administrator sets a base map.
    "TILES": [],
    "RESET_VIEW": False,
}

# Households that a small grid should have, as JSON: see docs/settings.md.
HOUSEHOLDS_A_GRID = env.str("HOUSEHOLDS_A_GRID", default="")
# Distances and days of incidents, as JSON: see docs/settings.md.
INCIDENT_NORMS = env.str("INCIDENT_NORMS", default="")
# Other systems and mailboxes that are told of incidents, as JSON: see docs/settings.md.
INCIDENT_OUTLETS = env.str("INCIDENT_OUTLETS", default="")
# The address under which people reach the site, for letters that lead to it.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
# Where letters go out, such as smtp+tls://user:password@mail.example.cn:587.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="gis-grid@localhost")
# Bytes of one photo or file of an incident, and how many an incident has.
ATTACHMENT_BYTES = env.int("ATTACHMENT_BYTES", default=20 * 1024 * 1024)
ATTACHMENTS_AN_INCIDENT = env.int("ATTACHMENTS_AN_INCIDENT", default=30)

# Tablets: how long a code to enrol one holds, and a tablet's token.
ENROL_MINUTES = env.int("ENROL_MINUTES", default=15)
DEVICE_DAYS = env.int("DEVICE_DAYS", default=60)
# What they sent and was refused keeps its files for so many days.
REFUSED_FILES_DAYS = env.int("REFUSED_FILES_DAYS", default=30)

# Prints that the worker made are kept for so many days.
PRINT_DAYS = env.int("PRINT_DAYS", default=7)

# Base maps: JSON, see docs/basemaps.md; their tiles are kept on disk.
BASEMAPS = env.str("BASEMAPS", default="")
BASEMAP_TIMEOUT_S = env.float("BASEMAP_TIMEOUT_S", default=5.0)
BASEMAP_CACHE_DIR = env.str("BASEMAP_CACHE_DIR", default=str(BASE_DIR / "var" / "basemap"))
BASEMAP_CACHE_BYTES = env.int("BASEMAP_CACHE_BYTES", default=512 * 1024 * 1024)
BASEMAP_CACHE_DAYS = env.int("BASEMAP_CACHE_DAYS", default=30)
