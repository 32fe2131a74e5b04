"""Settings, all from the environment; `docs/settings.md` lists every one.

`bin/run` writes `var/env`; real environment variables win over it.
"""

from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

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
    return {
        **environ.Env.db_url_config(url),
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
    "django.contrib.gis",
    "django.contrib.postgres",
    "axes",
    "leaflet",
    "procrastinate.contrib.django",
    "gis_grid.core",
    "gis_grid.audit",
    "gis_grid.accounts",
    "gis_grid.territory",
    "gis_grid.households",
    "gis_grid.duties",
    "gis_grid.exchange",
    "gis_grid.navmap",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "zh-hans"
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
MEDIA_ROOT = BASE_DIR / "var" / "media"

# Tiles: connections a web process, how long to wait for one, when to give up on a query.
TILE_POOL_SIZE = env.int("TILE_POOL_SIZE", default=4)
TILE_POOL_WAIT_S = env.float("TILE_POOL_WAIT_S", default=3.0)
TILE_STATEMENT_TIMEOUT_MS = env.int("TILE_STATEMENT_TIMEOUT_MS", default=5000)
# Bytes of drawn tiles that a web process keeps; 0 keeps none.
TILE_CACHE_BYTES = env.int("TILE_CACHE_BYTES", default=32 * 1024 * 1024)
# How long a web process trusts a login for tiles before it asks again; 0 asks every time.
TILE_LOGIN_MEMORY_S = env.float("TILE_LOGIN_MEMORY_S", default=5.0)
