"""How allauth signs our staff in: what it asks of us, and what we take out of its hands."""

import base64
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib import visitors
from plaidoyer.organisation.models import Organisation
from plaidoyer.staff import factors, notices, sessions
from plaidoyer.staff.audit import noting
from plaidoyer.staff.models import Notice

PASSWORD_MAILS = {f"account/email/password_{what}" for what in ("changed", "set", "reset")}
FACTOR_MAILS = "mfa/email/"
MISMATCH = _("There is no account with this name and this password.")
PATIENCE = _("Too many attempts. Wait a few minutes, then try again.")
# A first factor that was set up counts for the session in which it was.
SET_UP = {"mfa/email/totp_activated": "totp", "mfa/email/webauthn_added": "webauthn"}


class Accounts(DefaultAccountAdapter):
    """Accounts are made by administrators; their mail leaves by our queue."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("Type your password as it is now."),
        "too_many_login_attempts": PATIENCE,
        "rate_limited": PATIENCE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("wagtailadmin_home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not factors.is_fresh(self.request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """For counting attempts; whoever comes from this very machine counts as one."""
        return str(visitors.client(request.META) or "127.0.0.1")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        sessions.begin(request, user)
        noting.keep(request, user, "sign_in", "account")
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keeps whose account was tried. What was typed is not kept: it may be a password."""
        tried = User.objects.filter(username=credentials.get("username", "")).first()
        noting.keep(request, None, "refuse", "account", number=str(tried.pk) if tried else "")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say by themselves what happened."""

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        notices.tell(user, Notice.About.RESET)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tells of what changed. A changed factor ends every other session."""
        if template_prefix in PASSWORD_MAILS:
            notices.tell(user, Notice.About.PASSWORD)
        elif template_prefix.startswith(FACTOR_MAILS):
            if kind := SET_UP.get(template_prefix):
                factors.mark(self.request, user, kind)
            sessions.end_others(self.request, user)
            notices.tell(user, Notice.About.FACTOR)


class Factors(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted, and the last one cannot be dropped."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or no more. Type the one you see now."),
        "cannot_delete_authenticator": _(
            "It is the only second factor you have. Set up another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def _get_site_name(self) -> str:
        return str(Organisation.current().name)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are for the address we know ourselves by, whatever a visitor asked for."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "", "name": self._get_site_name()}


def box() -> MultiFernet:
    """What secrets of second factors are locked with; it changes with SECRET_KEY."""
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    raw = HKDF(SHA256(), 32, salt=None, info=b"plaidoyer.factors").derive(key.encode())
    return base64.urlsafe_b64encode(raw)
