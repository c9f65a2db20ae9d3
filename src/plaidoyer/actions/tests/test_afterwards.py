"""From the thank-you on: Suzie mends her address, asks again, confirms, passes it on."""

import datetime
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plaidoyer.actions import confirmations, intake, matching, sharing
from plaidoyer.actions.confirmations import State
from plaidoyer.actions.messages import compose, confirmation_path, withdrawal_path
from plaidoyer.actions.models import (
    Action,
    ChannelTally,
    Confirmation,
    ConfirmationRequest,
    Hold,
    ShareCode,
)
from plaidoyer.lib.words import Words
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters.models import Consent
from plaidoyer.testing import make_form, make_pages
from plaidoyer.vault import marks

pytestmark = pytest.mark.django_db

SUZIE = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@gmial.com"}


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


def sign(client, form, language="en", **typed):
    """Suzie signs at the door; the address of her thank-you."""
    answer = client.post(f"/{language}/actions/{form.public_id}/", {**SUZIE, **typed})
    assert answer.status_code == 303
    return answer.headers["Location"]


def last():
    return Action.objects.order_by("-id").first()


def mails():
    matching.match_pending()
    return ConfirmationRequest.objects.count()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_thank_you_shows_the_address_and_says_what_happens(client, form, language):
    form.pages.update(thanks="<p>On Friday we bring all names to the minister.</p>")

    answer = client.get(sign(client, form, language))

    page = answer.content.decode()
    assert "suzie@gmial.com" in page
    assert "On Friday we bring all names" in page
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers


def test_nothing_of_the_person_stands_in_the_address(client, form):
    address = sign(client, form)

    assert not re.search(r"suzie|roy|gmial|@", address, re.IGNORECASE)


def test_the_thank_you_leads_to_sharing_giving_and_the_next_form(client, form):
    make_pages_of_another(form)
    site = Organisation.current().__class__
    site.objects.create(
        site_id=site_id(), name=Words(en="Rivers"), giving_url=Words(en="https://give.example/")
    )

    page = client.get(sign(client, form)).content.decode()

    order = [page.index(sign) for sign in ['id="share"', "give.example", "For the ferry"]]
    assert order == sorted(order)


def site_id():
    from wagtail.models import Site

    return Site.objects.get().pk


def make_pages_of_another(form, campaign=None, name="For the ferry", **facts):
    """One more form with an English page."""
    other = make_form(campaign or form.campaign, name=Words(fr=name, en=name), **facts)
    page = form.pages.get(locale__language_code="en")
    page.copy(update_attrs={"form": other, "slug": name.replace(" ", "-"), "title": name})
    return other


def test_a_typo_is_suggested_and_mended_with_one_press(client, form):
    address = sign(client, form, via="whatsapp")
    matching.match_pending()
    page = client.get(address).content.decode()
    assert "Did you mean" in page
    assert "suzie@gmail.com" in page

    answer = client.post(address, {"step": "correct", "email": "suzie@gmail.com"}, follow=True)

    first, mended = Action.objects.order_by("id")
    assert mended.corrects == first
    assert (mended.email, mended.full_name, mended.via) == (
        "suzie@gmail.com",
        "Suzie Roy",
        "whatsapp",
    )
    assert mended.submitted_at == first.submitted_at
    shown = answer.content.decode()
    assert "suzie@gmail.com" in shown
    assert "Did you mean" not in shown
    assert mails() == 2


def test_the_old_link_says_that_the_address_was_mended(client, form):
    address = sign(client, form)
    old = last()
    client.post(address, {"step": "correct", "email": "suzie@post.example"})

    answer = client.post(confirmation_path(old), follow=True)

    assert answer.context["state"] == "corrected"
    assert "another address" in answer.content.decode()
    assert not Confirmation.objects.exists()
    assert "take back" in client.get(withdrawal_path(old)).content.decode()
    assert confirmations.confirm(last())


def test_no_mail_leaves_for_an_address_that_was_mended_in_time(client, form):
    address = sign(client, form)
    matching.match_pending()
    client.post(address, {"step": "correct", "email": "suzie@post.example"})

    assert compose(list(Envelope.objects.filter(mark=marks.address("suzie@gmial.com")))) == {}


@pytest.mark.parametrize(
    "typed", ["", "suzie", "a@b,c@d.example", "x" * 300 + "@post.example", "\x00"]
)
def test_a_wrong_correction_is_told_beside_its_field(client, form, typed):
    answer = client.post(sign(client, form), {"step": "correct", "email": typed})

    assert answer.status_code == 422
    assert "id_email_error" in answer.content.decode()
    assert Action.objects.count() == 1


