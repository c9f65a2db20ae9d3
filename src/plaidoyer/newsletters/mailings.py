"""What is done with a mailing: written once in every language, its audience frozen once."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from plaidoyer.actions.models import Match
from plaidoyer.lib import uids
from plaidoyer.mail.models import Batch, Envelope
from plaidoyer.newsletters import zones
from plaidoyer.newsletters.models import Copy, Mailing, MailingStep, NewsletterSettings, Version
from plaidoyer.newsletters.results import clicks
from plaidoyer.newsletters.segments import readers
from plaidoyer.supporters.models import Supporter

KIND = "mailing"
PURPOSE = "newsletter"
URGENCY = 0
State = Mailing.State

# Slots are single characters of Unicode's private use area: `without_slots` takes them out of
# everybody's words, so no word can pose as a slot, and filling them is one pass over the text.
GIVEN_NAME = "\ue001"  # with a space before it; nothing when the reader gave no name
UNSUBSCRIBE_URL = "\ue002"
READER = "\ue003"  # stands for the reader in the address of a form (actions.personal)
PERSONAL = "\ue004"  # a sentence about the reader alone, or nothing (newsletters.personal_lines)
WHY = "\ue005"  # on what basis the reader gets it (newsletters.reasons)
SLOTS = (GIVEN_NAME, UNSUBSCRIBE_URL, READER, PERSONAL, WHY)


@dataclass(frozen=True, slots=True)
class Words:
    """A mailing in one language, with slots in its HTML and its text."""

    subject: str
    html: str
    text: str


def without_slots(text: str) -> str:
    """`text` without the characters that stand for slots."""
    return text.translate({ord(slot): None for slot in SLOTS})


@transaction.atomic
def create(*, name: str, versions: dict[str, Words]) -> Mailing:
    """A mailing with a version in each language of `versions`, not yet addressed to anybody.

    Raises ValueError when there is no version, or one without the way to unsubscribe.
    """
    if not versions:
        raise ValueError("a mailing needs words in at least one language")
    for language, words in versions.items():
        if UNSUBSCRIBE_URL not in words.html or UNSUBSCRIBE_URL not in words.text:
            raise ValueError(f"the version in {language!r} has no way to unsubscribe")
    mailing = Mailing.objects.create(name=name[:200])
    Version.objects.bulk_create(
        Version(
            mailing=mailing,
            language=language,
            # A line break in a subject would begin another header.
            subject=" ".join(words.subject.split())[:250],
            html=words.html,
            text=words.text,
        )
        for language, words in versions.items()
    )
    return mailing


class RefusedError(ValueError):
    """What was asked does not follow from where the mailing stands; its words say why."""


@transaction.atomic
def move(
    mailing: Mailing, to: str, *, by: Any = None, because: dict[str, str] | None = None
) -> Mailing:
    """Brings `mailing` to the state `to`, with a dated step; the mailing as it is then.

    `by`: the organiser who asked for it; nobody where Plaidoyer did by itself. `because`: why, by
    language. Raises RefusedError where that state does not follow from the one it has.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    before, after = State(mailing.state), State(to)
    if after not in Mailing.NEXT.get(before, set()):
        words = {"before": before.label, "after": after.label}
        raise RefusedError(_("A mailing that is “%(before)s” cannot become “%(after)s”.") % words)
    mailing.state = after
    mailing.save(update_fields=["state"])
    MailingStep.objects.create(mailing=mailing, state=after, by=by, because=because or {})
    return mailing


# One statement for any number of readers. Envelopes get their ids here, so that nothing is joined:
# a plan that takes the audience for small, as in tables never analysed, would take minutes. Their
# addresses stay sealed with the supporters and are read as they leave (copies.readers).
FREEZE = """
    WITH zones AS (
        SELECT * FROM unnest(%s::bigint[], %s::text[]) AS z (area_id, zone)
    ), audience AS MATERIALIZED (
        SELECT s.id, s.mark, nextval(pg_get_serial_sequence('{envelope}', 'id')) AS envelope_id,
            {language} AS language, {variant} AS variant, {due} AS due_at
        FROM {supporter} s
        WHERE s.id IN ({members})
          AND NOT EXISTS (
              SELECT FROM {copy} y WHERE y.mailing_id = %s AND y.supporter_id = s.id
          )
    ), put AS (
        INSERT INTO {envelope}
            (id, uid, kind, urgency, mark, sealed, state, queued_at, due_at, attempts, reply,
             batch_id)
        SELECT envelope_id, {uid}, %s, %s, mark, '', 'queued', %s,
            CASE WHEN variant = '{rest}' THEN %s ELSE due_at END, 0, '', %s
        FROM audience
    )
    INSERT INTO {copy} (mailing_id, supporter_id, envelope_id, language, variant)
    SELECT %s, id, envelope_id, language, CASE WHEN variant = '{rest}' THEN '' ELSE variant END
    FROM audience
"""
# The first of ours that a reader reads: theirs, theirs without its country, ours, the first.
LANGUAGE = """CASE WHEN s.language = ANY(%s) THEN s.language
    WHEN split_part(s.language, '-', 1) = ANY(%s) THEN split_part(s.language, '-', 1)
    ELSE %s END"""
