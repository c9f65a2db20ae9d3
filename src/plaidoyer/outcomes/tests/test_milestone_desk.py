"""An organiser records what came of a demand, in the back office."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.lib.words import Words
from plaidoyer.outcomes import approvals
from plaidoyer.outcomes.models import Milestone, Standing
from plaidoyer.outcomes.standings import standings
from plaidoyer.testing import make_campaign, make_minister, make_organiser, typed

pytestmark = pytest.mark.django_db
PROOF = {
    "url": "https://gazette.example/12",
    "title": "Decree 12",
    "publisher": "The Gazette",
    "published_on": "2026-05-04",
    "language": "en",
}


@pytest.fixture
def ed(client):
    organiser = make_organiser("ed")
    client.force_login(organiser)
    return organiser


@pytest.fixture
def meadow() -> Campaign:
    return make_campaign()


def pair(campaign: Campaign) -> str:
    """The campaign's one demand with its one target, as the form names them."""
    return f"{campaign.demands.get().pk}-{campaign.targets.get().pk}"


def sheet(**changes):
    fields = {
        "title": Words(fr="Le décret protège le pré", en="The decree protects the meadow"),
        "happened_on": "2026-05-04",
        "kind": "decision",
        "movements": [],
        "evidence": [PROOF],
        "story": Words(),
        "claim": "contributed",
        "claim_words": Words(),
        "campaigns": [],
    }
    return typed(**{**fields, **changes})


def record(client, **changes):
    return client.post(reverse("milestones:add"), sheet(**changes))


def errors(response):
    """Every error of the form and its rows, by field."""
    form = response.context["form"]
    told = {name: list(found) for name, found in form.errors.items()}
    for rows, formset in form.formsets.items():
        for number, row in enumerate(formset.forms):
            told |= {f"{rows}-{number}-{name}": list(e) for name, e in row.errors.items()}
        if formset.non_form_errors():
            told[rows] = list(formset.non_form_errors())
    return told


def listed(response):
    """The titles of the milestones in a list."""
    return {str(milestone.title) for milestone in response.context["object_list"]}


def test_one_vote_moves_two_campaigns(client, ed, meadow):
    dam = make_campaign(slug="dam", post=make_minister(email=None))
    moved = [{"pair": pair(meadow), "standing": "met"}, {"pair": pair(dam), "standing": "promised"}]
    response = record(client, kind="vote", movements=moved)
    assert response.status_code == 302, errors(response)
    milestone = Milestone.objects.get()
    assert set(milestone.campaigns.all()) == {meadow, dam}
    assert milestone.recorded_by == ed
    approvals.approve(milestone, by=make_organiser("anne"))
    assert list(standings(meadow).values()) == ["met"]
    assert list(standings(dam).values()) == ["promised"]
    assert milestone.evidence.get().title == "Decree 12"


def test_a_fact_that_moves_nothing_belongs_to_the_campaigns_that_are_ticked(client, ed, meadow):
    assert record(client, evidence=[], campaigns=[meadow.pk], kind="press").status_code == 302
    assert Milestone.objects.get().campaigns.get() == meadow


def test_a_milestone_without_campaign_or_movement_is_refused_beside_the_campaigns(client, ed):
    assert "campaigns" in errors(record(client, evidence=[]))


@pytest.mark.parametrize("standing", Standing.values)
def test_what_claims_a_success_or_a_loss_needs_evidence(client, ed, meadow, standing):
    response = record(client, movements=[{"pair": pair(meadow), "standing": standing}], evidence=[])
    if standing in {"asked", "acknowledged"}:
        assert response.status_code == 302
    else:
        assert "needs evidence" in errors(response)["movements-0-standing"][0]
        assert not Milestone.objects.exists()


def test_an_error_keeps_what_was_typed(client, ed, meadow):
    response = record(
        client,
        happened_on=str(timezone.localdate() + timedelta(days=2)),
        movements=[{"pair": pair(meadow), "standing": "met"}],
        evidence=[{**PROOF, "url": "not a link", "title": "Décret nº 12"}],
        story=Words(fr="Une longue histoire", en=""),
    )
    assert set(errors(response)) == {"happened_on", "evidence-0-url"}
    page = response.content.decode()
    for text in ["Le décret protège le pré", "Une longue histoire", "not a link", "Décret nº 12"]:
        assert text in page
    assert f'value="{pair(meadow)}" selected' in page
    assert not Milestone.objects.exists()


def test_errors_are_told_in_the_language_of_the_organiser(client, ed):
    UserProfile.objects.create(user=ed, preferred_language="fr")
    response = record(client, title=Words(), happened_on="")
    assert response.content.decode().count("Champ requis.") == 2


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://files.example/a"]
)
def test_evidence_links_to_web_pages_only(client, ed, meadow, url):
    response = record(
        client,
        campaigns=[meadow.pk],
        evidence=[{**PROOF, "url": url}],
    )
    assert "evidence-0-url" in errors(response)