def test_a_confirmed_act_is_not_mended_any_more(client, form):
    address = sign(client, form)
    confirmations.confirm(last())

    client.post(address, {"step": "correct", "email": "mallory@post.example"})

    assert Action.objects.count() == 1
    assert "confirmed" in client.get(address).content.decode()


def test_at_most_five_mails_leave_for_one_act(client, form):
    address = sign(client, form)
    for number in range(8):
        typed = {"step": "correct", "email": f"suzie{number}@post.example"}
        address = client.post(address, typed).headers["Location"]
        client.post(address, {"step": "again"})
        matching.match_pending()

    assert mails() == 5
    page = client.get(address).content.decode()
    assert "Five messages" in page
    assert "<form" not in page.partition('id="share"')[0]


def test_corrections_before_any_mail_left_count_as_mails(client, form):
    address = sign(client, form)
    for number in range(8):
        typed = {"step": "correct", "email": f"suzie{number}@post.example"}
        address = client.post(address, typed).headers["Location"]

    assert Action.objects.count() == 5
    assert mails() == 5


def test_a_resend_before_the_first_mail_sends_one(client, form):
    address = sign(client, form)

    assert client.post(address, {"step": "again"}).status_code == 303

    assert mails() == 1
    client.post(address, {"step": "again"})
    assert mails() == 2


def test_mending_the_same_act_twice_makes_one_correction(client, form):
    address = sign(client, form)
    for typed in ["laura@post.example", "mallory@post.example"]:
        client.post(address, {"step": "correct", "email": typed})

    assert Action.objects.count() == 2
    assert last().email == "laura@post.example"


def test_looking_at_the_thank_you_changes_nothing(client, form):
    address = sign(client, form)
    for method in (client.get, client.head):
        method(address, {"step": "correct", "email": "x@post.example"})

    assert (Action.objects.count(), mails()) == (1, 1)


def test_the_thank_you_is_good_for_a_day(client, form):
    address = sign(client, form)
    Action.objects.update(submitted_at=timezone.now() - datetime.timedelta(hours=25))

    for answer in [client.get(address), client.post(address, {"step": "again"})]:
        assert answer.status_code == 410
        assert "gmial" not in answer.content.decode()


@pytest.mark.parametrize("token", ["x", "%00", "é", "x" * 500])
def test_a_broken_thank_you_says_so(client, form, token):
    for door in (f"/en/thanks/{token}/", f"/en/confirmation/{token}/link/"):
        assert client.get(door).status_code == 404
        assert client.post(door).status_code == 404


def test_a_held_act_stays_held_when_its_address_is_mended(client, form):
    address = sign(client, form)
    Hold.objects.create(cause="organiser", form=form).held.create(action=last())

    client.post(address, {"step": "correct", "email": "suzie@post.example"})

    assert last().held.filter(released_at=None).exists()


def test_known_and_unknown_people_see_the_same_thank_you(client, form):
    confirmations.confirm(intake.append(form, language="en", page="/", **SUZIE))

    known = client.get(sign(client, form)).content.decode()
    unknown = client.get(sign(client, form, email="laura@gmial.com")).content.decode()

    def plain(page):
        return re.sub(r"suzie|laura", "somebody", re.sub(r"/thanks/[^/]+/", "/thanks/…/", page))

    assert plain(known) == plain(unknown)


def test_two_people_of_one_mailbox_each_count_where_the_form_allows_it(client, form):
    form.mailbox_shared = True
    form.save()
    for given in ("Suzie", "Omar", "suzie", "Laura"):
        sign(client, form, given_name=given, email="roy@post.example")
        client.post(confirmation_path(last()))

    counted = Confirmation.objects.filter(form=form)
    assert sorted(c.action.given_name for c in counted) == ["Omar", "Suzie"]
    assert confirmations.state(last()) is State.DOUBLE


def test_a_mailbox_counts_once_elsewhere(client, form):
    for given in ("Suzie", "Omar"):
        sign(client, form, given_name=given, email="roy@post.example")
        client.post(confirmation_path(last()))

    assert Confirmation.objects.count() == 1


# The next form


