"""The worker is killed again and again while letters leave: none is lost, none leaves twice.

The relay's own ledger is compared with what the product says of each letter. The control marks
a letter as sent before it is; the same comparison must find what it lost.
"""

import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.conf import settings

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Target
from plaidoyer.delivery import letters
from plaidoyer.testing import make_campaign, make_form, make_minister
from tests.waiting import wait_until

pytestmark = pytest.mark.storm


def plan_letters(product, number):
    """So many confirmed letters, to as many mailboxes so that none waits for its turn; the ids of
    their messages."""
    with product.orm():
        campaign = make_campaign()
        targets = [
            Target.objects.create(
                campaign=campaign, post=make_minister(email=f"vale@m{each}.example")
            ).pk
            for each in range(number)
        ]
        form = make_form(campaign, kind="letter")
        content = {"subject": "The meadow", "body": "It floods."}
        actions = Action.objects.bulk_create(
            Action(
                **intake.columns(
                    form,
                    email=f"laura-{each}@home.example",
                    given_name="Laura",
                    family_name=f"No {each}",
                    language="en",
                    page="",
                    content=content | {"targets": [targets[each]]},
                )
            )
            for each in range(number)
        )
        confirmations.confirm_many(actions)
        return {letter.envelope.uid.hex for letter in letters.write(actions)}


def came(catcher):
    """How often each message came to the relay as a whole."""
    ids = (mail.message["Message-ID"] for mail in list(catcher.caught))
    return Counter(message_id.strip("<>").partition("@")[0] for message_id in ids)


def states(product):
    rows = product.sql("SELECT replace(uid::text, '-', ''), state FROM mail_envelope")
    return {uid: state for uid, state in rows if state != "cancelled"}


def compare(planned, said, ledger, *, kills):
    """Raises AssertionError unless every planned letter came once or is named as in doubt."""
    assert set(said) == planned, "a letter has no state"
    assert not {uid for uid, count in ledger.items() if count > 1}, "a letter came twice"
    accepted = {uid for uid, state in said.items() if state == "accepted"}
    doubtful = {uid for uid, state in said.items() if state == "in_doubt"}
    assert accepted <= set(ledger), f"{len(accepted - set(ledger))} letters lost"
    assert accepted | doubtful == planned, "a letter was left behind"
    assert len(doubtful) <= kills * settings.MAIL_CONNECTIONS


def test_the_worker_is_killed_and_no_letter_is_lost_or_doubled(product):
    planned, kills = plan_letters(product, 250), 3
    product.catcher.hold = 0.01

    for _ in range(kills):
        before = len(product.catcher.caught)
        product.start_worker()
        wait_until(lambda before=before: len(product.catcher.caught) > before + 20, seconds=60)
        time.sleep(random.uniform(0, 0.2))
        product.worker.kill()
    product.start_worker()
    waiting = {"queued", "leased", "deferred"}
    wait_until(lambda: not waiting & set(states(product).values()), seconds=90)

    assert len(product.catcher.caught) > 150
    compare(planned, states(product), came(product.catcher), kills=kills)


LOSSY = """
import smtplib, sys, psycopg
database, port = psycopg.connect(sys.argv[1], autocommit=True), int(sys.argv[2])
relay = smtplib.SMTP("127.0.0.1", port)
while True:
    database.execute(
        "UPDATE mail_envelope SET state = 'leased' WHERE id IN "
        "(SELECT id FROM mail_envelope WHERE state = 'queued' LIMIT 50)"
    )
    batch = database.execute(
        "UPDATE mail_envelope SET state = 'accepted' WHERE state = 'leased' RETURNING uid"
    ).fetchall()
    for (uid,) in batch:
        relay.sendmail("a@b.example", ["c@d.example"], f"Message-ID: <{uid.hex}@x>\\r\\n\\r\\nx")
"""


def test_a_sender_that_marks_before_it_sends_loses_letters_and_the_ledger_shows_it(
    product,
):
    planned = plan_letters(product, 60)
    product.catcher.hold = 0.02
    command = [sys.executable, "-c", LOSSY, product.database_url, str(product.catcher.port)]

    lossy = subprocess.Popen(command)
    wait_until(lambda: len(product.catcher.caught) > 10)
    lossy.kill()
    lossy.wait()
    product.start_worker()
    wait_until(lambda: "queued" not in states(product).values(), seconds=60)

    with pytest.raises(AssertionError, match="letters lost"):
        compare(planned, states(product), came(product.catcher), kills=1)


def test_a_worker_that_is_asked_to_stop_leaves_nothing_in_doubt(product):
    planned = plan_letters(product, 200)
    product.catcher.hold = 0.25  # so that some still wait when it is asked
    product.start_worker()
    wait_until(lambda: len(product.catcher.caught) > 20, seconds=60)

    began = time.monotonic()
    assert product.worker.stop() == 0

    assert time.monotonic() - began < 15
    assert Counter(states(product).values()) == {
        "accepted": len(product.catcher.caught),
        "queued": len(planned) - len(product.catcher.caught),
    }
    assert "Traceback" not in product.worker.words()
