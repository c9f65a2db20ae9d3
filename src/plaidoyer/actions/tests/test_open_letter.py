"""An open letter, signed by people and organisations."""

import csv
import html
import io
import json
import re
import threading

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from plaidoyer.actions import confirmations, intake, messages, reviews
from plaidoyer.actions.kinds.open_letter import domains, organisations, revisions, screens
from plaidoyer.actions.kinds.open_letter import messages as mails
from plaidoyer.actions.kinds.open_letter.models import (
    OrganisationSignature,
    Revision,
    RevisionNotice,
    WithdrawalNote,
)
from plaidoyer.actions.models import Action, ActionForm, Confirmation, PublicName, Review
from plaidoyer.lib.words import Words
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.privacy import erase
from plaidoyer.testing import make_form, make_organiser, make_pages

pytestmark = pytest.mark.django_db

TEXT = {"fr": "Madame la Ministre,\n\nProtégez le pré.", "en": "Minister,\n\nProtect the meadow."}
OPTIONS = {"text": TEXT, "persons": True, "organisations": True, "revision": 1}
SUZIE = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}
CLUB = {
    "given_name": "Laura",
    "family_name": "Ng",
    "email": "laura@canoe.example",
    "signing_as": "organisation",
    "name_fr": "Club de canoë",
    "name_en": "Canoe Club",
    "country": "CA",
    "website": "www.canoe.example",
    "size": "10-49",
    "function": "President",
}


@pytest.fixture
def form():
    form = make_form(kind="open_letter", options=OPTIONS)
    make_pages(form)
    return form


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(client, form, language="en", **typed):
    return client.post(f"/{language}/actions/{form.public_id}/", typed)


def text_of(answer):
    page = answer.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def shown(client, path="/en/campagnes/meadow/agir/"):
    return text_of(client.get(path))


def listed(client, form, **query):
    return text_of(client.get(f"/en/actions/{form.public_id}/open_letter/signatories/", query))


def sign(form, *, email="suzie@post.example", name="Suzie Roy", at=None, **content):
    """A confirmed act, taken in as the door takes it."""
    given, _space, family = name.partition(" ")
    facts = {"language": "en", "page": "/en/", "email": email}
    act = intake.append(form, given_name=given, family_name=family, content=content, **facts)
    confirmations.confirm(act, at)
    return act


def sign_for(form, name="Canoe Club", site="https://canoe.example", email=None, **facts):
    """A confirmed act for an organisation."""
    said = {"name": {"en": name}, "country": "CA", "website": site, "size": "10-49", **facts}
    email = email or f"laura@{domains.host(site)}"
    return sign(form, email=email, name="Laura Ng", organisation=said, function="President")


def accept(act, part="organisation", reason="Called them."):
    ed, _new = User.objects.get_or_create(username="reader")
    review = Review.objects.get(action=act, part=part)
    reviews.decide(review, accept=True, by=ed, reason=reason)


# Signing ---------------------------------------------------------------------------------------


def test_the_page_shows_the_letter_and_whom_it_addresses(client, form):
    page = shown(client)

    assert "Protect the meadow." in page
    assert "Ada Vale, Minister of Waters" in page
    assert "Protégez le pré." in shown(client, "/fr/campagnes/meadow/agir/")


def test_somebody_signs_for_themself(client, form):
    answer = send(client, form, **SUZIE, signing_as="self", named="on")

    assert answer.status_code == 303
    assert Action.objects.get().content == {"revision": 1, "named": True}


def test_somebody_signs_for_an_organisation(client, form):
    assert send(client, form, **CLUB).status_code == 303

    assert Action.objects.get().content == {
        "revision": 1,
        "organisation": {
            "name": {"fr": "Club de canoë", "en": "Canoe Club"},
            "country": "CA",
            "website": "https://www.canoe.example",
            "size": "10-49",
        },
        "function": "President",
    }


