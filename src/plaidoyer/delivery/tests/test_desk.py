import pytest

from plaidoyer.delivery import letters
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser

from .test_letters import lauras_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    [letter] = letters.write([lauras_letter()])
    Envelope.objects.update(state="refused", reply="550 5.1.1 no such user")
    return letter


def test_organisers_see_each_letter_and_the_servers_words(client, letter):
    client.force_login(make_organiser())

    page = client.get("/admin/letters/").text
    assert "550 5.1.1 no such user" in page
    assert "Laura Brook" in page
    assert "/admin/letters/new/" not in page

    sheet = client.get(f"/admin/letters/inspect/{letter.pk}/").text
    assert "<p>That is what it is for. &lt;b&gt;Keep it.&lt;/b&gt;</p>" in sheet
    assert "550 5.1.1 no such user" in sheet


def test_a_letter_in_doubt_can_be_settled_from_the_list(client, letter):
    Envelope.objects.update(state="in_doubt")
    client.force_login(make_organiser())

    page = client.get("/admin/letters/").text

    assert f"/admin/mail/settle/{letter.envelope_id}/" in page
    assert 'name="back" value="/admin/letters/"' in page


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ({"state": "refused"}, True),
        ({"state": "accepted"}, False),
        ({"state": "held"}, False),
        ({"campaign": "own"}, True),
        ({"campaign": "other"}, False),
        ({"target": "own"}, True),
        ({"target": "other"}, False),
        ({"q": "meadow"}, True),
        ({"q": "nothing like it"}, False),
    ],
)
def test_letters_are_found_by_state_campaign_and_target(client, letter, filters, shown):
    other = make_campaign(slug="other", post=make_minister())
    keys = {
        "campaign": {"own": letter.target.campaign_id, "other": other.pk},
        "target": {"own": letter.target_id, "other": other.targets.get().pk},
    }
    client.force_login(make_organiser())

    query = {name: keys.get(name, {}).get(value, value) for name, value in filters.items()}
    page = client.get("/admin/letters/", query).text

    assert ("550 5.1.1" in page) is shown


def test_a_held_letter_is_shown_as_held(client):
    post = make_minister(email=None)
    letters.write([lauras_letter(make_form(make_campaign(post=post), kind="letter"))])
    client.force_login(make_organiser())

    assert "held: no address" in client.get("/admin/letters/?state=held").text


def test_letters_cannot_be_written_from_the_back_office(client, letter):
    client.force_login(make_organiser())

    for path in ("new/", f"edit/{letter.pk}/", f"delete/{letter.pk}/"):
        answer = client.post(f"/admin/letters/{path}", {"subject": "Changed"})
        assert answer.status_code in {302, 404}

    letter.refresh_from_db()
    assert letter.subject == "The meadow"
