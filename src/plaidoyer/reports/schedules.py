"""Publishing by itself at a moment that somebody chose."""

import datetime
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.lib.words import Words
from plaidoyer.newsletters.schedules import in_every_language
from plaidoyer.reports import editions
from plaidoyer.reports.models import Edition

# A server that was down for a day must not publish yesterday's report by itself.
TOO_LATE = datetime.timedelta(hours=12)


@transaction.atomic
def schedule(edition: Edition, at: datetime.datetime, by: User) -> Edition:
    """Lets the edition be published by itself at `at`, on behalf of `by`.

    Raises RefusedError for a moment that is past, with what is still to be done, or once the
    edition is published.
    """
    edition = editions.open_for_change(edition)
    if at <= timezone.now():
        raise editions.RefusedError(_("This moment is past."))
    if problems := editions.hindrances(edition):
        raise editions.RefusedError([problem.text for problem in problems])
    edition.due_at, edition.due_by_id, edition.hindrance = at, by.pk, Words()
    edition.save(update_fields=["due_at", "due_by", "hindrance"])
    return edition


@transaction.atomic
def take_back(edition: Edition) -> Edition:
    """Nothing is published by itself any more. Raises RefusedError once it is published."""
    edition = editions.open_for_change(edition)
    edition.due_at = edition.due_by = None
    edition.save(update_fields=["due_at", "due_by"])
    return edition


def tick(now: datetime.datetime | None = None) -> None:
    """Publishes what is due; harmless when it is done twice, or by two at once.

    What cannot be published any more as it stands waits for people again, with the reason.
    """
    now = now or timezone.now()
    for edition in Edition.objects.filter(due_at__lte=now, published_at=None):
        try:
            if edition.due_at and edition.due_at < now - TOO_LATE:
                _stop(
                    edition,
                    in_every_language(lambda: _("Its time was more than twelve hours ago.")),
                )
            elif edition.due_by:
                editions.publish(edition, edition.due_by)
        except editions.RefusedError:
            _stop(edition, in_every_language(partial(_why, edition)))


def _why(edition: Edition) -> str:
    return " ".join(problem.text for problem in editions.hindrances(edition))


def _stop(edition: Edition, why: Words) -> None:
    Edition.objects.filter(pk=edition.pk, published_at=None).update(
        due_at=None, due_by=None, hindrance=why
    )
