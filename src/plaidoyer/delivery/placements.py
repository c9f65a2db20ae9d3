"""Letters that wait to know whom: their writer did not know who represents them."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds.letter import letters as kind
from plaidoyer.actions.kinds.letter import rules, seats
from plaidoyer.actions.kinds.letter.letters import Addressee
from plaidoyer.civics.models import Organization, Post
from plaidoyer.delivery.letters import READDRESSED, put_in_envelopes, readdress
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
        put_in_envelopes([found], [recipients[to.key].address])
    found.save(update_fields=["post", "envelope", *READDRESSED])
    return True


def excluded(letter: Letter, to: Addressee, recipients: dict[kind.Key, kind.Recipient]) -> bool:
    """Whether the form's first rule that fits `to` lets nobody write to them."""
    written = rules.read(letter.action.form.options)
    rule = rules.first(written, rules.facts(written, [to], recipients)[to.key])
    return rule is not None and rule.effect is rules.Effect.EXCLUDE


def place_known(limit: int = BATCH) -> int:
    """Places those of which a table knows by now, for certain, who it is; how many."""
    waiting = Letter.objects.standing().unplaced().filter(envelope=None)
    these = waiting.select_related("action", "target__organization").order_by("id")[:limit]
    known: dict[tuple[str, int], Sequence[Post]] = {}
    placed = 0
    for letter in these:
        body = letter.target.organization
        assert isinstance(body, Organization)  # unplaced() sees to it
        key = letter.action.postal_code, body.pk
        if key not in known:
            known[key] = seats.found(key[0], body) if key[0] else []
        if len(known[key]) == 1:
            placed += placed_or_left(letter, known[key][0])
    return placed


def placed_or_left(letter: Letter, post: Post) -> bool:
    """Whether the letter was placed; one that a rule forbids waits on, for an organiser to see."""
    try:
        return place(letter, post)
    except ValidationError:
        return False
