"""The supporter's yes, and taking it back. What counts is a confirmation not withdrawn."""

import datetime
import enum
from collections.abc import Callable, Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from plaidoyer.actions import matching
from plaidoyer.actions.kinds import KINDS, Kind
from plaidoyer.actions.models import (
    Action,
    ActionForm,
    Confirmation,
    Held,
    Match,
    Withdrawal,
)
from plaidoyer.lib import addresses
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault import marks

Moment = datetime.datetime | Callable[[Action], datetime.datetime] | None
BATCH = 500
# As many people as may share a mailbox, where a form allows it.
SEATS = 2


class State(enum.Enum):
    """Where an act stands."""

    WAITING = "waiting"
    COUNTED = "counted"
    # Another act of the same supporter on the same form counts.
    DOUBLE = "double"
    WITHDRAWN = "withdrawn"
    # It was sent again with another address.
    CORRECTED = "corrected"
    # It never counts, and what it asks for is noted (kinds.Aside).
    NOTED = "noted"


def state(action: Action) -> State:
    """Where `action` stands now. A held act stands where it would without its hold."""
    confirmation = Confirmation.objects.filter(action=action).first()
    if confirmation:
        return State.WITHDRAWN if confirmation.withdrawal_id else State.COUNTED
    if Action.objects.filter(corrects=action).exists():
        return State.CORRECTED
    if noted := aside(action):
        return noted
    return State.DOUBLE if counted_act(action) else State.WAITING


def aside(action: Action) -> State | None:
    """Where `action` stands if it never counts; None where it may."""
    return beside([action]).get(action.pk)


def beside(actions: Iterable[Action]) -> dict[int, State]:
    """Where those of `actions` stand that never count, by their id."""
    states: dict[int, State] = {}
    for kind, these in by_kind(actions).items():
        if kind.aside:
            states |= kind.aside.stand(these)
    return states


def counted_act(action: Action) -> Action | None:
    """The act on the same form that leaves no place for this one, if one does.

    That of the same supporter; where a mailbox may be shared, that of the same name, or the first
    of two others.
    """
    standing = list(
        Action.objects.filter(
            form=action.form_id,
            confirmation__withdrawal=None,
            confirmation__supporter__matches__action=action,
        )
        .select_related("confirmation")
        .order_by("confirmation__seat")
    )
    if not has_seats(action.form):
        return standing[0] if standing else None
    same = [other for other in standing if other.confirmation.person == person(action)]
    full = standing if len(standing) >= SEATS else []
    return next(iter(same or full), None)


def person(action: Action) -> str:
    """What tells two people of one mailbox apart; empty where a mailbox counts once."""
    capacity = KINDS[action.form.kind].capacity
    own_name = addresses.folded(action.full_name) if action.form.mailbox_shared else ""
    said = (capacity(action) if capacity else "") or own_name
    return marks.mark("person", said) if said else ""


def has_seats(form: ActionForm) -> bool:
    """Whether one mailbox may count twice: for two people, or for oneself and an organisation."""
    return form.mailbox_shared or KINDS[form.kind].capacity is not None


def confirm(action: Action, at: datetime.datetime | None = None) -> bool:
    """Confirms one act; whether it counts from now on.

    Not when it was confirmed before, or withdrawn, or another act of the same supporter on the
    same form counts: then nothing changes, so that a link may be followed again and again.
    """
    return bool(confirm_many([action], at))


@transaction.atomic
def confirm_many(actions: Iterable[Action], at: Moment = None) -> list[Action]:
    """Confirms many acts in a few statements; those that count from now on.

    The database decides which of two acts of one supporter counts: the second insert finds the
    constraint and does nothing. The acts are locked meanwhile, so what was not confirmed
    before and is afterwards was confirmed here. With it, in one transaction: names and language
    of the supporter, the consent that was ticked, and the job that follows for the kind.
    """
    ids = [action.pk for action in actions]
    locked = list(
        Action.objects.select_for_update(of=("self",), no_key=True)
        .filter(id__in=ids)
        .filter(correction=None)
        .select_related("form", "consent_wording")
        .order_by("id")
    )
    matches = Match.objects.select_related("supporter").in_bulk(ids)
    if strangers := [action for action in locked if action.pk not in matches]:
        matching.match(strangers)
        matches = Match.objects.select_related("supporter").in_bulk(ids)
    before = confirmed_among(ids)
    never = beside(locked)
    countable = [action for action in locked if action.pk not in never]

    def moment(action: Action) -> datetime.datetime:
        return (at(action) if callable(at) else at) or timezone.now()

    def seat(number: int, these: Iterable[Action]) -> None:
        Confirmation.objects.bulk_create(
            (
                Confirmation(
                    action=action,
                    form=action.form,
                    supporter=matches[action.pk].supporter,
                    person=person(action),
                    seat=number,
                    confirmed_at=moment(action),
                )
                for action in these
            ),
            batch_size=BATCH,
            ignore_conflicts=True,
        )

    seat(1, (action for action in countable if action.pk not in before))
    if shared := [action for action in countable if has_seats(action.form)]:
        seated = confirmed_among(ids)
        seat(2, (action for action in shared if action.pk not in seated))
    new = confirmed_among(ids) - before
    counted = [action for action in locked if action.pk in new]
    supporters = {action.pk: matches[action.pk].supporter for action in locked}
    know(counted, supporters)
    give_consents(locked, supporters, moment)
    for kind, these in by_kind(counted).items():
        kind.confirmed(these)
    for kind, these in by_kind(action for action in locked if action.pk in never).items():
        kind.aside.note(these)  # type: ignore[union-attr]
    follow_up(unheld(counted), "after_confirmation")
    return counted