@pytest.mark.parametrize("typed", [{**SUZIE, "signing_as": "self"}, CLUB])
def test_one_write_at_the_door(client, form, typed):
    with CaptureQueriesContext(connection) as queries:
        assert send(client, form, **typed).status_code == 303

    assert len(queries) <= 3
    assert sum(one["sql"].startswith(("INSERT", "UPDATE")) for one in queries) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("country", ""),
        ("country", "XX"),
        ("country", "\x00"),
        ("website", ""),
        ("website", "javascript:alert(1)"),
        ("website", "https://"),
        ("website", "https://[::1"),
        ("website", "a b"),
        ("website", "https://" + "x" * 300 + ".example"),
        ("size", ""),
        ("size", "huge"),
        ("function", "\u202e"),
        ("function", "x" * 121),
        ("name_en", "x" * 151),
        ("signing_as", ""),
        ("signing_as", "nobody"),
    ],
)
def test_errors_stand_beside_their_field(client, form, field, typed):
    answer = send(client, form, **{**CLUB, field: typed})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "laura@canoe.example" in answer.content.decode()


def test_an_organisation_without_a_name_is_asked_for_it_in_the_page_s_language(client, form):
    answer = send(client, form, "fr", **{**CLUB, "name_fr": "", "name_en": " "})

    assert list(answer.context["form"].errors) == ["name_fr"]


def test_one_name_is_enough(client, form):
    assert send(client, form, **{**CLUB, "name_fr": ""}).status_code == 303


def test_what_was_typed_of_an_organisation_is_no_error_when_one_signs_for_oneself(client, form):
    typed = {**CLUB, "signing_as": "self", "website": "no site", "country": "XX"}

    assert send(client, form, **typed).status_code == 303
    assert "organisation" not in Action.objects.get().content


@pytest.mark.parametrize(("who", "kept"), [("persons", "self"), ("organisations", "organisation")])
def test_only_those_whom_the_organiser_lets_may_sign(client, who, kept):
    other = {"persons": "organisations", "organisations": "persons"}[who]
    form = make_form(kind="open_letter", options={**OPTIONS, other: False})
    make_pages(form)
    forced = {"self": "organisation", "organisation": "self"}[kept]

    page = client.get("/en/campagnes/meadow/agir/").content.decode()
    send(client, form, **{**CLUB, "signing_as": forced})

    assert 'type="radio"' not in page
    assert ("organisation" in Action.objects.get().content) is (kept == "organisation")


def test_the_page_stays_small(client, form):
    assert len(client.get("/en/campagnes/meadow/agir/").content) < 30_000


# Proof of authority ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "site", "proven"),
    [
        ("a@canoe.example", "https://canoe.example", True),
        ("a@canoe.example", "https://www.Canoe.example/about?x", True),
        ("a@office.canoe.example", "https://canoe.example", True),
        ("a@canoe.example", "https://office.canoe.example", False),
        ("a@notcanoe.example", "https://canoe.example", False),
        ("a@canoe.example.evil.example", "https://canoe.example", False),
        ("a@gmail.com", "https://gmail.com", False),
        ("a@mail.facebook.com", "https://facebook.com/canoe", False),
        ("a@any.co.uk", "https://co.uk", False),
        ("a@any.com", "https://com", False),
        ("a@canoe.example", "https://canoe.example@evil.example", False),
        ("a@xn--cano-hpa.example", "https://canoë.example", False),
        ("a@xn--cano-opa.example", "https://canoë.example", True),
    ],
)
def test_mail_on_the_organisation_s_own_domain_is_proof(email, site, proven):
    assert domains.proves(email, site) is proven


def test_with_proof_by_mail_only_the_name_is_read(client, form):
    act = sign_for(form)

    signature = OrganisationSignature.objects.get()
    review = Review.objects.get()
    assert signature.proof == "domain"
    assert "own domain" in str(organisations.check(review))
    assert "Canoe Club" not in shown(client)
    accept(act, reason="")
    assert "Canoe Club" in shown(client)


def test_without_it_an_organiser_notes_how_it_was_checked(form):
    act = sign_for(form, email="laura@gmail.com")
    review = Review.objects.get()
    ed = make_organiser()

    with pytest.raises(reviews.ReasonMissingError):
        reviews.decide(review, accept=True, by=ed)
    assert reviews.accept_many([review.pk], by=ed) == 0
    reviews.decide(review, accept=True, by=ed, reason="Called the office on Monday.")

    row = organisations.listed().get(action=act)
    assert (row.proof, row.decision_reason) == ("review", "Called the office on Monday.")


def test_nothing_of_an_organisation_is_there_before_the_mail_is_confirmed(client, form):
    send(client, form, **CLUB)

    assert not OrganisationSignature.objects.exists()
    assert not Review.objects.exists()


