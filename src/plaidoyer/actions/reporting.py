"""What the pages of acts show."""

from collections.abc import Callable
from typing import Any

from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from plaidoyer.actions import (
    areas,
    confirmations,
    corrections,
    counting,
    goals,
    personal,
    sharing,
)
from plaidoyer.actions.forms import ActForm, CorrectionForm
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.messages import own_link_path, withdrawal_path
from plaidoyer.actions.models import Action, ActionForm, ActionPage, Confirmation, ShareCode
from plaidoyer.lib import addresses, tokens, wording
from plaidoyer.organisation import giving
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Supporter

# What came of a form's campaign, told by an upper floor (outcomes): a template and its context.
OUTCOMES: Callable[[ActionForm], dict[str, Any] | None] | None = None


def page_of(form: ActionForm) -> ActionPage | None:
    """The public page of `form` in the active language."""
    return pages().filter(form=form).first()


def pages():
    """Public form pages in the active language."""
    return ActionPage.objects.live().public().filter(locale__language_code=get_language())


def open_pages():
    """The pages, in the active language, of forms that take acts or are passed on now."""
    now = timezone.now()
    return pages().filter(
        Q(form__closes_at=None) | Q(form__closes_at__gt=now),
        form__opens_at__lte=now,
        form__paused_at=None,
        form__filled_at=None,
    )


def newest_to_act_on(limit: int) -> list[ActionPage]:
    """The newest open forms on which one acts, as their pages in the active language."""
    taking = [kind.name for kind in KINDS.values() if kind.form]
    newest = open_pages().filter(form__kind__in=taking).select_related("form")
    return list(newest.order_by("-form__opens_at", "path")[:limit])


def campaign_page(page: ActionPage | None) -> Page | None:
    """The page of the campaign that `page` stands under."""
    return page.get_parent() if page else None


def next_page(after: ActionForm, supporter: Supporter | None = None) -> ActionPage | None:
    """The most fitting other open form: of the same campaign first, then the newest.

    Never one that `supporter`, where known, has acted on.
    """
    others = open_pages().exclude(form=after)
    if supporter:
        done = supporter.confirmations.filter(withdrawal=None)
        others = others.exclude(form__in=done.values("form"))
    same_cause = Case(When(form__campaign=after.campaign_id, then=0), default=1)
    return others.order_by(same_cause, "-form__opens_at", "path").select_related("form").first()


def progress(form: ActionForm, count: counting.Count | None = None) -> dict[str, Any]:
    """The count of `form` as a line towards its goal, with the moment it was counted at.

    `count`: where the caller has counted several forms at once.
    """
    count = count or counting.confirmed([form])[form.pk]
    language = get_language() or ""
    goal = goals.current(count.value, form.goal, form.goal_moves)
    return {
        "value": count.value,
        "number": wording.number(count.value, language),
        "words": KINDS[form.kind].counted(count.value),
        "at": count.counted_at,
        "counted_at": wording.moment(timezone.localtime(count.counted_at), language),
        "goal": goal,
        "goal_number": wording.number(goal, language) if goal else "",
        "line": min(count.value, goal or 0),
        "log_url": reverse("actions:ledger", args=[form.public_id]),
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
        **area_screen(action_form),
        **closed_screen(action_form),
    }


def area_screen(form: ActionForm) -> dict[str, Any]:
    """Where acts come from, in tens (areas); only where a form counts people of a place."""
    shown, release = areas.shown(form)
    largest = max((row.at_least for row in shown), default=0)
    return {"areas": shown, "areas_release": release, "areas_largest": largest}


def closed_screen(form: ActionForm) -> dict[str, Any]:
    """What the page of a form that takes nothing now says beside: the outcome, the next step."""
    if form.is_open:
        return {}
    next_one = next_page(form)
    return {
        "outcome": OUTCOMES(form) if OUTCOMES else None,
        "next_page": next_one,
        "next_kind": KINDS[next_one.form.kind] if next_one else None,
    }


def reader_screen(form: ActionForm, reader: Supporter) -> dict[str, Any]:
    """How the page names the reader of our mail: to themselves enough, to a stranger nothing."""
    return {
        "reader": personal.named(reader.given_name, reader.family_name),
        "reader_address": personal.masked(reader.email),
        "reader_token": tokens.make(personal.PURPOSE, reader.uid),
        "one_press": KINDS[form.kind].one_click,
    }


def after_screen(form: ActionForm, supporter: Supporter | None = None) -> dict[str, Any]:
    """What a page can say once something was done on `form`: where it stands, where to go."""
    page = page_of(form)
    next_one = next_page(form, supporter)
    return {
        "outcome": OUTCOMES(form) if OUTCOMES and not form.is_open else None,
        "next_kind": KINDS[next_one.form.kind] if next_one else None,
        "action_form": form,
        "kind": KINDS[form.kind],
        "page": page,
        "campaign_page": campaign_page(page),
        "next_page": next_one,
        "progress": progress(form),
        "give_url": giving.address(Organisation.current(), form.campaign),
    }


def thanks_screen(action: Action, form: CorrectionForm | None = None) -> dict[str, Any]:
    """The thank-you of one act, for whoever sent it; `form`: a correction that has a fault."""
    screen = after_screen(action.form)
    return {
        **screen,
        "action": action,
        "is_confirmed": Confirmation.objects.filter(action=action).exists(),
        "is_aside": bool(confirmations.aside(action)),
        "suggestion": addresses.suggestion(action.email),
        "mails_left": corrections.mails_left(action),
        "form": form or CorrectionForm(initial={"email": action.email}),
        "kit": share_kit(screen["page"]),
    }


def veiled_screen(action: Action) -> dict[str, Any]:
    """The thank-you of an act by a personal link: the same whether it counts anew or did before."""
    screen = after_screen(action.form)
    return {
        **screen,
        "reader": personal.named(action.given_name, action.family_name),
        "reader_address": personal.masked(action.email),
        "counts": screen["kind"].one_click,
        "kit": share_kit(screen["page"]),
    }


def share_kit(page: ActionPage | None, code: ShareCode | None = None) -> sharing.Kit | None:
    """How to pass `page` on, with a supporter's own code where they asked for one."""
    return sharing.kit(page.get_full_url(), page.title, code.code if code else "") if page else None


def confirmation_screen(action: Action) -> dict[str, Any]:
    """Where one act stands, for its supporter."""
    confirmation = Confirmation.objects.filter(action=action).select_related("supporter").first()
    kind = KINDS[action.form.kind]
    supporter = confirmation.supporter if confirmation else None
    screen = after_screen(action.form, supporter)
    code = ShareCode.objects.filter(supporter=supporter).first() if supporter else None
    return {
        **screen,
        **kind.told(action),
        "action": action,
        "state": confirmations.state(action).value,
        "count_lags": confirmation and confirmation.confirmed_at > screen["progress"]["at"],
        "consent_waits": confirmations.consent_waits(action),
        "withdraw_url": withdrawal_path(action),
        "kit": share_kit(screen["page"], code),
        "own_link": code,
        "brought": sharing.brought_by(code) if code else 0,
        "own_link_url": own_link_path(action),
        "own_link_sentence": sharing.sentence(),
    }