@pytest.mark.parametrize("missing", ["url", "title", "publisher", "published_on", "language"])
def test_evidence_says_where_by_whom_and_when(client, ed, meadow, missing):
    response = record(client, campaigns=[meadow.pk], evidence=[{**PROOF, missing: ""}])
    assert set(errors(response)) == {f"evidence-0-{missing}"}


def test_evidence_of_the_future_is_refused(client, ed, meadow):
    later = str(timezone.localdate() + timedelta(days=2))
    response = record(client, campaigns=[meadow.pk], evidence=[{**PROOF, "published_on": later}])
    assert set(errors(response)) == {"evidence-0-published_on"}


def test_a_file_is_kept_with_its_fingerprint(client, ed, meadow, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    letter = SimpleUploadedFile("lettre.pdf", b"%PDF-1.7 the answer", "application/pdf")
    assert (
        record(
            client, campaigns=[meadow.pk], evidence=[{**PROOF, "url": "", "file": letter}]
        ).status_code
        == 302
    )
    evidence = Milestone.objects.get().evidence.get()
    assert evidence.sha256 == hashlib.sha256(b"%PDF-1.7 the answer").hexdigest()
    evidence.title = "The minister's answer"
    evidence.file.close()
    (tmp_path / evidence.file.name).write_bytes(b"tampered")
    evidence.save()
    assert evidence.sha256 == hashlib.sha256(b"%PDF-1.7 the answer").hexdigest()


def test_a_file_that_an_error_elsewhere_lost_is_asked_for_again(client, ed, meadow):
    letter = SimpleUploadedFile("lettre.pdf", b"%PDF-1.7", "application/pdf")
    response = record(
        client, title=Words(), campaigns=[meadow.pk], evidence=[{**PROOF, "file": letter}]
    )
    assert set(errors(response)) == {"title", "evidence-0-file"}


def test_only_a_pair_that_is_asked_can_move(client, ed, meadow):
    dam = make_campaign(slug="dam", post=make_minister(email=None))
    mixed = f"{meadow.demands.get().pk}-{dam.targets.get().pk}"
    for wrong in [mixed, "1-", "x", "9999999999999999999999-1", ""]:
        response = record(client, movements=[{"pair": wrong, "standing": "asked"}])
        assert "movements-0-pair" in errors(response)
    minister, agency = (
        meadow.targets.get(),
        Target.objects.create(campaign=meadow, post=make_minister(email=None)),
    )
    narrow = Demand.objects.create(campaign=meadow, words=Words(en="Publish the plan"))
    narrow.targets.add(agency)
    narrow.save()
    response = record(
        client, movements=[{"pair": f"{narrow.pk}-{minister.pk}", "standing": "asked"}]
    )
    assert "movements-0-pair" in errors(response)


def test_a_milestone_moves_a_pair_once(client, ed, meadow):
    twice = [{"pair": pair(meadow), "standing": "met"}, {"pair": pair(meadow), "standing": "asked"}]
    assert set(errors(record(client, movements=twice))) == {"movements-1-pair"}


def test_a_milestone_is_edited_with_its_rows(client, ed, meadow):
    record(client, movements=[{"pair": pair(meadow), "standing": "promised"}])
    milestone = Milestone.objects.get()
    movement, proof = milestone.movements.get(), milestone.evidence.get()
    address = reverse("milestones:edit", args=[milestone.pk])
    assert client.get(address).status_code == 200
    response = client.post(
        address,
        sheet(
            movements=[{"id": movement.pk, "pair": pair(meadow), "standing": "met"}],
            evidence=[{"id": proof.pk, **PROOF, "publisher": "The Official Gazette"}],
        ),
    )
    assert response.status_code == 302, errors(response)
    assert milestone.movements.get().standing == "met"
    assert milestone.evidence.get().publisher == "The Official Gazette"


def test_the_last_evidence_of_a_victory_cannot_be_taken_away(client, ed, meadow):
    record(client, movements=[{"pair": pair(meadow), "standing": "met"}])
    milestone = Milestone.objects.get()
    movement, proof = milestone.movements.get(), milestone.evidence.get()
    response = client.post(
        reverse("milestones:edit", args=[milestone.pk]),
        sheet(
            movements=[{"id": movement.pk, "pair": pair(meadow), "standing": "met"}],
            evidence=[{"id": proof.pk, **PROOF, "DELETE": "1"}],
        ),
    )
    assert "movements-0-standing" in errors(response)
    assert milestone.evidence.count() == 1


def test_a_movement_added_by_somebody_else_meanwhile_is_not_doubled(client, ed, meadow):
    dam = make_campaign(slug="dam", post=make_minister(email=None))
    there = {"pair": pair(dam), "standing": "promised"}
    record(client, movements=[there])
    milestone = Milestone.objects.get()
    there |= {"id": milestone.movements.get().pk}
    same = {"pair": pair(meadow), "standing": "met"}
    address = reverse("milestones:edit", args=[milestone.pk])
    proof = {"id": milestone.evidence.get().pk, **PROOF}
    assert client.post(address, sheet(movements=[there, same], evidence=[proof])).status_code == 302
    response = client.post(address, sheet(movements=[there, same], evidence=[proof]))
    assert set(errors(response)) == {"movements-1-pair"}


def test_rows_that_are_gone_or_forged_are_told_not_tripped_over(client, ed, meadow):
    record(client, movements=[{"pair": pair(meadow), "standing": "met"}])
    milestone = Milestone.objects.get()
    address = reverse("milestones:edit", args=[milestone.pk])
    for forged in ["999999", "x", "-1", "9" * 5000, "\x00"]:
        response = client.post(
            address,
            sheet(
                movements=[{"id": forged, "pair": pair(meadow), "standing": "met"}],
                evidence=[PROOF],
            ),
        )
        assert response.status_code in {200, 302}
    broken = {**sheet(), "movements-TOTAL_FORMS": "many", "evidence-INITIAL_FORMS": "7"}
    assert client.post(address, broken).status_code == 200


NASTY = [
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}",
    "‮gnirts",
    "x" * 15_000,
    "' OR 1=1 --",
    "\r\nBcc: all@river.example",
    "🌊" * 100,
    "[]",
    "-1",
    "99999999999999999999",
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_input_breaks_the_form_and_none_is_shown_as_html(client, ed, meadow, text):
    row = {"pair": text, "standing": text}
    proof = dict.fromkeys([*PROOF, "file"], text)
    fields = {
        "title": Words(fr=text, en=text),
        "story": Words(fr=text),
        "claim_words": Words(en=text),
    }
    everywhere = dict.fromkeys(["happened_on", "kind", "claim"], text)
    response = record(
        client, **fields, **everywhere, campaigns=[text], movements=[row], evidence=[proof]
    )
    assert response.status_code == 200
    assert errors(response)
    assert "<script>alert(1)" not in response.content.decode()
    response = record(client, **fields, campaigns=[meadow.pk], evidence=[])
    assert response.status_code in {200, 302}
    listed = client.get(reverse("milestones:index"), {"q": text, "kind": text, "campaigns": text})
    assert listed.status_code == 200
    assert "<script>alert(1)" not in listed.content.decode()
    assert client.get(reverse("outcomes_board"), {"campaign": text}).status_code == 200


def test_more_than_a_browser_should_send_is_refused_calmly(client, ed, meadow):
    response = record(client, story=Words(fr="x" * 1_100_000), campaigns=[meadow.pk])
    assert response.status_code == 400


def test_lone_surrogates_in_the_body_are_not_a_crash(client, ed):
    response = client.post(
        reverse("milestones:add"),
        b"title_0=%ED%A0%80&happened_on=%FF&movements-TOTAL_FORMS=%ED%A0%80",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 200


@pytest.mark.parametrize("looked_for", ["rivière", "riviere", "RIVER", "gazette", "est sauvee"])
def test_the_search_finds_words_in_every_language(client, ed, meadow, looked_for):
    record(
        client,
        title=Words(fr="La rivière est sauvée", en="The river is safe"),
        movements=[{"pair": pair(meadow), "standing": "met"}],
    )
    dam = make_campaign(slug="dam")
    Campaign.objects.filter(pk=dam.pk).update(name=Words(fr="Le barrage", en="The dam"))
    record(client, title=Words(en="A debate"), campaigns=[dam.pk], evidence=[])
    address = reverse("milestones:index")
    assert listed(client.get(address, {"q": looked_for})) == {"The river is safe"}
    assert not listed(client.get(address, {"q": "fr"}))


def test_milestones_are_filtered(client, ed, meadow):
    record(client, movements=[{"pair": pair(meadow), "standing": "met"}])
    record(client, title=Words(en="A press day"), kind="press", campaigns=[meadow.pk], evidence=[])
    address = reverse("milestones:index")
    assert listed(client.get(address, {"kind": "press"})) == {"A press day"}
    assert listed(client.get(address, {"standing": "met"})) == {"The decree protects the meadow"}
    assert len(listed(client.get(address, {"campaigns": meadow.pk, "claim": "contributed"}))) == 2
    week = {"happened_on_from": "2026-05-01", "happened_on_to": "2026-05-03"}
    assert not listed(client.get(address, week))


def test_the_board_shows_every_demand_with_where_it_stands(client, ed, meadow):
    dam = make_campaign(slug="dam", closed_on=timezone.localdate())
    record(client, movements=[{"pair": pair(meadow), "standing": "met"}])
    waiting = client.get(reverse("outcomes_board"))
    assert [row.standing for row in waiting.context["rows"]] == ["asked"]
    approvals.approve(Milestone.objects.get(), by=make_organiser("anne"))
    board = client.get(reverse("outcomes_board"))
    assert [row.standing for row in board.context["rows"]] == ["met"]
    assert "The Gazette" in board.content.decode()
    everything = client.get(reverse("outcomes_board"), {"closed": "on"})
    assert {row.campaign for row in everything.context["rows"]} == {meadow, dam}
    refused = client.get(reverse("outcomes_board"), {"standing": "refused"})
    assert "Nothing stands like that." in refused.content.decode()


@pytest.mark.parametrize("name", ["milestones:index", "milestones:add", "outcomes_board"])
def test_nobody_comes_in_without_signing_in(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith("/en/staff/login/")
