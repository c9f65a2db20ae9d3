import pytest

from plaidoyer.delivery import letters, reporting
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser

from .test_letters import lauras_letter
from .test_waiting import assembly_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    [letter] = letters.write([lauras_letter()])
    Envelope.objects.update(state="leased")
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


def test_a_letter_in_doubt_can_be_settled_from_the_list(client):
    [letter] = letters.write([lauras_letter()])
    Envelope.objects.update(state="leased")
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
        ({"q": "Laura@Home.example"}, True),
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


def test_an_organiser_says_who_represents_the_writer(client):
    form, seats = assembly_form()
    action = lauras_letter(form, content={"posts": []}, postal_code="Z9")
    [letter] = letters.write([action])
    client.force_login(make_organiser())
    address = f"/admin/letters/place/{letter.pk}/"

    assert address in client.get("/admin/letters/?state=unplaced").text
    assert address not in client.get("/admin/letters/?state=held").text
    page = client.get(address).text
    assert "Z9" in page
    assert "North: Bo North" in page
    for wrong in ("", "999", "x\x00"):
        assert client.post(address, {"seat": wrong}).status_code == 200
    assert client.post(address, {"seat": seats["North"].pk}).status_code == 302

    letter.refresh_from_db()
    assert letter.envelope.to_address == "north@a.example"
    assert client.get(address, follow=True).status_code == 404


def test_organisers_see_how_much_supporters_wrote_themselves(client):
    form = make_form(kind="letter")
    for name, share in {"a": 0, "b": 20, "c": 45, "d": 46}.items():
        letters.write([lauras_letter(form, name=name, content={"own_words": share})])
    client.force_login(make_organiser())

    [row] = reporting.own_words()
    assert (row.form, row.letters, row.personal, row.median) == (form, 4, 3, 45)
    assert "<td>4</td><td>3</td><td>45%</td>" in client.get("/admin/letters/own-words/").text
    assert "46\u00a0%" in client.get("/admin/letters/").text


def test_the_list_of_letters_asks_no_more_the_longer_it_is(client, django_assert_max_num_queries):
    form, _seats = assembly_form()
    client.force_login(make_organiser())
    client.get("/admin/letters/")
    for number in range(12):
        letters.write([lauras_letter(form, name=f"s{number}", content={"posts": []})])

    with django_assert_max_num_queries(25):
        assert client.get("/admin/letters/").text.count("/admin/letters/place/") == 12
