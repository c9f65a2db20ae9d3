"""A newsletter sent to somebody of the staff, through the real engine, before anybody else gets it.

What would be a reader's own in it is made up; its way out leads nowhere.
"""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.db.models import Q, QuerySet

from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import previews, writing
from plaidoyer.newsletters.models import Trial, Version
from plaidoyer.organisation.models import Organisation

KIND = "trial"
# Somebody waits for it.
URGENCY = 60
MARK = "[Test] "


def staff() -> QuerySet[User]:
    """Those who may get a trial: they work in the back office and have an address."""
    access = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    may = Q(is_superuser=True) | Q(groups__permissions__in=access) | Q(user_permissions__in=access)
    return (
        User.objects.filter(may, is_active=True).exclude(email="").order_by("username").distinct()
    )


@transaction.atomic
def send(versions: Iterable[Version], people: Sequence[User], *, by: User) -> int:
    """Queues each version to each of `people`; how many mails that is.

    Raises ValueError for somebody who is not of the staff.
    """
    known = set(staff().values_list("pk", flat=True))
    if not all(person.pk in known for person in people):
        raise ValueError("a trial goes to the staff only")
    count = 0
    for version in versions:
        addresses = [person.email for person in people]
        queued = envelopes.queue(kind=KIND, to_addresses=addresses, urgency=URGENCY)
        Trial.objects.bulk_create(Trial(version=version, by=by, envelope=one) for one in queued)
        count += len(queued)
    return count


def compose(sent: Sequence[Envelope]) -> dict[int, Message]:
    """The messages of those envelopes; two queries however many there are."""
    trials = Trial.objects.filter(envelope__in=sent).select_related("version")
    return {trial.envelope_id: message(trial.version) for trial in trials}


def message(version: Version) -> Message:
    """What a version says to the first of the made-up readers."""
    reader, organisation = previews.READERS[0], Organisation.current()
    sender = organisation.name.in_language(version.language)
    contact = organisation.contact_email
    return Message(
        subject=f"{MARK}{writing.subjects(version)[0]}",
        text=previews.filled(version.text, version, reader, is_html=False),
        html=previews.filled(version.html, version, reader, is_html=True),
        sender_name=sender,
        language=version.language,
        reply_to=(sender, contact) if contact else None,
    )