def confirmed_among(ids: Sequence[int]) -> set[int]:
    """Those acts that have a confirmation, withdrawn or not."""
    return set(Confirmation.objects.filter(action__in=ids).values_list("action_id", flat=True))


def know(confirmed: Iterable[Action], supporters: dict[int, Supporter]) -> None:
    """Keeps on each supporter what their last confirmed act says of them."""
    last = {}
    for action in confirmed:
        supporter = supporters[action.pk]
        supporter.email, supporter.language = action.email, action.language
        supporter.given_name, supporter.family_name = action.given_name, action.family_name
        supporter.postal_code = action.postal_code or supporter.postal_code
        last[supporter.pk] = supporter
    # As an upsert: Django's bulk_update writes a CASE for every row and takes ten times as long.
    Supporter.objects.bulk_create(
        last.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["sealed", "language"],
    )


def give_consents(
    actions: Sequence[Action],
    supporters: dict[int, Supporter],
    moment: Callable[[Action], datetime.datetime],
) -> None:
    """Gives the consents that were ticked with `actions`, even where the act counts already."""
    consents.give_many(
        consents.Answer(supporters[a.pk], a.consent_wording, a.page, moment(a))  # type: ignore[arg-type]
        for a in waiting_consents(actions, {key: s.pk for key, s in supporters.items()})
    )


def waiting_consents(actions: Sequence[Action], supporters: dict[int, int]) -> list[Action]:
    """Those of `actions` with a ticked consent about which the supporter has said nothing since.

    An old link must not undo an unsubscription. `supporters` gives their ids by act.
    """
    ticked = [action for action in actions if action.consent_wording_id]
    sent = {supporters[action.pk]: action.submitted_at for action in ticked}
    answered = consents.answered_since(sent, purpose=consents.NEWSLETTER) if sent else set()
    return [action for action in ticked if supporters[action.pk] not in answered]


def consent_waits(action: Action) -> bool:
    """Whether a consent was ticked with `action` and waits for the supporter's yes by mail."""
    match = Match.objects.filter(action=action).first()
    return bool(match and waiting_consents([action], {action.pk: match.supporter_id}))


@transaction.atomic
def withdraw(action: Action, at: datetime.datetime | None = None) -> bool:
    """Takes a counted act back by a row of its own; whether it counted until now."""
    if (verbs := KINDS[action.form.kind].aside) and aside(action):
        return verbs.drop(action)
    counted = Confirmation.objects.select_for_update(no_key=True).filter(
        action=action, withdrawal=None
    )
    confirmation = counted.first()
    if confirmation is None:
        return False
    confirmation.withdrawal = Withdrawal.objects.create(withdrawn_at=at or timezone.now())
    confirmation.save(update_fields=["withdrawal"])
    follow_up([action], "after_withdrawal")
    return True


def by_kind(actions: Iterable[Action]) -> dict[Kind, list[Action]]:
    """The acts of each kind."""
    kinds: dict[Kind, list[Action]] = {}
    for action in actions:
        kinds.setdefault(KINDS[action.form.kind], []).append(action)
    return kinds


def unheld(actions: Sequence[Action]) -> list[Action]:
    """Those of `actions` that no hold keeps from counting."""
    held = set(
        Held.objects.filter(action__in=actions, released_at=None).values_list(
            "action_id", flat=True
        )
    )
    return [action for action in actions if action.pk not in held]


def follow_up(actions: Iterable[Action], when: str) -> None:
    """Defers what the kinds of `actions` want done after it, in this same transaction."""
    for kind, these in by_kind(actions).items():
        if task := getattr(kind, when):
            for start in range(0, len(these), BATCH):
                ids: list[JSONValue] = [action.pk for action in these[start : start + BATCH]]
                app.configure_task(task).defer(action_ids=ids)
