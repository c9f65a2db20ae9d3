"""A hundred simultaneous acts of one person, through the real door: one counts."""

import asyncio
import urllib.parse

from plaidoyer.actions import counting
from plaidoyer.actions.messages import confirmation_path
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.testing import make_form, make_pages
from tests.waiting import wait_until

CROWD = 100


def at_once(product, addresses, bodies):
    """Sends all of them at the same moment, each on a connection of its own; the statuses."""
    port, gate = product.port, asyncio.Event()

    async def send(address, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await gate.wait()
        writer.write(
            f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        status = int((await reader.readuntil(b"\r\n"))[9:12])
        writer.close()
        return status

    async def all_of_them():
        sends = [
            asyncio.ensure_future(send(address, body))
            for address, body in zip(addresses, bodies, strict=True)
        ]
        await asyncio.sleep(1)
        gate.set()
        return await asyncio.gather(*sends)

    return asyncio.run(all_of_them())


def typed(number):
    """One person's mailbox, spelt in a hundred ways."""
    email = f"{'Suzie' if number % 2 else 'suzie'}+{number}@Post.example"
    who = {"given_name": "Suzie", "family_name": "Roy", "email": email, "page": "/"}
    return urllib.parse.urlencode(who)


def test_of_a_hundred_acts_of_one_person_at_the_same_instant_one_counts(product, settings):
    product.settings["SECRET_KEY"] = settings.SECRET_KEY  # we write its links
    with product.orm():
        form = make_form()
        make_pages(form)
    product.serve_with(2)
    product.start()

    door = f"/fr/actions/{form.public_id}/"
    sent = at_once(product, [door] * CROWD, [typed(number) for number in range(CROWD)])
    assert sent == [303] * CROWD

    matched = "SELECT count(*) FROM actions_match"
    wait_until(lambda: product.sql(matched)[0][0] == CROWD, what="every act to be matched")
    with product.orm():
        links = [confirmation_path(act) for act in Action.objects.all()]
    confirmed = at_once(product, links, [""] * CROWD)
    assert confirmed == [303] * CROWD

    with product.orm():
        counting.advance(wait=True)
        assert Action.objects.count() == CROWD
        assert Confirmation.objects.count() == 1
        assert Confirmation.objects.counted().count() == 1
        assert counting.confirmed([form])[form.pk].value == 1
    asked = "SELECT count(*) FROM mail_envelope WHERE kind = 'confirmation'"
    assert product.sql(asked) == [(5,)]
