"""Django settings, composed from the environment; every process of Guichet reads this module."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from guichet.automation.acme.policy import AcmePolicy
from guichet.automation.est.policy import EstPolicy
from guichet.automation.policy import ApiPolicy
from guichet.conf.databases import database
from guichet.conf.environment import Environment
from guichet.conf.readers import ConfigurationError
from guichet.domain.access.sessions import PEOPLE, Limits
from guichet.habilitations.policy import DossierPolicy
from guichet.notifications.operator import Operator
from guichet.orders.policy import OrderPolicy
from guichet.web import logs
from guichet.web.themes import files as theme_files
from guichet.web.themes import loading as theme_loading

GUICHET = Environment.read(os.environ)
PACKAGE = Path(__file__).resolve().parent.parent
IS_OF_THE_STATE = GUICHET.dressing.is_of_the_state


def _secret(path: Path) -> str:
    """The signing secret; made on first use, readable by its owner alone.

    Raises ConfigurationError when it is another user's.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_urlsafe(48))
        return path.read_text()
    except PermissionError as error:
        raise ConfigurationError(
            f"GUICHET_SECRET_FILE: {path} is closed to this user. Run this as root, as the user "
            "whose file it is, or name a file of this user's own"
        ) from error


SECRET_KEY = _secret(GUICHET.secret_file)
DEBUG = False
ALLOWED_HOSTS = [
    GUICHET.host,
    "127.0.0.1",
    *([urlsplit(GUICHET.oidc_issuer).hostname] if GUICHET.demo else []),
]
DATABASES = {"default": database(GUICHET.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Paris"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "axes",
    "guichet.web",
    "guichet.database",
    "guichet.journal",
    "guichet.notifications",
    "guichet.terms",
    "guichet.identities",
    "guichet.authority",
    "guichet.habilitations",
    "guichet.validation",
    "guichet.orders",
    "guichet.samples",
    "guichet.associations",
    "guichet.automation",
    "guichet.bench",
    "guichet.backoffice",
]
AUTH_USER_MODEL = "identities.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "guichet.identities.backends.PasswordBackend",
    "guichet.identities.backends.VerifiedIdentityBackend",
]
PASSWORD_HASHERS = ["guichet.identities.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "guichet.identities.context_words.ContextWordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("display_name", "surname", "login_email")},
    },
]
# Five wrong passwords for one address from one place close that way in for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "email",
    "current_password",
    "password_again",
    "csrfmiddlewaretoken",
]
AXES_CLIENT_IP_CALLABLE = "guichet.identities.peer.client_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W002",  # a lock-out is told by a Refusal, not by the middleware of axes
    "security.W008",  # no listener speaks plain HTTP: there is nothing to redirect from
    "security.W021",  # browsers preload whole domains, which are the operator's to declare
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "guichet.web.browser_rules.BrowserRulesMiddleware",
    # Before WhiteNoise: a worker obeys the policy of its own file.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guichet.web.middleware.RequestContextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "guichet.backoffice.announcing.AnnouncementHeaderMiddleware",
    "guichet.web.middleware.RefusalMiddleware",
    "guichet.web.resume.KeepTypedInputMiddleware",
    "guichet.web.uploads.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guichet.identities.middleware.ActorMiddleware",
]
# The portal's addresses; the card port and the bench are given theirs by processes/.
ROOT_URLCONF = "guichet.conf.urls"
WSGI_APPLICATION = None

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": not IS_OF_THE_STATE,
        "OPTIONS": {
            **theme_loading.options(is_of_the_state=IS_OF_THE_STATE),
            "context_processors": [
                "django.template.context_processors.request",
                "guichet.web.context.site",
                "guichet.identities.context.actor",
                "guichet.backoffice.announcing.shown",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "guichet.web.templatetags.components",
                "guichet.web.templatetags.helping",
            ],
        },
    }
]
FORM_RENDERER = "guichet.web.forms.FormRenderer"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-guichet-language"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
STATIC_ROOT = GUICHET.state / "static"
STATICFILES_FINDERS = theme_files.finders(is_of_the_state=IS_OF_THE_STATE)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "guichet.identities.session_store"
SESSION_COOKIE_NAME = "__Host-guichet-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(PEOPLE.idle.total_seconds())
GUICHET_STAFF_SESSIONS = Limits(
    idle=timedelta(minutes=GUICHET.staff_idle_minutes),
    at_most=timedelta(hours=GUICHET.staff_session_hours),
)
CSRF_COOKIE_NAME = "__Host-guichet-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guichet.web.views.csrf_failure"
SECURE_HSTS_SECONDS = 0 if GUICHET.demo else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not GUICHET.demo
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# The form of a dossier: 500 administrators of four fields, 500 RPPS ranks, and what is asked once.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000
LOGIN_URL = "/connexion/"

# What an operator's own module may replace (docs/how-to/changer-une-regle.md): a default here says
# which kind is wanted, and processes/own_settings.py holds every GUICHET_… setting to it.
GUICHET_OPERATOR: Operator = Operator()
GUICHET_ORDERS: OrderPolicy = OrderPolicy()
GUICHET_HABILITATIONS: DossierPolicy = DossierPolicy(clamd=GUICHET.clamd)
GUICHET_API: ApiPolicy = ApiPolicy()
GUICHET_ACME: AcmePolicy = AcmePolicy()
GUICHET_EST: EstPolicy = EstPolicy()

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        # The one policy names the worker that makes keys, among our own static files.
        "trusted-types": ["guichet-worker"],
    }
}

LOGGING = logs.configuration(GUICHET.log_format, GUICHET.log_level)
