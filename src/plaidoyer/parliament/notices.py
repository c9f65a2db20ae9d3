"""Telling organisers of deadlines, some days before; of each deadline once."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.parliament import courses
from plaidoyer.parliament.courses import Deadline
from plaidoyer.parliament.models import DeadlineNotice, OfficialPetition, PetitionSettings
from plaidoyer.staff.people import language_of

KIND = "deadline_notice"
URGENCY = 12


def readers() -> list[User]:
    """Who follows petitions in the back office and has an address."""
    able = User.objects.with_perm(
        "parliament.change_officialpetition",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return list(able.filter(is_active=True).exclude(email="").order_by("pk"))


def near(today: datetime.date | None = None) -> list[Deadline]:
    """The deadlines from today until the days before that are set."""
    first = today or timezone.localdate()
    last = first + datetime.timedelta(days=PetitionSettings.current().reminder_days)
    return [one for one in courses.all_deadlines() if first <= one.on <= last]


@transaction.atomic
def tell(today: datetime.date | None = None) -> int:
    """Queues a mail to each organiser of the deadlines they were not told of yet; how many mails.

    The database allows one notice of a deadline to one person, so twice at once is once.
    """
    told, mails = near(today), 0
    for reader in readers() if told else []:
        fresh = [one for one in (notice(deadline, reader) for deadline in told) if one]
        if fresh:
            (envelope,) = envelopes.queue(kind=KIND, to_addresses=[reader.email], urgency=URGENCY)
            DeadlineNotice.objects.filter(pk__in=[one.pk for one in fresh]).update(
                envelope=envelope
            )
            mails += 1
    return mails


def notice(deadline: Deadline, reader: User) -> DeadlineNotice | None:
    """The new row that says somebody is told; None where there is one."""
    is_petition = isinstance(deadline.about, OfficialPetition)
    row, is_new = DeadlineNotice.objects.get_or_create(
        petition=deadline.about if is_petition else None,
        motion=None if is_petition else deadline.about,
        code=deadline.code,
        due_on=deadline.on,
        reader=reader,
    )
    return row if is_new else None


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails by envelope id, as the deadlines stand now; none where none of them stands."""
    notices = DeadlineNotice.objects.filter(envelope__in=due, reader__is_active=True)
    wanted: dict[int, list[DeadlineNotice]] = {}
    for one in notices.select_related("reader__wagtail_userprofile"):
        wanted.setdefault(one.envelope_id or 0, []).append(one)
    standing = {key(one): one for one in courses.all_deadlines()} if wanted else {}
    organisation, composed = Organisation.current(), {}
    for envelope_id, some in wanted.items():
        found = [standing[name] for name in map(noticed, some) if name in standing]
        if found:
            with override(language := language_of(some[0].reader)):
                composed[envelope_id] = write(found, organisation, language)
    return composed


def key(deadline: Deadline) -> tuple[bool, int, str, datetime.date]:
    is_petition = isinstance(deadline.about, OfficialPetition)
    return is_petition, deadline.about.pk, deadline.code, deadline.on


def noticed(one: DeadlineNotice) -> tuple[bool, int, str, datetime.date]:
    """The key of the deadline that a notice is of."""
    return one.motion_id is None, one.petition_id or one.motion_id or 0, one.code, one.due_on


def write(found: list[Deadline], organisation: Organisation, language: str) -> Message:
    """One mail in the active language."""
    context = {
        "deadlines": sorted(found, key=lambda one: one.on),
        "organisation": organisation,
        "language": language,
        "desk": settings.BASE_URL + reverse("official-petitions:index"),
    }
    subject, text, html = (
        render_to_string(f"parliament/mails/deadlines-{part}", context)
        for part in ("subject.txt", "text.txt", "html.html")
    )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=language,
    )
