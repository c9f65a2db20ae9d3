"""Organisers hold, release and cancel letters, by mailbox or by target; writers see it."""

import re

import pytest
from django.urls import reverse

from plaidoyer.campaigns.models import Target
from plaidoyer.delivery import letters
from plaidoyer.delivery.mailboxes import holds, progress, turns
from plaidoyer.delivery.models import Letter, Mailbox, MailboxHold
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser

from .test_letters import another_target, lauras_letter
from .test_waiting import assembly_form
from .test_waiting import lauras_letter as to_members

pytestmark = pytest.mark.django_db
VALE = "vale@ministry.example"


@pytest.fixture
def ed(client):
    organiser = make_organiser()
    client.force_login(organiser)
    return organiser


@pytest.fixture
def waiting():
    """Three letters in Vale's line; the first has its turn."""
    form = make_form(kind="letter")
    made = [letters.write([lauras_letter(form, name=f"l{number}")])[0] for number in range(3)]
    all_wait()
    return made


def all_wait():
    """No letter has had a turn yet, and every reader is there."""
    turns.put_back(list(Letter.objects.all()))
    Mailbox.objects.update(next_at=None, warm_at=None, opens=0, closes=24, weekends=True)


def sheet(address=VALE):
    return reverse("mailboxes-desk:sheet", args=[Mailbox.objects.get(address=address).pk])


def states():
    return sorted(Letter.objects.values_list("envelope__state", flat=True))


def test_a_mailbox_shows_its_line(client, ed, waiting):
    page = client.get(sheet()).text

    assert "<b>3</b>" in page
    assert "Save the river meadow" in page
    assert VALE in client.get(reverse("mailboxes-desk:index")).text
    assert sheet() in client.get("/admin/mailboxes-desk/?state=waiting").text
    assert sheet() not in client.get("/admin/mailboxes-desk/?state=held").text


def test_held_letters_wait_and_their_writers_see_it_until_they_are_released(client, ed, waiting):
    said = client.post(sheet(), {"step": "hold", "because": "She has said yes."}, follow=True)

    assert "Held: 3 letters wait." in said.text
    assert turns.go_round() == 0
    assert set(progress.told(Letter.objects.all()).values()) == {
        "Waiting: letters to this address are held for now."
    }
    page = client.get(sheet()).text
    assert "She has said yes." in page
    [button] = re.findall(r'name="step" value="(lift-\d+)"', page)

    answer = client.post(sheet(), {"step": button}, follow=True).text

    assert "Let go: 3 letters wait for their turn." in answer
    assert turns.go_round() > 0
    hold = MailboxHold.objects.get()
    assert (hold.letters, hold.placed_by, hold.lifted_by) == (3, ed, ed)


def test_cancelled_letters_do_not_leave_and_can_be_brought_back(client, ed, waiting):
    answer = client.post(sheet(), {"step": "cancel", "because": "Sent by mistake."}, follow=True)

    assert "3 letters are cancelled." in answer.text
    assert states() == ["cancelled"] * 3
    assert set(progress.told(Letter.objects.all()).values()) == {
        "Cancelled by the organisers before it left."
    }
    assert letters.write([one.action for one in waiting]) == []
    assert states() == ["cancelled"] * 3

    client.post(sheet(), {"step": f"lift-{MailboxHold.objects.get().pk}"})

    assert states() == ["queued"] * 3
    assert Letter.objects.filter(cancelled_by=None).count() == 3


def test_one_campaign_is_held_and_the_others_go_on(client, ed, waiting):
    post = Target.objects.get().post
    other = make_form(make_campaign(slug="well", post=post), kind="letter")
    [apart] = letters.write([lauras_letter(other, name="apart")])
    all_wait()
    meadow = waiting[0].target.campaign_id

    client.post(sheet(), {"step": "hold", "because": "Wait.", "campaign": meadow})
    turns.go_round()

    assert [one.pk for one in Letter.objects.exclude(turn_at=None)] == [apart.pk]


