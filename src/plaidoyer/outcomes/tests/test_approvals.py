"""What claims a success or a loss counts once a second person approved it; then it stays."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib.words import Words
from plaidoyer.outcomes import approvals, reporting
from plaidoyer.outcomes.models import Approval, Evidence, Milestone, Movement
from plaidoyer.outcomes.standings import standings
from plaidoyer.testing import make_campaign, make_organiser, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ed():
    return make_organiser("ed")


@pytest.fixture
def anne():
    return make_organiser("anne")


@pytest.fixture
def meadow() -> Campaign:
    return make_campaign()


def record(campaign: Campaign, by, standing: str = "met", **facts) -> Milestone:
    """What Ed records of the campaign's one demand with its one target, with a link."""
    milestone = Milestone.objects.create(
        happened_on=facts.pop("happened_on", "2026-05-04"),
        kind=facts.pop("kind", "decision"),
        title=facts.pop("title", Words(en="The decree protects the meadow")),
        recorded_by=by,
        edited_by=by,
        **facts,
    )
    milestone.campaigns.add(campaign)
    if standing:
        demand, target = campaign.demands.get(), campaign.targets.get()
        milestone.movements.add(
            Movement(milestone=milestone, demand=demand, target=target, standing=standing)
        )
        milestone.save()
    Evidence.objects.create(
        milestone=milestone,
        title="Decree 12",
        url="https://gazette.example/12",
        publisher="The Gazette",
        published_on="2026-05-04",
        language="en",
    )
    return Milestone.objects.get(pk=milestone.pk)


def standing(campaign: Campaign) -> str:
    (found,) = standings(campaign).values()
    return found.value


def correction(milestone: Milestone, **changes) -> dict:
    """What a browser sends to correct it."""
    fields = {
        "correction_reason": Words(en="We misread the decree."),
        "title": Words(en="The decree protects half of the meadow"),
        "happened_on": "2026-05-04",
        "kind": "decision",
        "movements": [],
        "evidence": [],
        "story": Words(),
        "claim": "unknown",
        "claim_words": Words(),
        "campaigns": [campaign.pk for campaign in milestone.campaigns.all()],
    }
    return typed(**{**fields, **changes})


def test_a_victory_counts_once_a_second_person_approved_it(client, ed, anne, meadow):
    milestone = record(meadow, ed)
    sheet = reverse("milestones:inspect", args=[milestone.pk])
    assert standing(meadow) == "asked"
    assert not reporting.timeline(meadow)
    client.force_login(anne)

    page = client.get(sheet)
    assert "waits for a second person" in page.content.decode()
    client.post(
        reverse("milestones:approve", args=[milestone.pk]), {"seen": page.context["fingerprint"]}
    )

    assert standing(meadow) == "met"
    assert reporting.timeline(meadow) == [milestone]
    approval = Approval.objects.get()
    assert (approval.approved_by, approval.sha256) == (anne, page.context["fingerprint"])
    assert "Approved by anne" in client.get(sheet).content.decode()


def test_whoever_approved_sees_what_else_waits(client, ed, anne, meadow):
    first, second = record(meadow, ed), record(meadow, ed, title=Words(en="And again"))
    client.force_login(anne)

    def approve(milestone):
        seen = {"seen": approvals.fingerprint(milestone)}
        return client.post(reverse("milestones:approve", args=[milestone.pk]), seen).url

    assert approve(second) == reverse("milestones:inspect", args=[first.pk])
    assert approve(first) == reverse("milestones:inspect", args=[first.pk])


def test_nobody_approves_what_they_wrote(client, ed, meadow):
    milestone = record(meadow, ed)
    client.force_login(ed)

    client.post(
        reverse("milestones:approve", args=[milestone.pk]),
        {"seen": approvals.fingerprint(milestone)},
    )

    assert standing(meadow) == "asked"
    with pytest.raises(DatabaseError, match="nobody approves"), transaction.atomic():
        Approval.objects.create(milestone=milestone, approved_by=ed)


def test_what_changed_since_one_looked_is_not_approved(ed, anne, meadow):
    milestone = record(meadow, ed)
    seen = approvals.fingerprint(milestone)
    Milestone.objects.filter(pk=milestone.pk).update(claim="decisive")

    with pytest.raises(ValidationError, match="changed it since"):
        approvals.approve(milestone, by=anne, seen=seen)

    assert not Approval.objects.exists()


def test_a_claim_without_evidence_is_not_approved(ed, anne, meadow):
    milestone = record(meadow, ed)
    milestone.evidence.all().delete()

    with pytest.raises(ValidationError, match="no evidence"):
        approvals.approve(milestone, by=anne)


def test_a_fact_that_claims_nothing_waits_for_nobody(ed, anne, meadow):
    milestone = record(meadow, ed, standing="acknowledged")

    assert standing(meadow) == "acknowledged"
    with pytest.raises(ValidationError, match="needs no approval"):
        approvals.approve(milestone, by=anne)


@pytest.mark.parametrize("change", ["update", "delete", "movement", "evidence"])
def test_the_database_keeps_an_approved_milestone_as_it_is(ed, anne, meadow, change):
    milestone = record(meadow, ed)
    approvals.approve(milestone, by=anne)
    rows = Milestone.objects.filter(pk=milestone.pk)
    changes = {
        "update": lambda: rows.update(claim="decisive"),
        "delete": lambda: rows._raw_delete(rows.db),
        "movement": lambda: milestone.movements.all().delete(),
        "evidence": lambda: milestone.evidence.update(publisher="Another"),
    }

    with pytest.raises(DatabaseError), transaction.atomic():
        changes[change]()

    assert standing(meadow) == "met"


