"""What a reader chooses on their own page: topics, language, a pause, the end of it all.

Every change of consent is a row of the ledger: a topic ended is a "no" to the purpose
`topic:<code>`, wanted again a "yes" to the sentence that stood beside its box.
"""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from plaidoyer.actions import reporting
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import reasons
from plaidoyer.newsletters.mailings import KIND
from plaidoyer.newsletters.models import Pause, Topic, TopicEnd
from plaidoyer.newsletters.topics import staying
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Consent, Correction, Supporter

PAUSE = datetime.timedelta(days=91)


def offered() -> list[Topic]:
    """The topics a reader may choose among, in their order."""
    return list(Topic.objects.filter(retired_at=None))


def unwanted(reader: Supporter) -> set[int]:
    """The topics that `reader` ended, by id."""
    return set(reader.topic_ends.filter(resumed_at=None).values_list("topic_id", flat=True))


def sentence(topic: Topic) -> str:
    """What somebody agrees to who wants `topic` again, in the active language."""
    return _("Write to me about: %(topic)s.") % {"topic": topic.name}


@transaction.atomic
def choose(reader: Supporter, wanted: Collection[Topic], *, page: str) -> None:
    """Wants exactly `wanted` of the topics that are offered from now on; once is as good as twice.

    Copies on a topic that is ended, and that have not left, do not leave.
    """
    reader = Supporter.objects.select_for_update(no_key=True).get(pk=reader.pk)
    if reader.is_erased:
        return
    ended = unwanted(reader)
    for topic in offered():
        if topic in wanted and topic.pk in ended:
            resume(reader, topic, page)
        elif topic not in wanted and topic.pk not in ended:
            end(reader, topic, page)


def end(reader: Supporter, topic: Topic, page: str) -> None:
    """No more mail on `topic`, also of what waits."""
    consent = consents.withdraw(reader, purpose=topic.purpose, page=page)
    TopicEnd.objects.create(supporter=reader, topic=topic, consent=consent)
    envelopes.cancel(_waiting(reader).filter(copy__mailing__topic=topic))


def _waiting(reader: Supporter) -> QuerySet[Envelope]:
    """Their copies that have not come to an end; a sender may hold one at this moment."""
    copies = Envelope.objects.filter(copy__supporter=reader, kind=KIND)
    return copies.exclude(state__in=Envelope.FINAL)


def resume(reader: Supporter, topic: Topic, page: str) -> Consent:
    """Mail on `topic` again."""
    with override(reader.language):
        wording = consents.wording(topic.purpose, reader.language, sentence(topic))
    reader.topic_ends.filter(topic=topic, resumed_at=None).update(resumed_at=timezone.now())
    return consents.give(reader, purpose=topic.purpose, wording=wording, page=page)


def standing(reader: Supporter) -> Consent | None:
    """The yes on which `reader` gets newsletters; None where they get none."""
    open_ = reader.subscriptions.open().select_related("consent").first()
    return open_.consent if open_ else None


def why(consent: Consent) -> str:
    """On what basis we write, in the active language."""
    organisation = str(Organisation.current().name)
    return reasons.sentence(get_language() or "", organisation, consent.expires_at)


def is_asked(reader: Supporter, consent: Consent) -> bool:
    """Whether a yes of theirs is wanted beside the one they have."""
    return bool(consent.expires_at) or staying.open_questions().filter(supporter=reader).exists()


@transaction.atomic
def stay(reader: Supporter, *, page: str) -> Consent:
    """An express yes of somebody who gets newsletters already, to what stands at the button."""
    Supporter.objects.select_for_update(no_key=True).get(pk=reader.pk)
    language = get_language() or ""
    wording = consents.wording(consents.NEWSLETTER, language, reporting.consent_sentence())
    return consents.give(reader, purpose=consents.NEWSLETTER, wording=wording, page=page)


def paused_until(
    reader: Supporter, at: datetime.datetime | None = None
) -> datetime.datetime | None:
    """Until when `reader` pauses; None when they do not."""
    pause = reader.pauses.filter(lifted_at=None, until__gt=at or timezone.now()).first()
    return pause.until if pause else None


@transaction.atomic
def pause(reader: Supporter) -> datetime.datetime:
    """No newsletter for three months; until when. What waits does not leave."""
    reader = Supporter.objects.select_for_update(no_key=True).get(pk=reader.pk)
    if until := paused_until(reader):
        return until
    now = timezone.now()
    reader.pauses.filter(lifted_at=None).update(lifted_at=now)
    envelopes.cancel(_waiting(reader))
    return Pause.objects.create(supporter=reader, began_at=now, until=now + PAUSE).until


def unpause(reader: Supporter) -> None:
    """Newsletters again."""
    reader.pauses.filter(lifted_at=None).update(lifted_at=timezone.now())


@transaction.atomic
def read_in(reader: Supporter, language: str) -> None:
    """Newsletters in `language` from now on."""
    changed = Supporter.objects.filter(pk=reader.pk).exclude(language=language)
    if changed.update(language=language):
        Correction.objects.create(supporter=reader, facts=["language"])
