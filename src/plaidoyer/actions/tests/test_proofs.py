"""The riddle for browsers: asked where it should be, solved without anybody noticing."""

import base64
import datetime
import json

import altcha
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.actions import confirmations, matching
from plaidoyer.actions.guards import challenges
from plaidoyer.actions.models import Action, ActionForm, Confirmation, Held, Hold
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def form():
    form = make_form(challenge="always")
    make_pages(form)
    return form


def riddle(client, form):
    return client.get(f"/fr/actions/{form.public_id}/challenge/")


def solve(client, form):
    """What an honest browser sends back."""
    challenge = altcha.Challenge.from_dict(riddle(client, form).json())
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def send(client, form, name="suzie", **typed):
    sent = {"given_name": name, "family_name": "Roy", "email": f"{name}@post.example", "page": "/"}
    answer = client.post(f"/fr/actions/{form.public_id}/", sent | typed)
    assert answer.status_code == 303
    return Action.objects.latest("id")


def held():
    matching.match_pending()
    found = Held.objects.order_by("action_id").select_related("action", "hold")
    return [(one.action.given_name, one.hold.cause) for one in found]


def trouble(form, *, ago, acts=20):
    """So many acts are held for their rate."""
    hold = Hold.objects.create(form=form, cause="network", chosen={"network": "0badcafe"})
    for number in range(acts):
        act = Action.objects.create(form=form, email=f"m{number}@post.example", language="fr")
        Held.objects.create(action=act, hold=hold, held_at=timezone.now() - ago)
    confirmations.matching.match(Action.objects.all())


def test_an_act_with_a_proof_counts(client, form):
    act = send(client, form, proof=solve(client, form))

    assert held() == []
    assert len(act.proof) == 40


def test_an_act_without_one_is_thanked_mailed_and_held(client, form):
    act = send(client, form)

    assert held() == [("suzie", "proof")]
    assert act.requests.count() == 1
    confirmations.confirm(act)
    assert not Confirmation.objects.counted().exists()


def test_a_proof_is_for_one_person(client, form):
    proof = solve(client, form)
    send(client, form, proof=proof)
    send(client, form, proof=proof)
    send(client, form, "mallory", proof=proof)
    spelt_otherwise = proof[:8] + "\n" + proof[8:]
    send(client, form, "molly", proof=spelt_otherwise)

    assert held() == [("mallory", "proof"), ("molly", "proof")]


def test_a_proof_is_for_one_form(client, form):
    other = make_form(form.campaign, challenge="always")

    send(client, form, proof=solve(client, other))

    assert held() == [("suzie", "proof")]


def test_a_proof_is_for_twenty_minutes(client, form, monkeypatch):
    proof = solve(client, form)
    late = timezone.now() + datetime.timedelta(minutes=21)
    monkeypatch.setattr("altcha.v2.time.time", late.timestamp)

    send(client, form, proof=proof)

    assert held() == [("suzie", "proof")]


def forged(proof, **changes):
    """The proof with other parameters than we signed, or another answer."""
    payload = json.loads(base64.b64decode(proof))
    for part in (payload["challenge"]["parameters"], payload["challenge"], payload["solution"]):
        part |= {name: value for name, value in changes.items() if name in part}
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"keyPrefix": ""},
        {"cost": 1},
        {"expiresAt": 2**40},
        {"expiresAt": None},
        {"signature": "0" * 64},
        {"signature": None},
        {"derivedKey": "00" * 32},
        {"data": {"form": "abcdefghjk"}},
        {"keySignature": None},
    ],
)
def test_a_forged_proof_is_none(client, form, changes):
    send(client, form, proof=forged(solve(client, form), **changes))

    assert held() == [("suzie", "proof")]


def test_nothing_that_is_sent_as_a_proof_breaks_the_door(client, form):
    for sent in [
        "{}",
        "e30=",
        "bnVsbA==",
        "W10=",
        "\x00",
        "é" * 50,
        "x" * 100_000,
        "MQ",
        "[" * 9999,
    ]:
        send(client, form, proof=sent)

    assert len(held()) == 9


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "challenge",
                        "parameters",
                        "solution",
                        "counter",
                        "derivedKey",
                        "signature",
                        "algorithm",
                        "nonce",
                        "salt",
                        "cost",
                        "expiresAt",
                        "data",
                        "keySignature",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_no_json_is_a_proof_by_chance(said):
    form = ActionForm(challenge="always", public_id="abcdefghjk")

    sent = base64.b64encode(json.dumps(said).encode()).decode()

    assert challenges.kept(form, sent) == "none"


def test_a_form_that_never_asks_never_asks(client, form):
    ActionForm.objects.update(challenge="never")
    trouble(form, ago=HOUR / 2)

    act = send(client, form)

    assert riddle(client, form).status_code == 204
    assert act.proof == ""
    assert ("suzie", "proof") not in held()
    page = client.get("/fr/campagnes/meadow/agir/").content.decode()
    assert "proof" not in page


