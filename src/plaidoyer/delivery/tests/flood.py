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

from plaidoyer.actions.models import Action, ActionForm
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
INSERT INTO supporters_supporter (uid, mark, sealed, language, created_at)
SELECT gen_random_uuid(), mark, '', language, %(at)s
FROM actions_action WHERE form_id = %(form)s;

INSERT INTO actions_confirmation (action_id, form_id, supporter_id, person, seat, confirmed_at)
SELECT action.id, %(form)s, supporter.id, '', 1, %(at)s FROM actions_action action
JOIN supporters_supporter supporter ON supporter.mark = action.mark
WHERE action.form_id = %(form)s ORDER BY action.id;

CREATE TEMPORARY TABLE flood ON COMMIT DROP AS
SELECT action.id AS action_id, to_whom.*, gen_random_uuid() AS uid,
    substring(action.page FROM 2)::int AS n
FROM actions_action action JOIN jsonb_to_recordset(%(desks)s) AS to_whom (target_id bigint,
    post_id bigint, mailbox_id bigint, address text, every int, turn int)
    ON substring(action.page FROM 2)::int %% to_whom.every = to_whom.turn
WHERE action.form_id = %(form)s;

INSERT INTO mail_envelope (uid, kind, urgency, mark, sealed, state, queued_at, due_at, attempts,
    reply)
SELECT uid, 'letter', 10, address, '', 'queued', %(at)s, '9999-01-01 00:00Z', 0, '' FROM flood;

"""
LETTERS = """
SELECT flood.action_id, target_id, post_id, address, envelope.id, mailbox_id, n
FROM flood JOIN mail_envelope envelope USING (uid) ORDER BY n
"""


def flood(form: ActionForm, *, people: int, members: int, at: datetime.datetime) -> None:
    """So many confirmed letters to the form's minister, and as many to the members in turn."""
    [minister] = form.campaign.targets.all()
    Mailbox.objects.filter(address=VALE).update(opens=9, closes=17, **HOURS)
    vale = Mailbox.objects.get(address=VALE)
    desks = [row(minister, minister.post, vale, every=1, turn=0), *seats(form, members)]
    facts = {"form": form.pk, "at": at, "people": people, "desks": json.dumps(desks)}
    write(form, people, at)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in ROWS.split(";\n"):
            if statement.strip():
                cursor.execute(statement, facts)
        cursor.execute(LETTERS)
        Letter.objects.bulk_create(
            [letter(*row, at=at) for row in cursor.fetchall()], batch_size=1000
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE delivery_letter, mail_envelope, actions_action")


def letter(
    action: int,
    target: int,
    post: int | None,
    address: str,
    envelope: int,
    mailbox: int,
    n: int,
    *,
    at: datetime.datetime,
) -> Letter:
    """What writer `n` wrote to one of them."""
    said = "It floods." if n % OWN else f"My own words, number {n}. " * 20
    return Letter(
        action_id=action,
        target_id=target,
        post_id=post,
        recipient=address,
        subject="The meadow",
        body=f"{said}\n\nLaura No {n}\nH2X 1Y4",
        language="en",
        written_at=at,
        envelope_id=envelope,
        mailbox_id=mailbox,
    )


def write(form: ActionForm, people: int, at: datetime.datetime) -> None:
    """The acts of so many writers, sealed as any; the page of each says its number."""
    who = {"given_name": "Laura", "postal_code": "H2X 1Y4", "language": "en"}
    Action.objects.bulk_create(
        [
            Action(
                form=form,
                submitted_at=at,
                email=f"laura-{n}@home.example",
                mark=f"laura-{n}",
                family_name=f"No {n}",
                facts={"posts": [0]},
                page=f"/{n}",
                **who,
            )
            for n in range(1, people + 1)
        ],
        batch_size=1000,
    )


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
        carried = Letter.objects.filter(digest=digest).values_list("action__page", flat=True)
        planned.update((digest.mailbox_id, f"Laura No {page[1:]}") for page in carried)
    own = Letter.objects.filter(envelope__state="accepted")
    alone = {
        (box, f"Laura No {page[1:]}") for box, page in own.values_list("mailbox", "action__page")
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