def test_people_and_organisations_are_told_apart(client, form):
    from plaidoyer.actions import counting

    sign(form)
    sign(form, email="omar@post.example", name="Omar Haddad")
    accept(sign_for(form))
    counting.recount()

    assert "3 signatures" in shown(client)
    assert "1 organisation and 2 people" in shown(client)


def test_one_mailbox_signs_for_its_owner_and_for_an_organisation(form):
    email = "laura@canoe.example"
    sign(form, email=email, name="Laura Ng")
    sign_for(form, email=email)
    again = sign(form, email=email, name="Laura Ng")

    assert Confirmation.objects.filter(withdrawal=None).count() == 2
    assert confirmations.state(again) is confirmations.State.DOUBLE


# Once for each organisation --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "site"),
    [("CANOE  club", "https://other.example"), ("Les canots", "https://www.canoe.example/fr")],
)
def test_an_organisation_signs_once_and_the_second_is_told_kindly(client, form, name, site):
    sign_for(form)

    second = sign_for(form, name, site, email="omar@canoe.example")
    page = client.get(f"/en{messages.confirmation_path(second)[3:]}")

    assert OrganisationSignature.objects.count() == 1
    assert Confirmation.objects.filter(withdrawal=None).count() == 1
    assert "Your organisation has signed already" in text_of(page)
    assert "“Canoe Club” stands under this letter" in text_of(page)


def test_it_is_told_before_confirming_too(client, form):
    sign_for(form)
    send(client, form, **{**CLUB, "email": "omar@canoe.example"})

    page = client.get(f"/en{messages.confirmation_path(Action.objects.last())[3:]}")

    assert "has signed already" in text_of(page)
    assert "Yes, I confirm" not in text_of(page)


def test_pages_on_a_shared_site_are_different_organisations(form):
    sign_for(form, "Canoe", "https://facebook.com/canoe", email="a@gmail.com")
    sign_for(form, "Kayak", "https://facebook.com/kayak", email="b@gmail.com")

    assert OrganisationSignature.objects.count() == 2


def test_after_a_withdrawal_the_organisation_may_sign_again(form):
    first = sign_for(form)
    confirmations.withdraw(first)

    second = sign_for(form, email="omar@canoe.example")

    assert confirmations.state(second) is confirmations.State.COUNTED
    assert first.organisation_signature.released_at
    assert OrganisationSignature.objects.get(released_at=None).action == second


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_signs(form):
    acts = []
    for number in range(2):
        said = {"name": {"en": "Canoe"}, "country": "CA", "website": "https://canoe.example"}
        acts.append(
            intake.append(
                form,
                email=f"a{number}@canoe.example",
                given_name="A",
                family_name="B",
                language="en",
                page="",
                content={"organisation": {**said, "size": "1-9"}, "function": "x"},
            )
        )
    gate = threading.Barrier(2)

    def confirm(act):
        try:
            gate.wait()
            confirmations.confirm(act)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert OrganisationSignature.objects.count() == 1
    assert Confirmation.objects.filter(withdrawal=None).count() == 1


# Logos -----------------------------------------------------------------------------------------