def test_a_stop_without_a_reason_is_refused_beside_its_field(client, ed, waiting):
    answer = client.post(sheet(), {"step": "hold", "because": " ", "campaign": "999999"})

    assert answer.status_code == 422
    assert "Say why." in answer.text
    assert "Choose one of the list." in answer.text
    assert not MailboxHold.objects.exists()


def test_a_pace_is_kept_or_refused_beside_its_field(client, ed, waiting):
    wrong = client.post(sheet(), {"step": "pace", "flow": "auto", "per_hour": "5000"})
    half = client.post(sheet(), {"step": "pace", "flow": "auto", "opens": "9"})
    good = client.post(sheet(), {"step": "pace", "flow": "digest", "per_hour": "20"})

    assert (wrong.status_code, half.status_code, good.status_code) == (422, 422, 302)
    assert "Say both hours, or none of them." in half.text
    box = Mailbox.objects.get(address=VALE)
    assert (box.flow, box.per_hour, box.opens) == ("digest", 20, None)


def test_all_letters_of_a_body_are_held_and_released_at_once(client, ed):
    form, seats = assembly_form()
    wells = make_form(make_campaign(slug="wells", post=make_minister()), kind="letter")
    letters.write([to_members(form, posts=[seats["North"].pk])])
    letters.write([lauras_letter(wells)])
    all_wait()
    target = form.campaign.targets.get()
    address = reverse("target_line", args=[target.pk])

    assert "Assembly" in client.get(reverse("target_lines")).text
    client.post(address, {"step": "hold", "because": "A vote is near."})
    turns.go_round()

    assert not Letter.objects.filter(target=target).exclude(turn_at=None).exists()
    assert Letter.objects.exclude(target=target).exclude(turn_at=None).exists()
    assert "A vote is near." in client.get(address).text

    client.post(address, {"step": "lift-hold"})
    assert turns.go_round() == 1


def test_letters_to_one_target_are_cancelled_and_brought_back(client, ed):
    form = make_form(kind="letter")
    clerk = another_target(form, address="clerk@ministry.example")
    letters.write([lauras_letter(form)])
    all_wait()
    address = reverse("target_line", args=[clerk.pk])

    answer = client.post(address, {"step": "cancel", "because": "Left office."}, follow=True).text

    assert "1 letter is cancelled." in answer
    assert [one.state for one in Envelope.objects.filter(letter__target=clerk)] == ["cancelled"]
    assert states() == ["cancelled", "queued"]
    client.post(address, {"step": "lift-cancel"})
    assert states() == ["queued", "queued"]


def test_who_may_only_look_stops_nothing(client, waiting):
    viewer = make_organiser("vera")
    viewer.groups.clear()
    viewer.user_permissions.set(permissions("access_admin", "view_mailbox"))
    client.force_login(viewer)

    assert "Cancel what waits" not in client.get(sheet()).text
    refused = client.post(sheet(), {"step": "cancel", "because": "x"})
    assert refused.headers["Location"] == "/admin/"

    assert states() == ["queued"] * 3


def permissions(*names):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=names)


def test_nothing_typed_into_an_address_breaks_a_screen(client, ed, waiting):
    for step in ("lift-", "lift-x", "lift-99999999999999999999", "lift-²", "", "pace"):
        assert client.post(sheet(), {"step": step}).status_code in {302, 422}
    for nobody in ("/en/admin/mailboxes-desk/999999/", "/en/admin/letters/targets/999999/"):
        assert client.get(nobody).status_code == 404
    assert client.get("/admin/mailboxes-desk/?campaign=x&state=y").status_code == 200


def test_a_hold_of_all_campaigns_and_of_one_are_lifted_apart(waiting):
    box = Mailbox.objects.get(address=VALE)
    holds.place(box, because="All.")
    holds.place(box, because="One.", campaign=waiting[0].target.campaign)

    holds.lift_for(waiting[0].target, "hold")

    assert [hold.because for hold in MailboxHold.objects.filter(lifted_at=None)] == ["All."]
