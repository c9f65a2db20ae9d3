"""Every setting of the program, read from the environment; see docs/reference/settings.md.

What an organisation changes (name, colour, address, giving link) is in its settings in the back
office, not here.
"""

import contextlib
import ipaddress
import os
import secrets
from pathlib import Path

import psycopg.conninfo
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from plaidoyer.config import browsers
from plaidoyer.config.sign_in import *  # noqa: F403  (how the staff come in)


def env_bool(name: str, default: bool) -> bool:
    """A yes/no variable. Raises ImproperlyConfigured on anything but 1/0, true/false, yes/no."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value == "":
        return default
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")


def env_int(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured when it is not one."""
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from None


def env_choice(name: str, choices: set[str], default: str) -> str:
    """One of `choices`. Raises ImproperlyConfigured when it is another word."""
    value = os.environ.get(name, "").strip().lower() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {sorted(choices)}, not {value!r}")
    return value


def env_networks(name: str, default: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and blocks, by commas. Raises ImproperlyConfigured when one is neither."""
    said = os.environ.get(name, "").strip() or default
    try:
        return [ipaddress.ip_network(block.strip()) for block in said.split(",")]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be addresses or blocks such as 10.0.0.0/24, by commas: {error}"
        ) from None


def env_pairs(name: str, default: str) -> dict[str, str]:
    """Names with what each stands for, `a=x,b=y`. Raises ImproperlyConfigured without an `=`."""
    said = os.environ.get(name, "").strip() or default
    pairs = [pair.strip().partition("=") for pair in said.split(",")]
    if not all(first and second for first, _sign, second in pairs):
        raise ImproperlyConfigured(f"{name} must be pairs such as a=x,b=y, not {said!r}")
    return {first: second for first, _sign, second in pairs}


def env_rates(name: str) -> dict[str, float]:
    """Names with how many a second, `a=5,b=0.5`. Raises ImproperlyConfigured for another word."""
    said = os.environ.get(name, "").strip()
    pairs = env_pairs(name, said) if said else {}
    try:
        rates = {domain.lower(): float(rate) for domain, rate in pairs.items()}
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be rates such as a=5,b=0.5, not {said!r}"
        ) from None
    if not all(0 < rate < 1_000_000 for rate in rates.values()):
        raise ImproperlyConfigured(f"{name}: every rate must be more than nothing, not {said!r}")
    return rates


def secret_key(var_dir: Path) -> str:
    """SECRET_KEY of the environment, else one made at the first start and kept in `var_dir`."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = var_dir / "secret_key"
    if not path.exists():
        # Written aside and linked into place whole: two programs may start at the same moment.
        draft = path.with_suffix(f".{os.getpid()}")
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


PACKAGE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or Path.cwd() / "var").resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = secret_key(VAR_DIR)
# Under which personal data is sealed (vault.masters): 32 bytes in base64, or their file.
MASTER_KEY = os.environ.get("MASTER_KEY", "")
# Who was erased, outside the database: done again after an old copy is put back.
ERASURES_FILE = Path(os.environ.get("ERASURES_FILE") or VAR_DIR / "erasures")
MASTER_KEY_FILE = Path(os.environ.get("MASTER_KEY_FILE") or VAR_DIR / "master_key")
BASE_URL = (os.environ.get("BASE_URL") or "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# Whose X-Forwarded-For is believed, to know from where an act comes (actions.guards.networks).
TRUSTED_PROXIES = env_networks("TRUSTED_PROXIES", "127.0.0.0/8,::1")

INSTALLED_APPS = [
    "plaidoyer.website",
    "plaidoyer.api",
    "plaidoyer.bundles",
    "plaidoyer.reports",
    "plaidoyer.outcomes",
    "plaidoyer.newsletters",
    "plaidoyer.complaints",
    "plaidoyer.figures",
    "plaidoyer.donations",
    "plaidoyer.delivery",
    "plaidoyer.actions",
    "plaidoyer.campaigns",
    "plaidoyer.evidence",
    "plaidoyer.parliament",
    "plaidoyer.civics",
    "plaidoyer.staff",
    "plaidoyer.supporters",
    "plaidoyer.mail",
    "plaidoyer.organisation",
    "plaidoyer.vault",
    "plaidoyer.demo",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "plaidoyer.staff.apps.AccountsConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "plaidoyer.website.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "plaidoyer.website.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "plaidoyer.website.middleware.own_pages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Before the door: what somebody tried is kept, too.
    "plaidoyer.staff.audit.noting.noted",
    "plaidoyer.staff.door.second_factor",
    "plaidoyer.staff.seconds.asking.second_person",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "plaidoyer.website.middleware.shared_pages",
]

# Threads of Django in each web process; `plaidoyer serve --threads` sets it.
WEB_THREADS = env_int("WEB_THREADS", 4)

ROOT_URLCONF = "plaidoyer.config.urls"
WSGI_APPLICATION = "plaidoyer.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        # A kind of acts brings its own templates: letter/preview.html.
        "DIRS": [PACKAGE_DIR / "actions" / "kinds"],
        "OPTIONS": {
            "libraries": {"wording": "plaidoyer.lib.wording_tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plaidoyer.website.context.organisation",
            ],
        },
    }
]


