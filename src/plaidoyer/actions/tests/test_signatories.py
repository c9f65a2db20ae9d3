"""Who signed an open letter: the public list, logos, taking it back, the back office."""

import csv
import html
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from plaidoyer.actions import confirmations, messages
from plaidoyer.actions.kinds.open_letter import organisations, screens
from plaidoyer.actions.kinds.open_letter.models import (
    OrganisationSignature,
    WithdrawalNote,
)
from plaidoyer.actions.models import (
    Action,
    Confirmation,
    Match,
    PublicName,
    Review,
)
from plaidoyer.lib.words import Words
from plaidoyer.supporters.models import Supporter
from plaidoyer.supporters.privacy import erase
from plaidoyer.testing import (
    accept_words,
    co_sign,
    co_sign_for,
    make_open_letter,
    make_organiser,
    make_pages,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    form = make_open_letter()
    make_pages(form)
    return form


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def text_of(answer):
    page = answer.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def shown(client, path="/en/campagnes/meadow/agir/"):
    return text_of(client.get(path))


def listed(client, form, **query):
    return text_of(client.get(f"/en/actions/{form.public_id}/open_letter/signatories/", query))


def picture(kind="PNG", size=(800, 300), mode="RGB"):
    file = io.BytesIO()
    Image.new(mode, size, "teal" if mode != "P" else 0).save(file, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", file.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_looked_at_before_it_shows(client, form, kind):
    act = co_sign_for(form)
    accept_words(act)
    address = screens.logo_path(act)

    answer = client.post(address, {"logo": picture(kind)})

    signature = OrganisationSignature.objects.get()
    assert answer.status_code == 303
    with Image.open(signature.logo) as kept:
        assert (kept.format, kept.size) == ("WEBP", (400, 150))
    assert re.fullmatch(r"logos/\w{32}\.webp", signature.logo.name)
    assert signature.logo.url not in client.get("/en/campagnes/meadow/agir/").content.decode()
    accept_words(act, "logo", "")
    assert signature.logo.url in client.get("/en/campagnes/meadow/agir/").content.decode()


def test_another_logo_is_looked_at_again_and_the_first_is_gone(
    client, form, django_capture_on_commit_callbacks
):
    act = co_sign_for(form)
    accept_words(act)
    client.post(screens.logo_path(act), {"logo": picture()})
    accept_words(act, "logo", "")
    first = OrganisationSignature.objects.get().logo

    with django_capture_on_commit_callbacks(execute=True):
        client.post(screens.logo_path(act), {"logo": picture(size=(50, 50))})

    assert not first.storage.exists(first.name)
    assert Review.objects.get(part="logo").decision == ""
    assert "logos/" not in client.get("/en/campagnes/meadow/agir/").content.decode()


def hostile():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    whole = picture().read()
    yield "svg", svg
    yield "svg that says it is png", svg
    yield "html", b"<html><script>alert(1)</script>"
    yield "nothing", b""
    yield "cut", whole[: len(whole) // 2]
    yield "noise", bytes(range(256)) * 40
    yield "too many bytes", whole + b"\0" * 1_000_001
    yield "too many points", picture(size=(10_000, 10_000), mode="1").read()
    yield "too wide", picture(size=(6_000, 1), mode="1").read()
    yield "eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"


@pytest.mark.parametrize(("name", "content"), list(hostile()), ids=lambda value: str(value)[:12])
def test_hostile_uploads_are_refused_in_words(client, form, name, content):
    act = co_sign_for(form)

    file = SimpleUploadedFile("logo.png", content, "image/png")
    answer = client.post(screens.logo_path(act), {"logo": file})

    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert not OrganisationSignature.objects.get().logo


def test_a_logo_needs_its_own_link(client, form):
    act = co_sign_for(form)
    wrong = screens.logo_path(act).replace("logo/", "logo/x")
    other = screens.logo_path(co_sign(form))
    foreign = screens.logo_path(act).replace(form.public_id, "another")
    confirm = messages.confirmation_path(act).split("/")[-2]

    assert client.get(screens.logo_path(act)).status_code == 200
    for address in (
        wrong,
        other,
        foreign,
        f"/en/actions/{form.public_id}/open_letter/logo/{confirm}/",
    ):
        assert client.post(address, {"logo": picture()}).status_code == 404
    confirmations.withdraw(act)
    assert client.post(screens.logo_path(act), {"logo": picture()}).status_code == 404


def test_a_page_about_one_organisation_is_kept_nowhere(client, form):
    answer = client.get(screens.logo_path(co_sign_for(form)))

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_list_has_those_who_may_be_shown(client, form):
    co_sign(form, name="Ada Vale", email="ada@post.example", named=True)
    co_sign(form, name="Omar Haddad", email="omar@post.example")
    accept_words(co_sign_for(form))
    co_sign_for(form, "Kayak Club", "https://kayak.example")

    people, clubs = listed(client, form, of="people"), listed(client, form)

    assert "Ada Vale" in people
    assert "Omar" not in people
    assert "Canoe Club" in clubs
    assert "Kayak" not in clubs
    assert "@" not in people + clubs


def test_the_list_is_searched_and_sorted(client, form):
    for name in ("Zoë Adler", "Ada Vale", "Bo Étienne"):
        co_sign(form, name=name, email=f"{name[:2].lower()}x@post.example", named=True)
    for name, code in (("Zebra", "CA"), ("Älg", "BE")):
        accept_words(co_sign_for(form, name, f"https://{name[0]}x.example", country=code))

    def order(*names, **query):
        page = listed(client, form, **query)
        return sorted(names, key=page.index) == list(names) and all(n in page for n in names)

    assert order("Zoë Adler", "Bo Étienne", "Ada Vale", of="people")
    assert order("Bo Étienne", "Ada Vale", "Zoë Adler", of="people", sort="newest")
    assert order("Älg", "Zebra")
    assert order("Älg", "Zebra", sort="country")
    assert "Zoë" not in listed(client, form, of="people", q="etienne BO")
    assert "Bo Étienne" in listed(client, form, of="people", q="etienne BO")
    assert "Älg" in listed(client, form, q="alg belg")
    assert "Zebra" not in listed(client, form, q="alg")


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "%' OR 1=1 --"},
        {"q": "x" * 5000},
        {"sort": "action__email"},
        {"of": "<script>"},
        {"page": "x"},
        {"of": "people", "page": "-4", "q": "\u202e", "sort": "country"},
    ],
)
def test_any_query_gives_a_page(client, form, query):
    address = f"/en/actions/{form.public_id}/open_letter/signatories/"

    assert client.get(address, query).status_code == 200