def test_in_quiet_hours_nothing_is_asked(client, form):
    ActionForm.objects.update(challenge="trouble")
    trouble(form, ago=HOUR / 2, acts=19)

    send(client, form)

    assert riddle(client, form).status_code == 204
    assert ("suzie", "proof") not in held()


def test_in_trouble_a_proof_is_asked(client, form):
    ActionForm.objects.update(challenge="trouble")
    trouble(form, ago=HOUR / 2)

    assert riddle(client, form).status_code == 200
    send(client, form, "suzie", proof=solve(client, form))
    send(client, form, "mallory")

    assert [pair for pair in held() if pair[1] == "proof"] == [("mallory", "proof")]


def test_who_opened_the_page_before_the_trouble_is_no_suspect(client, form):
    ActionForm.objects.update(challenge="trouble")
    trouble(form, ago=datetime.timedelta(minutes=5))

    send(client, form)

    assert ("suzie", "proof") not in held()


def test_trouble_is_over_when_it_is_over_or_was_none(client, form):
    ActionForm.objects.update(challenge="trouble")
    trouble(form, ago=HOUR * 1.1)
    assert riddle(client, form).status_code == 204

    trouble(form, ago=HOUR / 2)
    Held.objects.update(released_at=timezone.now())
    assert riddle(client, form).status_code == 204


def test_what_comes_by_no_door_is_asked_for_nothing(form):
    from plaidoyer.actions import intake

    intake.append(
        form, email="a@post.example", given_name="A", family_name="B", language="fr", page=""
    )

    assert held() == []


def test_the_riddle_is_nobodys_and_is_not_kept(client, form):
    one, other = riddle(client, form), riddle(client, form)

    assert one.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in one.headers
    assert one.json() != other.json()
    assert client.get("/fr/actions/abcdefghjk/challenge/").status_code == 404
    assert client.post(f"/fr/actions/{form.public_id}/challenge/").status_code == 405
    ActionForm.objects.update(closes_at=timezone.now())
    assert riddle(client, form).status_code == 204


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_stays_the_same_for_everybody(client, form, language):
    address = f"/{language}/campagnes/meadow/agir/"
    page = client.get(address).content.decode()

    assert page == client.get(address).content.decode()
    assert f'data-challenge="/{language}/actions/{form.public_id}/challenge/"' in page
    assert "<noscript>" in page
    ActionForm.objects.update(challenge="trouble")
    assert "<noscript>" not in client.get(address).content.decode()


def fill(page, name):
    page.fill("[name=given_name]", name)
    page.fill("[name=family_name]", "Roy")
    page.fill("[name=email]", f"{name}@post.example")


@pytest.mark.browser
def test_a_browser_solves_it_while_somebody_types(live_server, page, form):
    from playwright.sync_api import expect

    page.goto(f"{live_server.url}/fr/campagnes/meadow/agir/")
    assert page.input_value("[name=proof]") == ""
    fill(page, "suzie")
    expect(page.locator("[name=proof]")).not_to_have_value("", timeout=20000)

    page.click("form.form button")
    page.wait_for_url("**/thanks/**")

    assert len(Action.objects.get().proof) == 40
    assert held() == []


@pytest.mark.browser
def test_a_browser_that_is_pressed_at_once_solves_it_first(live_server, page, form):
    page.goto(f"{live_server.url}/fr/campagnes/meadow/agir/")
    page.evaluate(
        """() => {
            const form = document.querySelector("form[data-challenge]");
            form.given_name.value = "Suzie"; form.family_name.value = "Roy";
            form.email.value = "suzie@post.example";
            form.querySelector("button").click();
        }"""
    )
    page.wait_for_url("**/thanks/**")

    assert len(Action.objects.get().proof) == 40


@pytest.mark.browser
def test_coming_back_solves_another(live_server, page, form):
    for name in ("suzie", "laura"):
        page.goto(f"{live_server.url}/fr/campagnes/meadow/agir/")
        fill(page, name)
        page.click("form.form button")
        page.wait_for_url("**/thanks/**")
    page.go_back()
    fill(page, "omar")
    page.click("form.form button")
    page.wait_for_url("**/thanks/**")

    proofs = Action.objects.values_list("proof", flat=True)
    assert len(set(proofs)) == 3
    assert "none" not in proofs


@pytest.mark.browser
def test_without_scripts_the_form_works_and_the_act_waits(live_server, browser, form):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/fr/campagnes/meadow/agir/")
    fill(page, "suzie")
    page.click("form.form button")
    page.wait_for_url("**/thanks/**")
    context.close()

    assert held() == [("suzie", "proof")]
