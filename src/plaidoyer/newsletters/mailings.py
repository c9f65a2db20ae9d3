"""What is done with a mailing: written once in every language, its audience frozen once."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.newsletters.models import Copy, Mailing, Version
from plaidoyer.supporters.models import Consent, Subscription, Supporter

KIND = "mailing"
PURPOSE = "newsletter"
URGENCY = 0

# Slots are single characters of Unicode's private use area: `without_slots` takes them out of
# everybody's words, so no word can pose as a slot, and filling them is one pass over the text.
GIVEN_NAME = "\ue001"  # with a space before it; nothing when the reader gave no name
UNSUBSCRIBE_URL = "\ue002"
READER = "\ue003"  # stands for the reader in the address of a form (actions.personal)
PERSONAL = "\ue004"  # a sentence about the reader alone, or nothing (newsletters.personal_lines)


@dataclass(frozen=True, slots=True)
class Words:
    """A mailing in one language, with slots in its HTML and its text."""

    subject: str
    html: str
    text: str


def without_slots(text: str) -> str:
    """`text` without the characters that stand for slots."""
    return text.translate(
        {ord(slot): None for slot in (GIVEN_NAME, UNSUBSCRIBE_URL, READER, PERSONAL)}
    )


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


# One statement for any number of readers. Envelopes get their ids here, so that nothing is joined:
# a plan that takes the audience for small, as in tables never analysed, would take minutes.
FREEZE = """
    WITH audience AS MATERIALIZED (
        SELECT s.id, s.email, nextval(pg_get_serial_sequence('{envelope}', 'id')) AS envelope_id
        FROM {supporter} s
        JOIN {subscription} u ON u.supporter_id = s.id AND u.ended_at IS NULL
        JOIN {consent} c ON c.id = u.consent_id AND c.purpose = %(purpose)s
        WHERE s.email <> ''
          AND NOT EXISTS (SELECT FROM {suppression} x WHERE x.address = s.canonical_email)
          AND NOT EXISTS (
              SELECT FROM {copy} y WHERE y.mailing_id = %(mailing)s AND y.supporter_id = s.id
          )
    ), put AS (
        INSERT INTO {envelope}
            (id, uid, kind, urgency, to_address, state, queued_at, due_at, attempts, reply)
        SELECT envelope_id, gen_random_uuid(), %(kind)s, %(urgency)s, email, 'queued', %(now)s,
            %(now)s, 0, ''
        FROM audience
    )
    INSERT INTO {copy} (mailing_id, supporter_id, envelope_id, language, variant)
    SELECT %(mailing)s, id, envelope_id, '', '' FROM audience
"""


@transaction.atomic
def freeze(mailing: Mailing) -> int:
    """Addresses a copy to everybody subscribed at this moment; how many readers that is.

    Frozen once: asked again, it adds nobody. Who is suppressed is left out here and looked at
    again when the copy is sent.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.frozen_at:
        return 0
    mailing.frozen_at = now = timezone.now()
    mailing.save(update_fields=["frozen_at"])
    rooms = {
        "supporter": Supporter,
        "subscription": Subscription,
        "consent": Consent,
        "suppression": Suppression,
        "envelope": Envelope,
        "copy": Copy,
    }
    tables = {name: connection.ops.quote_name(m._meta.db_table) for name, m in rooms.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            FREEZE.format(**tables),
            {
                "purpose": PURPOSE,
                "mailing": mailing.pk,
                "kind": KIND,
                "urgency": URGENCY,
                "now": now,
            },
        )
        return cursor.rowcount
