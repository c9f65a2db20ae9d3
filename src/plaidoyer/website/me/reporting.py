"""What a supporter's own page shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from plaidoyer.actions import confirmations, messages, privacy, reporting
from plaidoyer.actions.confirmations import State
from plaidoyer.actions.kinds import KINDS, Kind
from plaidoyer.actions.kinds.vote_drive import voted
from plaidoyer.actions.models import Action
from plaidoyer.delivery.mailboxes import progress
from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies import collecting
from plaidoyer.donations import implied
from plaidoyer.donations import reporting as donations
from plaidoyer.lib.addresses import folded
from plaidoyer.mail import reporting as mail
from plaidoyer.mail import returns
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Supporter
from plaidoyer.website.me.corrections import is_subscribed
from plaidoyer.website.me.forms import DetailsForm, NewsletterForm

# One in doubt may have arrived.
MAY_BE_ANSWERED = {Envelope.State.ACCEPTED, Envelope.State.IN_DOUBT}
PURPOSES = {consents.NEWSLETTER: _("Mails about our campaigns")}
# What stands in the ledger where there was no page.
PAGES = {implied.GIFT: _("a gift of yours")}


@dataclass
class Done:
    """One act, as its own supporter sees it."""

    action: Action
    kind: Kind
    state: str
    page: Page | None
    letters: list[dict[str, Any]] = field(default_factory=list)
    # How their own member voted, where they asked for it.
    own: list[voted.Own] = field(default_factory=list)

    @property
    def confirm_url(self) -> str:
        return messages.confirmation_path(self.action)

    @property
    def withdraw_url(self) -> str:
        return messages.withdrawal_path(self.action)


def screen(supporter: Supporter, token: str, details: DetailsForm | None = None) -> dict[str, Any]:
    """The page of `supporter`, in a handful of queries however much they did."""
    acts = done(privacy.of(supporter))
    names = {name for act in acts if (name := act.action.full_name)}
    known = {name: getattr(supporter, name) for name in DetailsForm.base_fields}
    subscribed = is_subscribed(supporter)
    return {
        "supporter": supporter,
        "token": token,
        "acts": acts,
        "is_shared": len({folded(name) for name in names}) > 1,
        "has_letters": any(act.letters for act in acts),
        "is_subscribed": subscribed,
        "newsletter": newsletter_form(is_subscribed=subscribed),
        "answers": answers(supporter),
        "gifts": donations.of_supporter(supporter),
        "details": details or DetailsForm(initial=known),
        "page_url": reverse("me:page", args=[token]),
    }


def done(actions: Sequence[Action]) -> list[Done]:
    """Those acts with the page of their form and their letters, the newest first."""
    pages = {page.form_id: page for page in pages_of(actions)}
    letters: dict[int, list[dict[str, Any]]] = {}
    sent = Letter.objects.filter(action__in=actions).select_related(
        "envelope", "digest__envelope", "mailbox", "target"
    )
    sent = sent.order_by("id")
    stand = progress.told(sent)
    replied = set(collecting.replied().filter(action__in=actions).values_list("pk", flat=True))
    for letter in sent:
        about = told(letter, stand[letter.pk]) | {"is_replied": letter.pk in replied}
        letters.setdefault(letter.action_id, []).append(about)
    own, never = voted.of(actions), confirmations.beside(actions)
    return [
        Done(
            action=action,
            kind=KINDS[action.form.kind],
            state=(never.get(action.pk) or state(action, actions)).value,
            page=pages.get(action.form_id),
            letters=letters.get(action.pk, []),
            own=own.get(action.pk, []),
        )
        for action in actions
    ]


def told(letter: Letter, stands: str) -> dict[str, Any]:
    """One letter: to whom, its words, where it stands, and the server's words when it said no."""
    envelope = letter.envelope
    return {
        "recipient": letter.recipient,
        "subject": letter.subject,
        "body": letter.body,
        "state": stands,
        "server_said": envelope.reply if envelope and mail.is_refusal(envelope) else "",
        **reply_door(letter),
    }


def reply_door(letter: Letter) -> dict[str, Any]:
    """Where its writer tells of a reply, or forwards it; nothing before it has arrived."""
    envelope = letter.envelope
    if not (envelope and letter.body and envelope.state in MAY_BE_ANSWERED):
        return {}
    return {
        "reply_url": reverse("replies:reply", args=[collecting.token(envelope)]),
        "copy_address": returns.reply_address(envelope),
    }


def pages_of(of: Sequence[Action]) -> Sequence[Page]:
    """The public pages of the forms of those acts, in the active language."""
    return reporting.pages().filter(form__in={action.form_id for action in of})


def state(action: Action, theirs: Sequence[Action]) -> State:
    """As `confirmations.state`, out of all acts that the page shows, without asking again."""
    if confirmation := getattr(action, "confirmation", None):
        return State.WITHDRAWN if confirmation.withdrawal_id else State.COUNTED
    standing = [other for other in theirs if counts(other) and other.form_id == action.form_id]
    if not confirmations.has_seats(action.form):
        return State.DOUBLE if standing else State.WAITING
    same = {confirmations.person(action)} & {other.confirmation.person for other in standing}
    return State.DOUBLE if same or len(standing) >= confirmations.SEATS else State.WAITING


def counts(action: Action) -> bool:
    """Whether it was confirmed and not taken back."""
    confirmation = getattr(action, "confirmation", None)
    return bool(confirmation and not confirmation.withdrawal_id)


def newsletter_form(*, is_subscribed: bool) -> NewsletterForm:
    """The box with the sentence to agree to, ticked while our mails go to them."""
    language = get_language() or ""
    wording = consents.asked(consents.NEWSLETTER, language, reporting.consent_sentence())
    form = NewsletterForm()
    form.offer(wording, is_ticked=is_subscribed)
    return form


def answers(supporter: Supporter) -> list[dict[str, Any]]:
    """Every yes and no, the newest first, with what was asked, where and when."""
    given = supporter.consents.select_related("wording").order_by("-answered_at", "-id")
    return [
        {
            "purpose": PURPOSES.get(consent.purpose, consent.purpose),
            "answer": consent.get_answer_display(),
            "wording": consent.wording,
            "page": PAGES.get(consent.page, consent.page),
            "until": consent.expires_at,
            "at": consent.answered_at,
        }
        for consent in given
    ]
