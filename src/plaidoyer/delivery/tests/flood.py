"""A day on which very many people write to one minister and to their members of parliament.

Rows are made by SQL, time is moved through the product's own rounds; then every writer is looked
for. One for the suite, and `bin/bench mailbox` for the whole of it.
"""

import datetime
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import Organization, Post
from plaidoyer.delivery.mailboxes import budgets, digests
from plaidoyer.delivery.models import Courtesy, Digest, Letter, Mailbox, MailServer
from plaidoyer.lib.words import Words
from plaidoyer.mail.models import Envelope

VALE, HOURS = "vale@ministry.example", {"weekends": False, "time_zone": "America/Toronto"}
# Every tenth writes their own words.
OWN = 10

ROWS = """
INSERT INTO actions_action (uid, form_id, submitted_at, language, email, given_name, family_name,
    postal_code, content, page, via, network, proof)
SELECT gen_random_uuid(), %(form)s, %(at)s, 'en', 'laura-' || n || '@home.example', 'Laura',
    'No ' || n, 'H2X 1Y4', '{"posts": [0]}', '', '', '', '' FROM generate_series(1, %(people)s) n;

INSERT INTO supporters_supporter (uid, canonical_email, email, given_name, family_name,
    postal_code, language, created_at)
SELECT gen_random_uuid(), email, email, given_name, family_name, postal_code, language, %(at)s
FROM actions_action WHERE form_id = %(form)s;

INSERT INTO actions_confirmation (action_id, form_id, supporter_id, person, seat, confirmed_at)
SELECT action.id, %(form)s, supporter.id, '', 1, %(at)s FROM actions_action action
JOIN supporters_supporter supporter ON supporter.canonical_email = action.email
WHERE action.form_id = %(form)s ORDER BY action.id;

CREATE TEMPORARY TABLE flood ON COMMIT DROP AS
SELECT action.id AS action_id, to_whom.*, gen_random_uuid() AS uid,
    substring(action.family_name FROM 4)::int AS n
FROM actions_action action JOIN jsonb_to_recordset(%(desks)s) AS to_whom (target_id bigint,
    post_id bigint, mailbox_id bigint, address text, every int, turn int)
    ON substring(action.family_name FROM 4)::int %% to_whom.every = to_whom.turn
WHERE action.form_id = %(form)s;

INSERT INTO mail_envelope (uid, kind, urgency, to_address, state, queued_at, due_at, attempts,
    reply)
SELECT uid, 'letter', 10, address, 'queued', %(at)s, '9999-01-01 00:00Z', 0, '' FROM flood;

INSERT INTO delivery_letter (action_id, target_id, post_id, recipient, subject, body, language,
    thanks, written_at, envelope_id, mailbox_id)
SELECT flood.action_id, target_id, post_id, address, 'The meadow', CASE WHEN n %% %(own)s = 0
    THEN repeat('My own words, number ' || n || '. ', 20) ELSE 'It floods.' END
    || E'\\n\\nLaura No ' || n || E'\\nH2X 1Y4', 'en', false, %(at)s, envelope.id, mailbox_id
FROM flood JOIN mail_envelope envelope USING (uid) ORDER BY n;
"""


def flood(form: ActionForm, *, people: int, members: int, at: datetime.datetime) -> None:
    """So many confirmed letters to the form's minister, and as many to the members in turn."""
    [minister] = form.campaign.targets.all()
    Mailbox.objects.filter(address=VALE).update(opens=9, closes=17, **HOURS)
    vale = Mailbox.objects.get(address=VALE)
    desks = [row(minister, minister.post, vale, every=1, turn=0), *seats(form, members)]
    facts = {"form": form.pk, "at": at, "people": people, "own": OWN, "desks": json.dumps(desks)}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in ROWS.split(";\n"):
            if statement.strip():
                cursor.execute(statement, facts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE delivery_letter, mail_envelope, actions_action")


def seats(form: ActionForm, members: int) -> Iterator[dict[str, object]]:
    """A parliament of so many, each with a mailbox on its one server."""
    body = Organization.objects.create(name=Words(en="Assembly"), classification="legislature")
    target = Target.objects.create(campaign=form.campaign, organization=body)
    server, _new = MailServer.objects.get_or_create(domain="parl.example")
    for each in range(members):
        post = Post.objects.create(organization=body, label=Words(en=f"Seat {each}"))
        address = f"member-{each}@parl.example"
        facts = {"address": address, "to_address": address, "server": server, **HOURS}
        mailbox = Mailbox.objects.create(opens=9, closes=17, **facts)
        yield row(target, post, mailbox, every=members, turn=each)


def row(
    target: Target, post: Post | None, mailbox: Mailbox, *, every: int, turn: int
) -> dict[str, object]:
    """Which writers write to whom: those whose number leaves `turn` when divided by `every`."""
    return {
        "target_id": target.pk,
        "post_id": post.pk if post and target.organization_id else None,
        "mailbox_id": mailbox.pk,
        "address": mailbox.address,
        "every": every,
        "turn": turn,
    }


@dataclass(frozen=True, slots=True)
class Account:
    """Where every letter is once the day is over."""

    letters: int
    alone: int  # left by itself
    in_digests: int  # carried by a mail of a day that left, and named in it
    waiting: int
    unnamed: int  # carried, and not named as often as they wrote
    twice: int  # left by itself and named in a mail of a day as well

    @property
    def is_whole(self) -> bool:
        """Whether every letter is in exactly one place, and named there."""
        accounted = self.alone + self.in_digests + self.waiting
        return accounted == self.letters and not self.unnamed and not self.twice


def account() -> Account:
    """Reads each mail of a day as its reader gets it, and looks for every writer."""
    named: Counter[tuple[int, str]] = Counter()
    planned: Counter[tuple[int, str]] = Counter()
    for digest in Digest.objects.filter(envelope__state="accepted").select_related("envelope"):
        [message] = digests.compose([digest.envelope]).values()
        said = message.attachments[0][1] if message.attachments else message.text
        lines = [line for line in said.splitlines() if line.endswith(", H2X 1Y4")]
        named.update((digest.mailbox_id, line.partition(",")[0]) for line in lines)
        carried = Letter.objects.filter(digest=digest).values_list("action__family_name", flat=True)
        planned.update((digest.mailbox_id, f"Laura {name}") for name in carried)
    own = Letter.objects.filter(envelope__state="accepted")
    alone = {
        (box, f"Laura {name}") for box, name in own.values_list("mailbox", "action__family_name")
    }
    return Account(
        letters=Letter.objects.count(),
        alone=len(alone),
        in_digests=sum((named & planned).values()),
        waiting=Letter.objects.waiting().count(),
        unnamed=sum((planned - named).values()) + sum((named - planned).values()),
        twice=len(alone & named.keys()),
    )


def lost_letters() -> int:
    """The control: so many letters are taken out of their line, and nobody says where they went."""
    keys = list(Letter.objects.waiting().values_list("envelope", flat=True)[:7])
    return Envelope.objects.filter(pk__in=keys).update(state="cancelled")


def cap() -> int:
    """How many letters an hour one mailbox may get."""
    mailbox = Mailbox.objects.get(address=VALE)
    return budgets.rhythm(mailbox, Courtesy.current()).per_hour
