"""What the pages of acts show."""

from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from plaidoyer.actions import confirmations, counting
from plaidoyer.actions.forms import ActForm
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.messages import withdrawal_path
from plaidoyer.actions.models import Action, ActionForm, ActionPage, Confirmation
from plaidoyer.lib import wording
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Supporter


def page_of(form: ActionForm) -> ActionPage | None:
    """The public page of `form` in the active language."""
    return pages().filter(form=form).first()


def pages():
    """Public form pages in the active language."""
    return ActionPage.objects.live().public().filter(locale__language_code=get_language())


def campaign_page(page: ActionPage | None) -> Page | None:
    """The page of the campaign that `page` stands under."""
    return page.get_parent() if page else None


def next_page(after: ActionForm, supporter: Supporter | None = None) -> ActionPage | None:
    """The newest other open form: one that `supporter`, where known, has not acted on."""
    now = timezone.now()
    others = pages().exclude(form=after).filter(form__opens_at__lte=now)
    others = others.filter(Q(form__closes_at=None) | Q(form__closes_at__gt=now))
    if supporter:
        done = supporter.confirmations.filter(withdrawal=None)
        others = others.exclude(form__in=done.values("form"))
    return others.order_by("-form__opens_at", "path").first()


def progress(form: ActionForm, count: counting.Count | None = None) -> dict[str, Any]:
    """The count of `form` as a line towards its goal, with the moment it was counted at.

    `count`: where the caller has counted several forms at once.
    """
    count = count or counting.confirmed([form])[form.pk]
    language = get_language() or ""
    return {
        "value": count.value,
        "number": wording.number(count.value, language),
        "words": KINDS[form.kind].counted(count.value),
        "at": count.counted_at,
        "counted_at": wording.moment(timezone.localtime(count.counted_at), language),
        "goal": form.goal,
        "goal_number": wording.number(form.goal, language) if form.goal else "",
        "line": min(count.value, form.goal or 0),
    }


def consent_sentence() -> str:
    """What the box beside every act asks, in the active language."""
    return _(
        "Yes, %(organisation)s may write to me by e-mail about its campaigns and what came of "
        "them. I can stop this at any time."
    ) % {"organisation": Organisation.current().name}


def act_screen(
    action_form: ActionForm, page: ActionPage | None, form: ActForm | None
) -> dict[str, Any]:
    """The page on which a supporter acts, with `form` as it stands; a kind may have none."""
    language = get_language() or ""
    kind = KINDS[action_form.kind]
    if form:
        form.offer(
            wording=consents.asked(consents.NEWSLETTER, language, consent_sentence()),
            page=page.get_url() if page else "",
        )
    return {
        **kind.shown(action_form),
        "page": page,
        "action_form": action_form,
        "kind": kind,
        "form": form,
        "act_url": reverse("actions:act", args=[action_form.public_id]),
        "progress": progress(action_form),
        "campaign_page": campaign_page(page),
    }


def after_screen(form: ActionForm, supporter: Supporter | None = None) -> dict[str, Any]:
    """What a page can say once something was done on `form`: where it stands, where to go."""
    page = page_of(form)
    return {
        "action_form": form,
        "kind": KINDS[form.kind],
        "page": page,
        "campaign_page": campaign_page(page),
        "next_page": next_page(form, supporter),
        "progress": progress(form),
    }


def confirmation_screen(action: Action) -> dict[str, Any]:
    """Where one act stands, for its supporter."""
    confirmation = Confirmation.objects.filter(action=action).select_related("supporter").first()
    kind = KINDS[action.form.kind]
    screen = after_screen(action.form, confirmation.supporter if confirmation else None)
    page = screen["page"]
    return {
        **screen,
        **kind.told(action),
        "action": action,
        "state": confirmations.state(action).value,
        "count_lags": confirmation and confirmation.confirmed_at > screen["progress"]["at"],
        "consent_waits": confirmations.consent_waits(action),
        "withdraw_url": withdrawal_path(action),
        "share": share_links(page.get_full_url(), page.title) if page else [],
    }


def share_links(url: str, title: str) -> list[tuple[str, str]]:
    """Plain links that pass a page on, by name; nothing is loaded from anywhere before a click."""
    asked, both = quote(url, safe=""), quote(f"{title} {url}", safe="")
    return [
        (_("by e-mail"), f"mailto:?subject={quote(title, safe='')}&body={both}"),
        ("WhatsApp", f"https://wa.me/?text={both}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={asked}"),
        ("Bluesky", f"https://bsky.app/intent/compose?text={both}"),
    ]