def picture(kind="PNG", size=(800, 300), mode="RGB"):
    file = io.BytesIO()
    Image.new(mode, size, "teal" if mode != "P" else 0).save(file, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", file.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_looked_at_before_it_shows(client, form, kind):
    act = sign_for(form)
    accept(act)
    address = screens.logo_path(act)

    answer = client.post(address, {"logo": picture(kind)})

    signature = OrganisationSignature.objects.get()
    assert answer.status_code == 303
    with Image.open(signature.logo) as kept:
        assert (kept.format, kept.size) == ("WEBP", (400, 150))
    assert re.fullmatch(r"logos/\w{32}\.webp", signature.logo.name)
    assert signature.logo.url not in client.get("/en/campagnes/meadow/agir/").content.decode()
    accept(act, "logo", "")
    assert signature.logo.url in client.get("/en/campagnes/meadow/agir/").content.decode()


def test_another_logo_is_looked_at_again_and_the_first_is_gone(
    client, form, django_capture_on_commit_callbacks
):
    act = sign_for(form)
    accept(act)
    client.post(screens.logo_path(act), {"logo": picture()})
    accept(act, "logo", "")
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
    act = sign_for(form)

    file = SimpleUploadedFile("logo.png", content, "image/png")
    answer = client.post(screens.logo_path(act), {"logo": file})

    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert not OrganisationSignature.objects.get().logo


def test_a_logo_needs_its_own_link(client, form):
    act = sign_for(form)
    wrong = screens.logo_path(act).replace("logo/", "logo/x")
    other = screens.logo_path(sign(form))
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
    answer = client.get(screens.logo_path(sign_for(form)))

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


# The list --------------------------------------------------------------------------------------


def test_the_list_has_those_who_may_be_shown(client, form):
    sign(form, name="Ada Vale", email="ada@post.example", named=True)
    sign(form, name="Omar Haddad", email="omar@post.example")
    accept(sign_for(form))
    sign_for(form, "Kayak Club", "https://kayak.example")

    people, clubs = listed(client, form, of="people"), listed(client, form)

    assert "Ada Vale" in people
    assert "Omar" not in people
    assert "Canoe Club" in clubs
    assert "Kayak" not in clubs
    assert "@" not in people + clubs


def test_the_list_is_searched_and_sorted(client, form):
    for name in ("Zoë Adler", "Ada Vale", "Bo Étienne"):
        sign(form, name=name, email=f"{name[:2].lower()}x@post.example", named=True)
    for name, code in (("Zebra", "CA"), ("Älg", "BE")):
        accept(sign_for(form, name, f"https://{name[0]}x.example", country=code))

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
    sign(form, name="Ada Vale", email="ada@post.example", named=True)
    accept(sign_for(form, '=HYPERLINK("https://evil.example")', "https://canoe.example"))
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
    from plaidoyer.actions.models import Match
    from plaidoyer.supporters.models import Supporter

    number = organisations_ + people
    supporters = Supporter.objects.bulk_create(
        Supporter(canonical_email=f"p{n}@x.example", language="en") for n in range(number)
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


# Taking it back --------------------------------------------------------------------------------


def test_the_signatory_takes_it_back_by_their_own_link(client, form):
    act = sign_for(form)
    accept(act)

    client.post(f"/en{messages.withdrawal_path(act)[3:]}")

    assert "Canoe Club" not in shown(client)
    assert not WithdrawalNote.objects.exists()


def test_an_organiser_takes_it_back_with_a_reason(client, form):
    act = sign_for(form)
    accept(act)
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
    act = sign_for(form)
    accept(act)

    erase(act.match.supporter)

    assert "Canoe Club" in shown(client)
    assert "Laura" not in str(list(Review.objects.values_list("text", flat=True)))


# The text --------------------------------------------------------------------------------------


def sheet(form, **typed):
    return {
        "campaign": form.campaign_id,
        "name_fr": "Pour le pré",
        "name_en": "For the meadow",
        "opens_at": "2026-01-01 08:00",
        "challenge": "trouble",
        "options-text_fr": TEXT["fr"],
        "options-text_en": TEXT["en"],
        "options-persons": "on",
        "options-organisations": "on",
    } | typed


@pytest.fixture
def ed(client, form):
    client.force_login(make_organiser())

    def save(**typed):
        return client.post(f"/admin/forms/edit/{form.pk}/", sheet(form, **typed))

    return save


NEW = "Minister,\n\nProtect the whole meadow."
NOTE = {"options-note_en": "We now ask for all of it.", "options-note_fr": "Nous demandons tout."}


def test_before_the_first_signature_the_text_is_free(ed, form):
    assert ed(**{"options-text_en": NEW}).status_code == 302

    form.refresh_from_db()
    assert form.options["text"]["en"] == NEW
    assert not Revision.objects.exists()


def test_after_it_a_change_needs_a_note(ed, form, client):
    send(client, form, **SUZIE, signing_as="self")  # not even confirmed

    answer = ed(**{"options-text_en": NEW})

    assert answer.status_code == 200
    assert "options-note" in answer.context["form"].errors
    form.refresh_from_db()
    assert form.options["text"] == TEXT


def test_a_change_is_a_dated_revision_that_everybody_can_compare(ed, form, client):
    sign(form, revision=1)

    assert ed(**{"options-text_en": NEW}, **NOTE).status_code == 302

    form.refresh_from_db()
    assert [r.number for r in Revision.objects.all()] == [1, 2]
    assert form.options["revision"] == 2
    assert "note" not in form.options
    assert "We now ask for all of it." in shown(client)
    page = client.get(f"/en/actions/{form.public_id}/open_letter/revisions/").content.decode()
    assert "<ins>whole </ins>" in page
    assert "Protect the meadow." in html.unescape(re.sub("<[^>]+>", "", page))


def test_saving_the_sheet_without_another_text_is_no_revision(ed, form):
    sign(form, revision=1)

    assert ed(name_en="Another name").status_code == 302

    form.refresh_from_db()
    assert not Revision.objects.exists()
    assert form.name["en"] == "Another name"
    assert form.options["revision"] == 1


def test_a_third_text_is_the_third_revision(ed, form):
    sign(form, revision=1)
    ed(**{"options-text_en": NEW}, **NOTE)
    ed(**{"options-text_en": f"{NEW} Now."}, **NOTE)

    assert [r.number for r in Revision.objects.all()] == [1, 2, 3]
    form.refresh_from_db()
    assert form.options["revision"] == 3


def test_signers_are_told_once_in_their_language_with_a_way_out(form):
    sign(form, revision=1)
    gone = sign(form, email="omar@post.example", name="Omar Haddad", revision=1)
    confirmations.withdraw(gone)
    form.options = {**OPTIONS, "text": {**TEXT, "en": NEW}}
    form.save()
    revision = revisions.revise(form, before=Words(TEXT), note=Words(en="All of it."), by=None)
    sign(form, email="late@post.example", name="Late Comer", revision=2)

    assert [revisions.tell(revision), revisions.tell(revision)] == [1, 0]

    [envelope] = Envelope.objects.filter(kind="revision")
    message = mails.compose([envelope])[envelope.pk]
    assert envelope.to_address == "suzie@post.example"
    assert "All of it." in message.text
    assert "/en/withdrawal/" in message.text
    assert f"/en/actions/{form.public_id}/open_letter/revisions/" in message.html


def test_who_takes_it_back_meanwhile_is_not_told(form):
    act = sign(form, revision=1)
    form.options = {**OPTIONS, "text": {"en": NEW}}
    form.save()
    revision = revisions.revise(form, before=Words(TEXT), note=Words(en="x"), by=None)
    revisions.tell(revision)
    confirmations.withdraw(act)

    assert mails.compose([RevisionNotice.objects.get().envelope]) == {}


def test_the_worker_tells_everybody(form):
    from plaidoyer.actions.kinds.open_letter import tasks

    for number in range(3):
        sign(form, email=f"s{number}@post.example", revision=1)
    form.options = {**OPTIONS, "text": {"en": NEW}}
    form.save()
    revision = revisions.revise(form, before=Words(TEXT), note=Words(en="x"), by=None)

    tasks.tell_revision(revision_id=revision.pk)

    assert Envelope.objects.filter(kind="revision").count() == 3


@pytest.mark.parametrize(
    ("sent", "kept"), [("1", 1), ("2", 2), ("3", 2), ("0", 2), ("-1", 2), ("²", 2), ("", 2)]
)
def test_the_revision_that_was_on_the_page_is_kept(client, form, sent, kept):
    form.options = {**OPTIONS, "revision": 2}
    form.save()

    send(client, form, **SUZIE, signing_as="self", revision=sent)

    assert Action.objects.get().content["revision"] == kept


def test_who_signed_an_earlier_text_is_told_on_their_page(client, form):
    act = sign(form, revision=1)
    ActionForm.objects.filter(pk=form.pk).update(options={**OPTIONS, "revision": 2})

    page = client.get(f"/en{messages.confirmation_path(act)[3:]}")

    assert "has been revised since you signed it" in text_of(page)


# The back office -------------------------------------------------------------------------------


def test_organisers_see_and_export_the_organisations(client, form):
    accept(sign_for(form, "=1+1"))
    gone = sign_for(form, "Row", "https://row.example")
    organisations.withdraw(gone.organisation_signature, reason="Asked", by=make_organiser("anne"))
    sign_for(form, "Kayak", "https://kayak.example", email="k@gmail.com")
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
    act = sign_for(form)

    for address in ("/admin/organisation_signatures/", f"/admin/organisation_signatures/{act.pk}/"):
        assert client.get(address).status_code == 302