def test_the_control_a_draft_may_change(ed, meadow):
    milestone = record(meadow, ed)

    Milestone.objects.filter(pk=milestone.pk).update(claim="decisive")
    milestone.evidence.update(publisher="Another")


def test_more_evidence_may_be_added_later(client, ed, anne, meadow):
    milestone = record(meadow, ed)
    approvals.approve(milestone, by=anne)
    client.force_login(ed)
    proof = {"url": "https://other.example/a", "title": "A", "publisher": "B", "language": "fr"}

    answer = client.post(
        reverse("milestones:evidence", args=[milestone.pk]), {**proof, "published_on": "2026-05-05"}
    )

    assert answer.status_code == 302, answer.context["form"].errors
    assert milestone.evidence.count() == 2
    wrong = client.post(reverse("milestones:evidence", args=[milestone.pk]), {"url": "x"})
    assert wrong.status_code == 422
    assert "url" in wrong.context["form"].errors


def test_what_stands_is_neither_edited_nor_deleted_but_corrected(client, ed, anne, meadow):
    milestone = record(meadow, ed)
    approvals.approve(milestone, by=anne)
    client.force_login(ed)
    sheet = reverse("milestones:inspect", args=[milestone.pk])

    for name in ("edit", "delete"):
        address = reverse(f"milestones:{name}", args=[milestone.pk])
        assert client.get(address).url == sheet
        assert client.post(address, correction(milestone)).url == sheet

    assert Milestone.objects.get().title == milestone.title
    assert "correct it" in client.get(sheet).content.decode()


def test_a_correction_is_a_row_of_its_own_and_holds_once_approved(client, ed, anne, meadow):
    milestone = record(meadow, ed)
    approvals.approve(milestone, by=anne)
    client.force_login(anne)
    address = reverse("milestones:correct", args=[milestone.pk])
    begun = client.get(address).content.decode()
    assert "The decree protects the meadow" in begun
    assert "https://gazette.example/12" in begun
    pair = f"{meadow.demands.get().pk}-{meadow.targets.get().pk}"
    proof = {"url": "https://gazette.example/13", "title": "Erratum", "publisher": "The Gazette"}
    proof |= {"published_on": "2026-05-09", "language": "en"}

    answer = client.post(
        address,
        correction(
            milestone, movements=[{"pair": pair, "standing": "partly_met"}], evidence=[proof]
        ),
    )

    assert answer.status_code == 302, answer.context["form"].errors
    corrected = Milestone.objects.get(corrects=milestone)
    assert standing(meadow) == "met"
    approvals.approve(corrected, by=ed)
    assert standing(meadow) == "partly_met"
    assert reporting.timeline(meadow) == [corrected]
    assert Milestone.objects.count() == 2
    desk = client.get(reverse("outcomes_pair", args=map(int, pair.split("-")))).content.decode()
    assert "corrected" in desk
    again = client.post(address, correction(milestone))
    assert again.url == reverse("milestones:inspect", args=[milestone.pk])


def test_a_correction_says_why(client, ed, meadow):
    milestone = record(meadow, ed, standing="")
    client.force_login(ed)
    address = reverse("milestones:correct", args=[milestone.pk])

    answer = client.post(address, correction(milestone, correction_reason=Words()))

    assert set(answer.context["form"].errors) == {"correction_reason"}


def test_a_victory_is_taken_back_only_by_two(client, ed, anne, meadow):
    milestone = record(meadow, ed)
    approvals.approve(milestone, by=anne)
    client.force_login(ed)

    client.post(
        reverse("milestones:correct", args=[milestone.pk]),
        correction(milestone, kind="retraction", title=Words(en="There was no decree")),
    )

    assert standing(meadow) == "met"
    approvals.approve(Milestone.objects.get(corrects=milestone), by=anne)
    assert standing(meadow) == "asked"


def test_what_came_with_an_import_waits_for_nobody(meadow):
    record(meadow, None)

    assert standing(meadow) == "met"


def test_the_list_tells_what_waits(client, ed, anne, meadow):
    milestone = record(meadow, ed)
    record(meadow, ed, standing="", title=Words(en="A press day"))
    client.force_login(anne)

    waiting = client.get(reverse("milestones:index"), {"waits": "true"})

    assert list(waiting.context["object_list"]) == [milestone]
    board = client.get(reverse("outcomes_board"))
    assert board.context["todo"]["approve"] == [milestone]
    assert [line.turn for line in board.context["lines"]] == ["second"]


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_approve_once(ed, anne, meadow):
    milestone, third = record(meadow, ed), make_organiser("laura")
    ready, refused = threading.Barrier(2), []

    def approve(by):
        ready.wait()
        try:
            approvals.approve(milestone, by=by)
        except ValidationError as error:
            refused.append(error.messages[0])
        finally:
            connection.close()

    both = [threading.Thread(target=approve, args=[by]) for by in (anne, third)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)

    assert Approval.objects.count() == 1
    assert refused == ["Somebody approved it already."]


def test_an_organiser_without_the_right_cannot_approve(client, ed, meadow):
    milestone = record(meadow, ed)
    stranger = make_organiser("stranger")
    stranger.groups.clear()
    client.force_login(stranger)

    client.post(reverse("milestones:approve", args=[milestone.pk]), {"seen": "x"})

    assert not Approval.objects.exists()
