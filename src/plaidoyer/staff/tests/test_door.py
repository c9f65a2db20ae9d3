"""The one door of the back office: a password, a second factor, and what thieves try."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from plaidoyer.mail import kinds
from plaidoyer.mail.models import Envelope
from plaidoyer.staff import codes, notices
from plaidoyer.staff.models import Notice, SignIn
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db
SECRET, PASSWORD = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "a river runs through it"
LOGIN, STEP = "/en/staff/login/", "/en/staff/factors/authenticate/"


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()


@pytest.fixture
def ed():
    ed = make_organiser("ed", password=PASSWORD)
    codes.set_up(ed, SECRET)
    return ed


def give_password(client, login="ed", password=PASSWORD, **headers):
    return client.post(LOGIN, {"login": login, "password": password}, headers=headers)


def come_in(client, user, **headers):
    """The whole door, as a browser walks it."""
    give_password(client, user.username, **headers)
    return client.post(STEP, {"code": codes.of(user)}, headers=headers)


def mails(user):
    """What was queued for `user`, as it would leave."""
    return [
        message
        for envelope in Envelope.objects.filter(kind=notices.KIND).order_by("pk")
        if kinds.address(envelope) == user.email
        for message in kinds.COMPOSERS[notices.KIND]([envelope]).values()
    ]


def test_a_password_and_a_code_open_the_back_office(client, ed):
    assert client.get("/admin/").url.startswith(LOGIN)
    assert give_password(client).url == STEP
    assert client.get("/admin/").url.startswith(LOGIN)

    assert client.post(STEP, {"code": codes.of(ed)}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_address_of_before_leads_to_the_door(client):
    assert client.get("/admin/login/?next=/admin/acts/").url == f"{LOGIN}?next=/admin/acts/"
    assert client.get("/admin/password_reset/", follow=True).status_code == 404


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/acts/", "/admin/users/", "/en/staff/sessions/"]
)
def test_without_a_second_factor_only_the_page_to_set_one_up_opens(client, path):
    client.force_login(make_organiser(), second_factor=False)

    if path.startswith("/admin"):
        assert client.get(path).url == reverse("mfa_index")
        assert client.post(path).url == reverse("mfa_index")
    else:
        assert client.get(path).url == "/admin/"
    assert client.get(reverse("mfa_index")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_at_the_first_sign_in(client):
    anne = make_organiser("anne", password=PASSWORD)
    give_password(client, "anne")
    secret = re.search(r"<code>(\w+)<", client.get(reverse("mfa_activate_totp")).text)[1]
    code = codes.auth.format_hotp_value(codes.auth.hotp_value(secret, int(time.time()) // 30))

    done = client.post(reverse("mfa_activate_totp"), {"code": code})

    assert done.url == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<li><code>", client.get(done.url).text)) == 10
    assert client.get("/admin/").status_code == 200
    assert "second factor" in mails(anne)[-1].text
    kept = Authenticator.objects.get(user=anne, type="totp").data["secret"]
    assert secret not in kept
    assert kept.startswith("gAAAA")


def test_a_session_of_before_the_second_factor_stays_outside(ed):
    thief = Client()
    thief.force_login(ed, second_factor=False)

    assert thief.get("/admin/").url.startswith(LOGIN)


def test_a_code_opens_once(client, ed):
    give_password(client)
    code = codes.of(ed)
    assert client.post(STEP, {"code": code}).status_code == 302
    cache.clear()  # another web process does not remember

    thief = Client()
    give_password(thief)
    again = thief.post(STEP, {"code": code})

    assert "no more" in again.text
    assert thief.get("/admin/").status_code == 302


def test_a_wrong_code_opens_nothing_and_five_are_enough(client, ed):
    give_password(client)
    for _attempt in range(9):
        answer = client.post(STEP, {"code": "000000"})
    assert answer.status_code == 200
    for _attempt in range(5):
        answer = client.post(STEP, {"code": "000000"})

    assert "Too many attempts" in answer.text
    assert "Too many attempts" in client.post(STEP, {"code": codes.of(ed)}).text


def test_guessing_passwords_is_slowed_down_for_that_account(client, ed):
    for _attempt in range(12):
        wrong = give_password(client, password="wrong")
    assert "Too many attempts" in wrong.text

    assert "Too many attempts" in give_password(client).text


def test_an_unknown_name_is_answered_as_a_wrong_password(client, ed):
    known, unknown = give_password(client, password="wrong"), give_password(client, "xy")

    def said(answer):
        return re.sub(r'value="[^"]*"', "", answer.text)

    assert "There is no account with this name and this password." in known.text
    assert said(known) == said(unknown)


def test_nobody_signs_up(client):
    assert client.get("/en/staff/signup/").status_code == 404


def ask_for_a_password(client, address, **more):
    return client.post(reverse("account_reset_password"), {"email": address}, **more)


def link_to(user):
    return re.search(r"http\S+/password/new/\S+", mails(user)[-1].text)[0]


def test_a_forgotten_password_never_drops_the_second_factor(client, ed):
    come_in(elsewhere := Client(), ed)
    ask_for_a_password(client, ed.email)
    path = "/" + link_to(ed).split("/", 3)[3]

    form = client.get(path, follow=True)
    new = {"password1": "another river, wider", "password2": "another river, wider"}
    client.post(form.request["PATH_INFO"], new)

    assert elsewhere.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == 302
    assert Authenticator.objects.filter(user=ed, type="totp").exists()
    assert give_password(client, password="another river, wider").url == STEP
    assert "was changed" in mails(ed)[-1].text


def test_the_link_leads_to_our_own_address_whatever_host_was_asked(client, ed, settings):
    settings.ALLOWED_HOSTS = ["*"]

    ask_for_a_password(client, ed.email, headers={"host": "evil.example"})

    assert link_to(ed).startswith(settings.BASE_URL)
    assert "evil" not in mails(ed)[-1].text + mails(ed)[-1].html


def test_an_address_without_account_gets_the_same_answer_and_no_mail(client, ed):
    known = ask_for_a_password(client, ed.email)
    assert Envelope.objects.count() == 1
    unknown = ask_for_a_password(client, "stranger@post.example")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Envelope.objects.count() == 1


def test_a_new_account_begins_with_the_link_and_still_needs_a_second_factor(client):
    anne = User.objects.create_user("anne", "anne@river.example")
    ask_for_a_password(client, "anne@river.example")
    path = "/" + link_to(anne).split("/", 3)[3]

    form = client.get(path, follow=True)
    new = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(form.request["PATH_INFO"], new)

    assert give_password(client, "anne").url == "/admin/"
    assert client.get("/admin/").url == reverse("mfa_index")


def test_a_session_key_given_by_a_stranger_is_worth_nothing_afterwards(client, ed):
    client.get(LOGIN)
    client.session.save()
    client.cookies["sessionid"] = planted = client.session.session_key or "x" * 32
    come_in(client, ed)

    thief = Client()
    thief.cookies["sessionid"] = planted
    assert client.cookies["sessionid"].value != planted
    assert thief.get("/admin/").status_code == 302


def test_a_changed_password_ends_every_session(client, ed):
    come_in(client, ed)
    elsewhere = Client()
    elsewhere.force_login(ed)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "wider and wider", "password2": "wider and wider"},
    )

    assert client.get("/admin/").status_code == elsewhere.get("/admin/").status_code == 302
    assert give_password(client, password="wider and wider").url == STEP


def test_one_sees_ones_sessions_and_ends_another_one(client, ed):
    come_in(elsewhere := Client(), ed, user_agent="Phone")
    codes_spent_again(ed)
    come_in(client, ed, user_agent="Desk")
    other = SignIn.objects.order_by("pk").first()

    assert client.get(reverse("staff_sessions")).text.count("End this session") == 1
    client.post(reverse("staff_sessions"), {"session": other.pk})

    assert elsewhere.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == 200


def codes_spent_again(user):
    """As half a minute later."""
    app = Authenticator.objects.get(user=user, type="totp")
    app.data.pop("spent", None)
    app.save()
    cache.clear()


def test_nobody_ends_the_session_of_somebody_else(client, ed):
    come_in(client, ed)
    mallory = Client()
    mallory.force_login(make_organiser("mallory"))

    mallory.post(reverse("staff_sessions"), {"session": SignIn.objects.get().pk})

    assert client.get("/admin/").status_code == 200


def test_a_sign_in_from_a_new_device_is_told_by_mail_once(ed):
    for agent in ("Desk", "Desk", "Phone", "Phone"):
        codes_spent_again(ed)
        come_in(Client(), ed, user_agent=agent)

    assert [notice.about for notice in Notice.objects.all()] == ["device"]
    assert "from a browser or a network that is new" in mails(ed)[0].text
    assert "Phone" not in mails(ed)[0].text
    assert len({sign_in.device for sign_in in SignIn.objects.all()}) == 2


def test_the_last_second_factor_cannot_be_removed(client, ed):
    come_in(client, ed)

    answer = client.post(reverse("mfa_deactivate_totp"))

    assert "only second factor" in answer.text
    assert Authenticator.objects.filter(user=ed, type="totp").exists()


def test_a_session_ends_after_twelve_hours(client, ed):
    come_in(client, ed)

    assert client.session.get_expiry_age() == 12 * 3600
    assert Session.objects.filter(session_key=client.session.session_key).exists()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "name",
    [
        *(
            "mfa_index",
            "mfa_generate_recovery_codes",
            "mfa_add_webauthn",
        ),
        *("mfa_list_webauthn", "mfa_reauthenticate", "mfa_deactivate_totp", "staff_sessions"),
        *("account_change_password", "account_reauthenticate", "account_logout"),
    ],
)
def test_every_page_of_ones_own_account_opens(client, ed, name, language):
    come_in(client, ed)
    path = reverse(name).replace("/en/", f"/{language}/")

    answer = client.get(path, follow=True)

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert "Placeholder" not in answer.text
