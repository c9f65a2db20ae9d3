"""Letters that wait to know whom: their writer did not know who represents them."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds.letter import letters as kind
from plaidoyer.actions.kinds.letter import rules, seats
from plaidoyer.actions.kinds.letter.letters import Addressee
from plaidoyer.civics import lookups, places
from plaidoyer.civics.models import Organization, Post
from plaidoyer.delivery.letters import READDRESSED, readdress
from plaidoyer.delivery.mailboxes import budgets
from plaidoyer.delivery.models import Letter

BATCH = 500


@transaction.atomic
def place(letter: Letter, post: Post) -> bool:
    """Sends a waiting letter to the member who holds `post`; whether it was still waiting.

    Its text stays as its writer saw it; greeting and name are the member's. It is held on while
    they have no address. Raises ValidationError where a rule lets nobody write to them.
    """
    waiting = Letter.objects.unplaced().filter(pk=letter.pk, envelope=None)
    found = waiting.select_related("action__form").select_for_update(of=("self",)).first()
    if found is None:
        return False
    to = Addressee(kind.known_targets().get(pk=found.target_id), post)
    recipients = kind.recipients([to])
    if excluded(found, to, recipients):
        raise ValidationError(_("A rule of the form lets nobody write to them."))
    found.post = post
    readdress(found, recipients[to.key])
    if Letter.objects.standing().filter(pk=found.pk).exists():
        budgets.line_up([found], [recipients[to.key].address])
    found.save(update_fields=["post", *budgets.LINED_UP, *READDRESSED])
    return True


def excluded(letter: Letter, to: Addressee, recipients: dict[kind.Key, kind.Recipient]) -> bool:
    """Whether the form's first rule that fits `to` lets nobody write to them."""
    written = rules.read(letter.action.form.options)
    rule = rules.first(written, rules.facts(written, [to], recipients)[to.key])
    return rule is not None and rule.effect is rules.Effect.EXCLUDE


def place_known(limit: int = BATCH) -> int:
    """Places those of which it is known by now who it is; how many.

    Their writers said it, or a table or an online provider tells one area for their code.
    """
    waiting = Letter.objects.standing().unplaced().filter(envelope=None)
    placed = 0
    for letter in waiting.filter(action__said_seat__isnull=False).select_related(
        "action__said_seat__post"
    )[:limit]:
        placed += placed_or_left(letter, letter.action.said_seat.post)
    by_body: dict[int, list[Letter]] = {}
    for letter in waiting.select_related("action", "target").order_by("id"):
        if letter.action.postal_code:
            by_body.setdefault(letter.target.organization_id, []).append(letter)
    for key, letters in by_body.items():
        written = {letter.action.postal_code for letter in letters}
        known = members(Organization.objects.get(pk=key), written)
        lookups.ask(written - known.keys())
        for letter in [one for one in letters if one.action.postal_code in known][:limit]:
            placed += placed_or_left(letter, known[letter.action.postal_code])
    return placed


def members(body: Organization, written: Iterable[str]) -> dict[str, Post]:
    """The one seat of `body` for each code that lies, for certain, in one area with one seat."""
    answers = places.answers(written, legislature=body)
    sure = {code: found.places[0].area.pk for code, found in answers.items() if found.is_sure}
    by_area = seats.areas(places.representatives(set(sure.values()), body))
    return {
        code: by_area[area][0] for code, area in sure.items() if len(by_area.get(area, ())) == 1
    }


def placed_or_left(letter: Letter, post: Post) -> bool:
    """Whether the letter was placed; one that a rule forbids waits on, for an organiser to see."""
    try:
        return place(letter, post)
    except ValidationError:
        return False