def test_the_list_as_tables_holds_no_address_and_no_formula(client, form):
    co_sign(form, name="Ada Vale", email="ada@post.example", named=True)
    accept_words(co_sign_for(form, '=HYPERLINK("https://evil.example")', "https://canoe.example"))
    base = f"/en/actions/{form.public_id}/open_letter/signatories"

    table = b"".join(client.get(f"{base}.csv").streaming_content).decode("utf-8-sig")
    told = json.loads(client.get(f"{base}.json").content)["signatories"]

    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["Name"] for row in rows] == ['\'=HYPERLINK("https://evil.example")', "Ada Vale"]
    assert [one["name"] for one in told] == ['=HYPERLINK("https://evil.example")', "Ada Vale"]
    assert "@" not in table + json.dumps(told)
    assert client.get(f"{base}.xml").status_code == 404


def test_a_few_questions_for_130_organisations_and_18_000_people(
    client, form, django_assert_max_num_queries
):
    fill(form, organisations_=130, people=18_000)

    address = f"/en/actions/{form.public_id}/open_letter/signatories/"
    client.get(address)
    with django_assert_max_num_queries(16):
        clubs = client.get(address)
    with django_assert_max_num_queries(16):
        people = client.get(address, {"of": "people", "q": "name", "page": "7"})
    with django_assert_max_num_queries(36):
        client.get("/en/campagnes/meadow/agir/")

    assert "Page 1 of 3" in text_of(clubs)
    assert "Page 7 of 360" in text_of(people)


