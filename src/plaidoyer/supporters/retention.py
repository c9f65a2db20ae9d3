"""How long what is personal is kept, as data: what, after how many days since what, and then what.

A room registers its rules when Django starts (its `apps.py`). They run every night; how many days
is for the organisation to choose, within bounds (RetentionSettings).
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.supporters import chains
from plaidoyer.supporters.consents import NEWSLETTER
from plaidoyer.supporters.models import Consent, RetentionSettings, Subscription

BATCH = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """What is over at a moment, and what is done with it.

    `due` gives the rows whose time began before that moment and that still say something. `end`
    takes some of them, in a transaction of their own; afterwards they are due no more.
    """

    what: str | Promise
    then: str | Promise
    due: Callable[[datetime.datetime], QuerySet[Any]]
    end: Callable[[Sequence[Any]], None]


# By the name of the setting that says after how many days, without its `_days`.
RULES: dict[str, Rule] = {}


def register(name: str, rule: Rule) -> None:
    """Lets `rule` run every night. Raises FieldDoesNotExist where no setting has that name."""
    RetentionSettings._meta.get_field(f"{name}_days")
    RULES[name] = rule


def days(name: str) -> int:
    """After how many days `name` is over here."""
    return getattr(RetentionSettings.current(), f"{name}_days")


def due(name: str, now: datetime.datetime | None = None) -> QuerySet[Any]:
    """What is over by that rule now."""
    return RULES[name].due((now or timezone.now()) - datetime.timedelta(days=days(name)))


def run(now: datetime.datetime | None = None, *, dry: bool = False) -> dict[str, int]:
    """Does what is due by every rule; how many rows of each. A `dry` run only counts them.

    In batches, each in a transaction of its own: stopped at any moment, the next night goes on.
    """
    return {name: due(name, now).count() if dry else apply(name, now) for name in ordered()}


def ordered() -> list[str]:
    """The rules in the order of their settings: who is bare is seen once their acts are emptied."""
    fields = [field.name.removesuffix("_days") for field in RetentionSettings._meta.fields]
    return [name for name in fields if name in RULES]


def apply(name: str, now: datetime.datetime | None = None) -> int:
    """Does what is due by one rule; how many rows."""
    rows, last, done = due(name, now).order_by("pk"), 0, 0
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last).select_for_update(of=("self",))[:BATCH])
            if not batch:
                return done
            RULES[name].end(batch)
        last, done = batch[-1].pk, done + len(batch)


def ended(before: datetime.datetime) -> QuerySet[Consent]:
    """Answers about newsletters that ended before then: they prove nothing that is still asked."""
    theirs = {"supporter": OuterRef("supporter")}
    newsletter = Consent.objects.filter(purpose=NEWSLETTER)
    return newsletter.filter(
        ~Exists(Subscription.objects.filter(**theirs, ended_at=None)),
        ~Exists(newsletter.filter(**theirs, answered_at__gte=before)),
    )


def delete(consents: Sequence[Consent]) -> None:
    """Deletes them, and the subscriptions they were for."""
    Subscription.objects.filter(consent__in=consents).delete()
    chains.delete(consents)


register("consents", Rule(_("consents, after they ended"), _("deleted"), ended, delete))