# A hundred equal parts by a keyed hash: the same reader falls elsewhere in another mailing.
PART = "(('x' || encode(substr(sha256(convert_to(%s || s.uid::text, 'UTF8')), 1, 4), 'hex'))"
PART += "::bit(32)::bigint %% 100)"
VARIANT = f"CASE WHEN {PART} < %s THEN 'a' WHEN {PART} < %s THEN 'b' ELSE 'r' END"
# The same hour on the clock of each reader's home; where that is past, at once.
LOCAL_DUE = """greatest(%s, %s::timestamp AT TIME ZONE coalesce((
        SELECT z.zone FROM zones z WHERE z.area_id = (
            SELECT m.area_id FROM {match} m
            WHERE m.supporter_id = s.id AND m.area_id IS NOT NULL
            ORDER BY m.action_id DESC LIMIT 1
        )
    ), %s))"""
REST = "r"
# Until the winner is known, the rest is due in a far future.
PARKED = datetime.datetime(9000, 1, 1, tzinfo=datetime.UTC)


@transaction.atomic
def freeze(mailing: Mailing, *, by: Any = None, at: datetime.datetime | None = None) -> int:
    """Addresses a copy to everybody of its segment and topic at this moment; how many they are.

    Frozen once: asked again, it adds nobody. Who is suppressed is left out here and looked at
    again when the copy is sent. Raises RefusedError when it was cancelled, or has no words.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.frozen_at:
        return 0
    languages = sorted(mailing.versions.values_list("language", flat=True))
    if not languages:
        raise RefusedError(_("It has no words in any language yet."))
    mailing.frozen_at = now = at or timezone.now()
    mailing.batch = Batch.objects.create(name=mailing.name, kind=KIND)
    mailing.frozen_tree = mailing.segment.tree if mailing.segment else {}
    mailing.counts_clicks = NewsletterSettings.current().counts_clicks
    fields = ["frozen_at", "batch", "frozen_tree", "counts_clicks"]
    mailing.save(update_fields=fields)
    move(mailing, State.SENDING, by=by)
    clicks.prepare(mailing)
    return _address(mailing, languages, now)


def _address(mailing: Mailing, languages: list[str], now: datetime.datetime) -> int:
    members, members_values = readers.sql(mailing.segment, now, mailing.topic)
    homes = zones.by_area() if mailing.timing == Mailing.Timing.LOCAL else {}
    fallback = next(code for code in (settings.LANGUAGE_CODE, *languages) if code in languages)
    variant, variant_values = _variant(mailing)
    due, due_values = _due(mailing, now)
    statement = FREEZE.format(
        language=LANGUAGE,
        variant=variant,
        due=due.format(match=Match._meta.db_table),
        members=members,
        supporter=Supporter._meta.db_table,
        envelope=Envelope._meta.db_table,
        copy=Copy._meta.db_table,
        rest=REST,
        uid=uids.SQL,
    )
    assert mailing.batch is not None
    values: list[Any] = [list(homes), list(homes.values()), languages, languages, fallback]
    values += [*variant_values, *due_values, *members_values, mailing.pk]
    values += [KIND, URGENCY, now, PARKED, mailing.batch.pk, mailing.pk]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def _variant(mailing: Mailing) -> tuple[str, list[Any]]:
    """Which subject a reader gets, as SQL with its values; nothing where one only is tried."""
    share = mailing.trial_percent
    if not share:
        return "''", []
    key = salted_hmac(
        "plaidoyer.newsletters.trial", mailing.public_id, algorithm="sha256"
    ).hexdigest()
    return VARIANT, [key, share, key, 2 * share]


def _due(mailing: Mailing, now: datetime.datetime) -> tuple[str, list[Any]]:
    """When a reader's copy leaves, as SQL with its values."""
    at = mailing.leaves_at
    if mailing.timing == Mailing.Timing.NOW or at is None:
        return "%s::timestamptz", [now]
    if mailing.timing == Mailing.Timing.MOMENT:
        return "greatest(%s::timestamptz, %s::timestamptz)", [now, at]
    wall = timezone.make_naive(at, zones.ours())
    return LOCAL_DUE, [now, wall, zones.ours().key]
