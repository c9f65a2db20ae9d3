"""What the pages of an open letter show beside their words."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import get_language

from plaidoyer.actions import counting
from plaidoyer.actions.kinds.open_letter import countries, organisations, revisions
from plaidoyer.actions.kinds.open_letter.models import OrganisationSignature, Revision
from plaidoyer.actions.models import Action, ActionForm, Review
from plaidoyer.campaigns.models import Target
from plaidoyer.lib import tokens
from plaidoyer.lib.words import Words

LOGO = "logo"
FIRST_ORGANISATIONS = 26


def shown(form: ActionForm) -> dict[str, Any]:
    """The letter, whom it addresses, and the first organisations under it."""
    language = get_language() or ""
    words = revisions.text(form)
    first = organisations.shown(form).order_by("signed_at", "action_id")[:FIRST_ORGANISATIONS]
    rows = organisations.with_logos(list(first))
    return {
        "letter": words.in_language(language),
        "letter_language": written_in(words, language),
        "addressees": [addressee(target) for target in targets(form)],
        "with_logo": [one for one in rows if one.shown_logo],  # type: ignore[attr-defined]
        "without_logo": [one for one in rows if not one.shown_logo],  # type: ignore[attr-defined]
        "revision": Revision.objects.filter(form=form, number__gt=1).last(),
        "signed": signed(form),
        "list_url": reverse("actions:open_letter:signatories", args=[form.public_id]),
        "revisions_url": reverse("actions:open_letter:revisions", args=[form.public_id]),
    }


def signed(form: ActionForm) -> dict[str, int]:
    """How many people, as last counted, and how many organisations that may be shown.

    Organisations are few, and each waits for an organiser: they are counted as they are listed.
    Their acts are in the count of the form and taken off for the people.
    """
    total = counting.confirmed([form])[form.pk].value
    of_organisations = organisations.standing(form).aggregate(number=Count("*"))["number"]
    return {
        "people": max(0, total - of_organisations),
        "organisations": organisations.shown(form).count(),
    }


def targets(form: ActionForm) -> list[Target]:
    """Whom the letter addresses: the campaign's targets."""
    found = Target.objects.filter(campaign=form.campaign_id)
    return list(found.select_related("post__organization", "person", "organization").order_by("id"))


def addressee(target: Target) -> str:
    """ "Ada Vale, Minister of Waters"."""
    person = target.post.holder() if target.post else target.person
    return ", ".join(str(part) for part in (person, target.post or target.organization) if part)


def written_in(words: Words, language: str) -> str:
    """The language of the text that a reader of `language` gets."""
    text = words.in_language(language)
    return next((code for code, one in words.items() if one == text), language)


def told(action: Action) -> dict[str, Any]:
    """One act on the page that confirms it: for whom it signs, and what is left to do."""
    said = action.content.get("organisation")
    screen = {"revised_since": action.content.get("revision", 1) < revisions.current(action.form)}
    screen["revisions_url"] = reverse("actions:open_letter:revisions", args=[action.form.public_id])
    if not said:
        return screen
    standing = organisations.already(action)
    return screen | {
        "organisation_name": Words(said["name"]),
        "organisation_country": countries.name(said["country"]),
        "organisation_size": OrganisationSignature.Size(said["size"]).label,
        "stands_already": str(standing.name) if standing else "",
        "signature": OrganisationSignature.objects.filter(action=action).first(),
        "decisions": dict(Review.objects.filter(action=action).values_list("part", "decision")),
        "logo_url": logo_path(action),
    }


def logo_path(action: Action) -> str:
    """Where the signatory sends the organisation's logo."""
    token = tokens.make(LOGO, action.uid)
    return reverse("actions:open_letter:logo", args=[action.form.public_id, token])