def database(url: str) -> dict:
    """Django's settings of the PostgreSQL at `url` (a libpq connection address)."""
    where = psycopg.conninfo.conninfo_to_dict(url)
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    settings = {ours: where.pop(theirs, "") for ours, theirs in known.items()}
    settings["PORT"] = str(where.pop("port", "") or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        **settings,
        # A machine that is cut off in silence is given up after seconds, not minutes.
        "OPTIONS": {"connect_timeout": 5, "tcp_user_timeout": 10_000, **where},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


# The command line sets DATABASE_URL to the embedded PostgreSQL where the environment has none.
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or "postgresql:///plaidoyer")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "America/Toronto")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

WAGTAIL_SITE_NAME = "Plaidoyer"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# Every document is downloaded, a PDF too; every picture is drawn anew when it comes.
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILIMAGES_IMAGE_FORM_BASE = "plaidoyer.website.forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILEMBEDS_FINDERS: list[dict] = []
LOGIN_REDIRECT_URL = "wagtailadmin_home"

# Mail: one relay for every kind. Nothing here: letters wait until there is one.
SMTP_HOST = os.environ.get("SMTP_HOST", "")
SMTP_PORT = env_int("SMTP_PORT", 25)
SMTP_USER = os.environ.get("SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
SMTP_SECURITY = env_choice("SMTP_SECURITY", {"none", "starttls", "tls"}, "none")
SMTP_TIMEOUT = env_int("SMTP_TIMEOUT", 60)
MAIL_DOMAIN = os.environ.get("MAIL_DOMAIN", "localhost.localdomain")
# How many processes send (0: one for each core), and how many sessions with the relay each has.
MAIL_SENDERS = env_int("MAIL_SENDERS", 0)
MAIL_CONNECTIONS = env_int("MAIL_CONNECTIONS", 8)
# Most messages a second, to the relay as a whole or to one provider: relay=50,gmail.com=20.
MAIL_RATES = env_rates("MAIL_RATES")
# Senders' journals (mail.journals), and whether the disk is waited for before a message begins.
MAIL_JOURNALS = Path(os.environ.get("MAIL_JOURNALS") or VAR_DIR / "journals")
MAIL_JOURNAL_SYNC = env_bool("MAIL_JOURNAL_SYNC", True)
# Keys that sign every message (mail.signatures), by their selectors; nothing: the relay signs.
DKIM_SELECTORS = os.environ.get("DKIM_SELECTORS", "").replace(",", " ").split()
DKIM_DIR = Path(os.environ.get("DKIM_DIR") or VAR_DIR / "dkim")
# What comes back (mail.inbound): names that are ours besides the coded ones, how many days its
# bytes are kept, and which providers may post events and mails, with user:password.
INBOUND_NAMES = set(
    (os.environ.get("INBOUND_NAMES") or "abuse,postmaster").lower().replace(",", " ").split()
)
INCOMING_DAYS = env_int("INCOMING_DAYS", 30)
MAIL_PROVIDERS = set(os.environ.get("MAIL_PROVIDERS", "").lower().replace(",", " ").split())
if MAIL_PROVIDERS and ":" not in os.environ.get("MAIL_WEBHOOK_SECRET", ""):
    raise ImproperlyConfigured("MAIL_PROVIDERS needs MAIL_WEBHOOK_SECRET, a user:password")
ANYMAIL = env_pairs("MAIL_PROVIDER_KEYS", "NONE=none")
ANYMAIL["WEBHOOK_SECRET"] = os.environ.get("MAIL_WEBHOOK_SECRET", "")
# The name server that is asked about our domains (mail.domains); the machine's own unless set.
DNS_RESOLVER = os.environ.get("DNS_RESOLVER", "")
# Django's own mail (a forgotten password) goes by the same relay.
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": SMTP_HOST or "localhost",
            "port": SMTP_PORT,
            "username": SMTP_USER,
            "password": SMTP_PASSWORD,
            "use_tls": SMTP_SECURITY == "starttls",
            "use_ssl": SMTP_SECURITY == "tls",
            "timeout": SMTP_TIMEOUT,
        },
    }
}
DEFAULT_FROM_EMAIL = f"Plaidoyer <contact@{MAIL_DOMAIN}>"

