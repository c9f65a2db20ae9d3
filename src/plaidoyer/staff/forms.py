"""allauth's forms in our own words."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.staff import codes

WORDS = {
    "login": _("User name or e-mail"),
    "password": _("Password"),
    "code": pgettext_lazy("second factor", "Code"),
    "email": _("E-mail"),
    "oldpassword": _("Your password as it is"),
    "password1": _("The new password"),
    "password2": _("The new password again"),
    "name": _("A name for it, such as “my phone”"),
}


class Ours:
    """Labels every field in our words, above it rather than inside."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.label = WORDS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name == "password":
                field.help_text = ""
            if name == "code":
                field.widget.attrs["inputmode"] = "text"


class SignIn(Ours, account.LoginForm):
    pass


class Password(Ours, account.ReauthenticateForm):
    pass


class ChangePassword(Ours, account.ChangePasswordForm):
    pass


class Forgotten(Ours, account.ResetPasswordForm):
    pass


class NewPassword(Ours, account.ResetPasswordKeyForm):
    pass


class Once(Ours):
    """A code of an app opens once."""

    def clean_code(self) -> str:
        code = super().clean_code()  # type: ignore[misc]
        chosen: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if chosen.type == Authenticator.Type.TOTP and not codes.spend(chosen, code):
            raise get_adapter().validation_error("incorrect_code")
        return str(code)


class Code(Once, mfa.AuthenticateForm):
    pass


class CodeAgain(Once, mfa.ReauthenticateForm):
    pass


class SetUp(Ours, ActivateTOTPForm):
    pass


class AddPasskey(Ours, webauthn.AddWebAuthnForm):
    pass


class NamePasskey(Ours, webauthn.EditWebAuthnForm):
    pass
