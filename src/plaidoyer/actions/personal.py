"""Links of our own mail that know who reads it: nothing to type, and nobody's data in sight.

Mails are forwarded. So a page opened by such a link shows no more than a given name, an initial
and a masked address; what it stands for is filled in when the act is taken (`who`). It is good
for as long as its reader wants mail from us.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import override

from plaidoyer.actions import confirmations, intake, requests, sharing
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.lib import tokens
from plaidoyer.supporters.consents import NEWSLETTER
from plaidoyer.supporters.models import Supporter

PURPOSE = "personal"
VIA = sharing.LETTER.name
HIDDEN = "•••"


def link(supporter: Supporter, form: ActionForm, language: str) -> str:
    """The whole address of the form as `supporter` may act on it, to stand in a mail to them."""
    with override(language):
        return settings.BASE_URL + path(supporter, form)


def path(supporter: Supporter, form: ActionForm) -> str:
    """The address without its host, in the active language."""
    return reverse("actions:personal", args=[token(supporter), form.public_id])


def token(supporter: Supporter) -> str:
    """What stands for `supporter` in such addresses."""
    return tokens.make(PURPOSE, supporter.uid)


def reader(token_: str) -> Supporter | None:
    """Whose link it is; nobody's once its reader wants no more mail, or was erased."""
    try:
        uid = tokens.read(PURPOSE, token_)
    except tokens.BadTokenError:
        return None
    return Supporter.objects.filter(
        uid=uid, subscriptions__ended_at=None, subscriptions__consent__purpose=NEWSLETTER
    ).first()


def may_act(supporter: Supporter) -> bool:
    """Whether we know enough of the reader to stand for what a form asks."""
    return bool(supporter.email and supporter.given_name and supporter.family_name)


def who(supporter: Supporter) -> dict[str, str]:
    """What a form asks of a person, as the reader last said it."""
    return {
        "given_name": supporter.given_name,
        "family_name": supporter.family_name,
        "email": supporter.email,
        "postal_code": supporter.postal_code,
    }


def filled(typed: QueryDict, supporter: Supporter | None) -> QueryDict:
    """What was sent, with what a reader did not have to type."""
    if supporter is None:
        return typed
    whole = typed.copy()
    for name, value in who(supporter).items():
        whole[name] = value
    return whole


def named(given_name: str, family_name: str) -> str:
    """ "Ada V.": enough for oneself, too little for a stranger."""
    return f"{given_name} {family_name[:1]}.".strip()


def masked(address: str) -> str:
    """ "a•••@example.org"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}{HIDDEN}@{domain}"


def veiled(act: dict[str, Any]) -> dict[str, Any]:
    """The columns of an act as they may be shown to whoever holds the mail."""
    return act | {
        "family_name": f"{act['family_name'][:1]}.",
        "email": masked(act["email"]),
        "postal_code": "",
    }


@transaction.atomic
def sign(form: ActionForm, **columns: Any) -> Action:
    """Takes the act in and, where one press is enough for its kind, confirms it.

    The mail that the link stood in proves the mailbox. Its owner is told by mail what was done,
    with the way back: mails are forwarded.
    """
    # Our mail says which one it is (`letter.<mailing>`); nothing else stands for it.
    via = columns.get("via", "")
    via = via if sharing.is_from_our_mail(via) else VIA
    action = intake.append(form, **{**columns, "via": via})
    if KINDS[form.kind].one_click:
        confirmations.confirm(action)
        requests.ask([action])
    return action