# Machines of others that are asked for their lists: seconds to wait, and before asking again.
FETCH_TIMEOUT = env_int("FETCH_TIMEOUT", 4)
FETCH_PAUSE = 1.0
# Only tests ask this very machine, and without https.
FETCH_LOOPBACK = False

# Who is asked, behind the pages, where a postal code lies that no imported table tells. Nobody
# unless it is set: then only the code is sent. Each set of boundaries with its OCD divisions.
POSTAL_LOOKUPS = env_choice("POSTAL_LOOKUPS", {"none", "represent"}, "none")
REPRESENT_ADDRESS = os.environ.get("REPRESENT_ADDRESS", "https://represent.opennorth.ca").rstrip(
    "/"
)
REPRESENT_SETS = env_pairs(
    "REPRESENT_SETS",
    "federal-electoral-districts-2023-representation-order=ocd-division/country:ca/ed:{}-2023",
)

# Up to so many rows one person takes out of the house alone (lib.countersigning).
EXPORT_ALONE = env_int("EXPORT_ALONE", 1000)

# Gifts by card (donations.cards): Stripe's keys; without both no page speaks of cards. Its machine
# and its page are others only in tests.
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "https://api.stripe.com").rstrip("/")
STRIPE_CHECKOUT_ORIGIN = os.environ.get("STRIPE_CHECKOUT_ORIGIN", "https://checkout.stripe.com")

# Where the demo's mail catcher keeps what it caught; empty outside the demo.
DEMO_MAILDIR = os.environ.get("DEMO_MAILDIR", "")

PROCRASTINATE_IMPORT_PATHS = ["plaidoyer.config.tasks"]
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}

# What browsers are told (config.browsers). TLS ends at the web server in front, which says so in
# X-Forwarded-Proto; signs of life are asked for without it.
IS_ENCRYPTED = BASE_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_ENCRYPTED else None
SECURE_SSL_REDIRECT = IS_ENCRYPTED
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 365 * 24 * 60 * 60) if IS_ENCRYPTED else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env_bool("HSTS_SUBDOMAINS", False)
# Whether all names below this one speak TLS, and for good, is the organisation's to say (W005,
# W021). Previews of pages stand in frames of our own pages (W019).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W019", "security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_ENCRYPTED
# A name that no other host of the domain, and nobody without TLS, can set (RFC 6265bis).
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_ENCRYPTED else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_ENCRYPTED else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
SECURE_CSP = browsers.PUBLIC | ({"upgrade-insecure-requests": True} if IS_ENCRYPTED else {})
SECURE_CSP_BACK_OFFICE = browsers.BACK_OFFICE
SECURE_HEADERS = browsers.headers(SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS)
# A long edition in two languages is typed on one screen.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    # procrastinate's own lines carry job arguments; ours carry ids only.
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "plaidoyer": {"level": "INFO"},
        # Scanners ask for any host; the answer says so, and no trace need follow.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
