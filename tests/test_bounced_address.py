"""A minister's server refuses a letter: over the wire, to the organiser and out again."""

from plaidoyer.actions import confirmations
from plaidoyer.civics import contacts
from plaidoyer.civics.models import ContactDetail
from plaidoyer.delivery.models import Mailbox
from plaidoyer.delivery.tests.test_letters import lauras_letter
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser
from tests.waiting import wait_until


def test_a_letter_that_bounced_waits_until_somebody_has_looked(product, client):
    product.catcher.answers["vale@ministry.example"] = "550 5.1.1 No such user"
    with product.orm():
        post = make_minister()
        act = lauras_letter(make_form(make_campaign(post=post), kind="letter"), confirmed=False)
        confirmations.confirm(act)
        product.start_worker()
        wait_until(
            lambda: ContactDetail.objects.exclude(bounced_at=None).exists(),
            what="a bounced address",
        )
        client.force_login(make_organiser("ed"))
        listed = client.get("/admin/to-check/").content.decode()
        waiting = client.get("/admin/letters/?state=held").content.decode()

        assert "vale@ministry.example" in listed
        assert "The meadow" in waiting
        assert contacts.mailbox(post) is None

        product.catcher.answers.clear()
        detail = ContactDetail.objects.get()
        client.post(f"/admin/to-check/checked/{detail.pk}/")
        # As if minutes had passed: two letters do not go to one mailbox one after the other.
        Mailbox.objects.update(next_at=None)

    mail = product.catcher.wait_for("vale@ministry.example")
    assert mail.message["Subject"] == "The meadow"