def test_the_next_form_is_of_the_same_campaign_and_not_one_already_done(client, form):
    from plaidoyer.testing import make_campaign

    same = make_pages_of_another(form, opens_at=timezone.now() - datetime.timedelta(days=9))
    elsewhere = make_campaign(slug="elsewhere", post=form.campaign.targets.get().post)
    make_pages_of_another(form, elsewhere, "For the wells")
    sign(client, form)
    act = last()
    confirmations.confirm(act)
    assert client.get(confirmation_path(act)).context["next_page"].form == same

    confirmations.confirm(intake.append(same, language="en", page="/", **SUZIE))

    assert client.get(confirmation_path(act)).context["next_page"].title == "For the wells"


@pytest.mark.parametrize(
    "facts",
    [
        {"paused_at": timezone.now()},
        {"filled_at": timezone.now()},
        {"closes_at": timezone.now()},
        {"opens_at": timezone.now() + datetime.timedelta(days=1)},
    ],
)
def test_the_next_form_is_open(client, form, facts):
    make_pages_of_another(form, **facts)

    assert client.get(sign(client, form)).context["next_page"] is None


# Passing it on


def test_every_way_to_pass_it_on_has_its_own_code(client, form):
    page = unescape(client.get(sign(client, form)).content.decode())

    for channel in sharing.CHANNELS:
        assert f"via%3D{channel.name}" in page or f"via={channel.name}" in page
    assert "?via=link" in page
    assert '<script src="http' not in page


def test_a_page_keeps_how_its_reader_came(client, form):
    page = client.get("/en/campagnes/meadow/agir/?via=whatsapp").content.decode()

    assert 'name="via" value="whatsapp"' in page.replace(' id="id_via"', "")
    client.post(f"/en/actions/{form.public_id}/", {**SUZIE, "via": "whatsapp"})
    assert last().via == "whatsapp"


@pytest.mark.parametrize("forged", ['"><script>', "WhatsApp!", "x" * 61, "a b", "\x00", "é"])
def test_a_way_that_is_none_of_ours_is_not_kept(client, form, forged):
    page = client.get("/en/campagnes/meadow/agir/", {"via": forged})
    sign(client, form, via=forged)

    assert page.status_code == 200
    assert page.context["form"].initial["via"] == ""
    assert last().via == ""


def test_suzie_sees_how_many_came_through_her_link(client, form):
    sign(client, form)
    act = last()
    confirmations.confirm(act)
    door = confirmation_path(act)
    assert "my own link" in client.get(door).content.decode()

    answer = client.post(f"{door}link/", {"step": "count"}, follow=True)

    code = ShareCode.objects.get()
    assert f"via%3Dwhatsapp.{code.code}" in answer.content.decode()
    assert Consent.objects.get().purpose == "sharing"
    for number, via in enumerate([f"whatsapp.{code.code}", f"link.{code.code}", "facebook"]):
        sign(client, form, email=f"s{number}@post.example", via=via)
        confirmations.confirm(last())
    again = make_pages_of_another(form)
    sign(client, again, via=f"mail.{code.code}")
    confirmations.confirm(last())  # Suzie herself brings nobody in
    sharing.recount()
    sharing.recount()

    assert "<b>2</b> people came through your link" in client.get(door).content.decode()
    assert sorted(sharing.channels(form)) == [("Copied link", 1), ("Facebook", 1), ("WhatsApp", 1)]
    assert [(who.given_name, n) for who, n in sharing.sharers(form, 5)] == [("Suzie", 2)]


def test_looking_makes_no_link_and_the_end_forgets_it(client, form):
    sign(client, form)
    act = last()
    confirmations.confirm(act)
    door = f"{confirmation_path(act)}link/"
    client.get(door)
    assert not ShareCode.objects.exists()
    for step in ("count", "count", "stop", "stop"):
        assert client.post(door, {"step": step}).status_code == 303

    assert not ShareCode.objects.exists()
    assert not ChannelTally.objects.exclude(code="").exists()
    answers = Consent.objects.order_by("id").values_list("answer", flat=True)
    assert list(answers) == ["given", "withdrawn"]


def test_an_act_that_does_not_count_gets_no_link(client, form):
    sign(client, form)

    client.post(f"{confirmation_path(last())}link/", {"step": "count"})

    assert not ShareCode.objects.exists()


def test_the_post_asks_the_database_no_more_than_thrice(client, form):
    sign(client, form)

    with CaptureQueriesContext(connection) as queries:
        sign(client, form, via="whatsapp", email="laura@post.example")

    assert len(queries) <= 3
