"""Settings of the staff's one door (staff.door), by allauth and Wagtail.

A password or passkey, and always a second factor. Accounts are made in the back office, without a
password: their person asks for one by mail.
"""

LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "account_login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
ACCOUNT_ADAPTER = "plaidoyer.staff.adapters.Accounts"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_METHODS = ["mfa", "password"]
ACCOUNT_SESSION_COOKIE_AGE = 12 * 3600
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "change_password": "plaidoyer.staff.forms.ChangePassword",
    "login": "plaidoyer.staff.forms.SignIn",
    "reauthenticate": "plaidoyer.staff.forms.Password",
    "reset_password": "plaidoyer.staff.forms.Forgotten",
    "reset_password_from_key": "plaidoyer.staff.forms.NewPassword",
}
MFA_ADAPTER = "plaidoyer.staff.adapters.Factors"
# Nobody signs up by themselves, so nobody can take another's address hostage.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
# A clock may be half a minute wrong.
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "plaidoyer.staff.forms.SetUp",
    "add_webauthn": "plaidoyer.staff.forms.AddPasskey",
    "authenticate": "plaidoyer.staff.forms.Code",
    "edit_webauthn": "plaidoyer.staff.forms.NamePasskey",
    "reauthenticate": "plaidoyer.staff.forms.CodeAgain",
}
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
]