def fill(form, *, organisations_, people):
    """Rows in bulk, as the verbs would have left them."""
    number = organisations_ + people
    supporters = Supporter.objects.bulk_create(
        Supporter(mark=f"p{n}", language="en") for n in range(number)
    )
    acts = Action.objects.bulk_create(
        Action(form=form, language="en", email=f"p{n}@x.example") for n in range(number)
    )
    pairs = list(zip(acts, supporters, strict=True))
    Match.objects.bulk_create(Match(action=act, supporter=one) for act, one in pairs)
    Confirmation.objects.bulk_create(
        Confirmation(action=act, form=form, supporter=one) for act, one in pairs
    )
    OrganisationSignature.objects.bulk_create(
        OrganisationSignature(
            action=act, form=form, name=Words(en=f"Club {n}"), folded=f"club{n}", country="CA"
        )
        for n, act in enumerate(acts[:organisations_])
    )
    Review.objects.bulk_create(
        Review(action=act, part="organisation", text="x", decision="accepted")
        for act in acts[:organisations_]
    )
    PublicName.objects.bulk_create(
        PublicName(action=act, form=form, name=f"Name {n}", folded=f"name {n}")
        for n, act in enumerate(acts[organisations_:])
    )
    with connection.cursor() as cursor:
        # Else each reference is checked by reading a table that was empty when it was planned.
        cursor.execute("ANALYZE")


def test_the_signatory_takes_it_back_by_their_own_link(client, form):
    act = co_sign_for(form)
    accept_words(act)

    client.post(f"/en{messages.withdrawal_path(act)[3:]}")

    assert "Canoe Club" not in shown(client)
    assert not WithdrawalNote.objects.exists()


def test_an_organiser_takes_it_back_with_a_reason(client, form):
    act = co_sign_for(form)
    accept_words(act)
    client.force_login(make_organiser())
    address = f"/admin/organisation_signatures/{act.pk}/"

    assert client.post(address, {"reason": " "}).status_code == 422
    answer = client.post(address, {"reason": "Their board wrote on Monday."})

    assert answer.status_code == 302
    note = WithdrawalNote.objects.get()
    assert (note.reason, note.noted_by.username) == ("Their board wrote on Monday.", "ed")
    assert note.withdrawal.confirmation.action == act
    assert "Canoe Club" not in shown(client)
    assert "Their board wrote on Monday." in client.get(address).content.decode()


def test_erasing_the_signatory_leaves_the_organisation(client, form):
    act = co_sign_for(form)
    accept_words(act)

    erase(act.match.supporter)

    assert "Canoe Club" in shown(client)
    assert "Laura" not in str([review.text for review in Review.objects.all()])


def test_organisers_see_and_export_the_organisations(client, form):
    accept_words(co_sign_for(form, "=1+1"))
    gone = co_sign_for(form, "Row", "https://row.example")
    organisations.withdraw(gone.organisation_signature, reason="Asked", by=make_organiser("anne"))
    co_sign_for(form, "Kayak", "https://kayak.example", email="k@gmail.com")
    client.force_login(make_organiser())
    base = "/admin/organisation_signatures/"

    page = client.get(base)
    found = client.get(base, {"state": "waiting", "proof": "review"}).context["object_list"]
    export = client.get(base, {"export": "csv"})

    assert "=1+1" in page.content.decode()
    assert [str(one) for one in found] == ["Kayak"]
    table = b"".join(export.streaming_content).decode()
    assert "laura@canoe.example" in table
    assert "President" in table
    assert ",=1+1" not in table
    assert "'=1+1" in table
    assert "Asked" in table


def test_the_list_of_organisations_asks_a_fixed_number_of_questions(
    client, form, django_assert_max_num_queries
):
    fill(form, organisations_=60, people=0)
    client.force_login(make_organiser())

    with django_assert_max_num_queries(25):
        client.get("/admin/organisation_signatures/")


def test_strangers_see_nothing_of_it(client, form):
    act = co_sign_for(form)

    for address in ("/admin/organisation_signatures/", f"/admin/organisation_signatures/{act.pk}/"):
        assert client.get(address).status_code == 302
