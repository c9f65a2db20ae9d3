"""The standing board: where all stands, how it came there, what is next, whose turn it is."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from plaidoyer.campaigns.models import Campaign, Demand
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.outcomes import boards
from plaidoyer.outcomes.awaiting.reporting import coming
from plaidoyer.outcomes.lineages import reporting as lineages
from plaidoyer.outcomes.models import Awaited, Lineage, Milestone
from plaidoyer.outcomes.tests.test_approvals import record
from plaidoyer.parliament.models import OfficialPetition
from plaidoyer.testing import make_campaign, make_organiser, typed

pytestmark = pytest.mark.django_db
OPENED = datetime.date(2026, 1, 1)


@pytest.fixture
def ed(client):
    organiser = make_organiser("ed")
    client.force_login(organiser)
    return organiser


@pytest.fixture
def meadow() -> Campaign:
    return make_campaign(opened_on=OPENED)


def awaited(campaign, days=5, kind="response", **facts) -> Awaited:
    due_on = timezone.localdate() + datetime.timedelta(days=days)
    words = Words(fr="Une réponse", en="An answer")
    return Awaited.objects.create(campaign=campaign, kind=kind, due_on=due_on, words=words, **facts)


def the_line(campaign) -> boards.Line:
    [group] = boards.read(Campaign.objects.filter(pk=campaign.pk))
    [line] = group.lines
    return line


def test_a_line_tells_every_standing_it_had_in_its_order(meadow):
    record(meadow, None, "acknowledged", happened_on="2026-02-01")
    record(meadow, None, "met", happened_on="2026-05-01")
    record(meadow, None, "reversed", happened_on="2026-06-01")

    line = the_line(meadow)

    assert [step.standing for step in line.steps] == ["acknowledged", "met", "reversed"]
    assert [step.at for step in line.steps] == sorted(step.at for step in line.steps)
    assert line.steps[-1].until == 100
    assert line.row.standing == "reversed"


def test_whose_turn_it_is_follows_from_the_facts(ed, meadow):
    assert the_line(meadow).turn == "them"
    step = awaited(meadow, kind="step", owner=ed)
    line = the_line(meadow)
    assert (line.turn, line.owner) == ("us", ed)
    step.delete()
    record(meadow, None, "met")
    assert the_line(meadow).turn == "nobody"
    record(meadow, ed, "reversed", happened_on="2026-06-01")
    assert the_line(meadow).turn == "second"


def test_the_next_day_is_the_first_to_come_or_the_one_that_is_late(meadow):
    awaited(meadow, days=9)
    assert the_line(meadow).days_left == 9
    awaited(meadow, days=-3)
    line = the_line(meadow)
    assert (line.is_late, line.days_late) == (True, 3)


def test_a_day_of_one_demand_is_not_awaited_of_another(meadow):
    other = Demand.objects.create(campaign=meadow, words=Words(en="More"))
    first = meadow.demands.exclude(pk=other.pk).get()
    awaited(meadow, demand=first, target=meadow.targets.get())

    [group] = boards.read(Campaign.objects.filter(pk=meadow.pk))

    assert [bool(line.next) for line in group.lines] == [True, False]


def test_the_rules_of_a_parliament_give_days_too(meadow):
    petition = OfficialPetition.objects.create(
        legislature=Organization.objects.create(name=Words(en="Assembly")),
        identifier="P-214",
        title=Words(en="Swim everywhere"),
        closes_on=timezone.localdate() + datetime.timedelta(days=4),
    )
    meadow.official_petitions.add(petition)

    [day] = coming([meadow.pk], timezone.localdate())[meadow.pk]

    assert (day.kind, day.days(timezone.localdate())) == ("closes", 4)
    assert "P-214" in day.what


def test_the_board_takes_as_many_queries_for_many_campaigns(meadow, django_assert_max_num_queries):
    everything = Campaign.objects.all()
    record(meadow, None, "met")
    awaited(meadow)
    with django_assert_max_num_queries(40) as few:
        boards.read(everything)
    for number in range(4):
        more = make_campaign(slug=f"dam-{number}", opened_on=OPENED)
        record(more, None, "met")
        awaited(more)
    with django_assert_max_num_queries(len(few) + 2):
        boards.read(everything)


@pytest.mark.parametrize("shape", ["", "board"])
def test_the_screen_shows_good_and_bad_side_by_side_and_filters(client, ed, meadow, shape):
    dam = make_campaign(slug="dam", post=meadow.targets.get().post, opened_on=OPENED)
    record(meadow, None, "met")
    record(dam, None, "refused", title=Words(en="The dam stays"))
    awaited(dam, days=-2, kind="step", owner=ed)
    address = reverse("outcomes_board")

    page = client.get(address, {"as": shape})

    assert [row.standing for row in page.context["rows"]].count("refused") == 1
    shown = page.content.decode()
    assert "2 days late" in shown
    assert {share.standing.value: share.number for share in page.context["shares"]} == {
        "met": 1,
        "refused": 1,
    }
    for query, number in (({"turn": "us"}, 1), ({"standing": "met"}, 1), ({"turn": "second"}, 0)):
        assert len(client.get(address, {"as": shape, **query}).context["rows"]) == number
    assert client.get(address, {"who": "Nobody", "turn": "x"}).status_code == 200


@pytest.mark.parametrize("shape", ["", "board"])
def test_what_came_of_a_demand_is_recorded_from_its_line(client, ed, meadow, shape):
    pair = f"{meadow.demands.get().pk}-{meadow.targets.get().pk}"
    begin = f"{reverse('milestones:add')}?pair={pair}"

    assert f'href="{begin}"' in client.get(reverse("outcomes_board"), {"as": shape}).text

    rows = client.get(begin).context["form"].formsets["movements"]
    assert rows.forms[0].initial == {"pair": pair}
    assert client.get(f"{begin}x").status_code == 200


def test_an_awaited_day_is_noted_given_to_somebody_and_ended(client, ed, meadow):
    pair = f"{meadow.demands.get().pk}-{meadow.targets.get().pk}"
    fields = {"words": Words(en="Ask again"), "due_on": "2026-12-01", "kind": "step"}
    fields |= {"pair": pair, "campaign": "", "owner": ed.pk, "source": ""}
    for wrong, field in (
        ({"pair": ""}, "campaign"),
        ({"kind": "vote"}, "__all__"),
        ({"pair": "1-x"}, "pair"),
        ({"due_on": "x"}, "due_on"),
    ):
        answer = client.post(reverse("awaited:add"), typed(**{**fields, **wrong}))
        assert field in answer.context["form"].errors, wrong
    answer = client.post(reverse("awaited:add"), typed(**fields))
    assert answer.status_code == 302, answer.context["form"].errors
    one = Awaited.objects.get()
    assert (one.campaign, one.noted_by) == (meadow, ed)
    end = reverse("awaited:end", args=[one.pk])
    assert "milestone" in client.post(end, {}).context["form"].errors

    client.post(end, {"reason": "They called."})

    assert one.ending.reason == "They called."
    assert the_line(meadow).next is None
    assert client.get(reverse("awaited:index")).status_code == 200


def test_the_history_of_a_pair_shows_what_was_corrected_too(client, ed, meadow):
    record(meadow, ed, "met")
    pair = [meadow.demands.get().pk, meadow.targets.get().pk]

    page = client.get(reverse("outcomes_pair", args=pair)).content.decode()

    assert "waits for a second person" in page
    nowhere = reverse("outcomes_pair", args=[pair[0], 999_999])
    assert client.get(nowhere, follow=True).status_code == 404


def test_what_followed_a_win_is_found_by_itself(meadow):
    assert lineages.won_on(meadow) is None
    record(meadow, None, "met", happened_on="2026-05-01")
    later = record(meadow, None, "", happened_on="2026-07-01", title=Words(en="Work begins"))

    assert lineages.won_on(meadow) == datetime.date(2026, 5, 1)
    assert lineages.follow_ups(meadow) == [later]


def test_campaigns_go_on_in_others_and_never_in_a_circle(client, ed, meadow):
    dam, weir = (make_campaign(slug=slug, opened_on=OPENED) for slug in ("dam", "weir"))
    Lineage.objects.create(earlier=meadow, later=dam, kind="succeeded")
    Lineage.objects.create(earlier=dam, later=weir, kind="reopened")
    fields = {"earlier": weir.pk, "later": meadow.pk, "kind": "succeeded", "words": Words()}
    fields |= {"since_on": "2026-05-01", "until_on": ""}

    circle = client.post(reverse("lineages:add"), typed(**fields))
    nowhere = client.post(reverse("lineages:add"), typed(**{**fields, "later": ""}))
    risk = client.post(reverse("lineages:add"), typed(**{**fields, "later": "", "kind": "at_risk"}))

    assert "later" in circle.context["form"].errors
    assert nowhere.context["form"].errors
    assert risk.status_code == 302
    found = lineages.families([meadow.pk, dam.pk, weir.pk])
    assert [one.later for one in found[meadow.pk].later] == [dam]
    assert [one.earlier for one in found[dam.pk].earlier] == [meadow]
    assert len(found[weir.pk].risks) == 1
    board = client.get(reverse("outcomes_board")).content.decode()
    assert "at risk since" in board


def test_a_campaign_does_not_go_on_in_itself(meadow):
    with pytest.raises(IntegrityError), transaction.atomic():
        Lineage.objects.create(earlier=meadow, later=meadow, kind="succeeded")


def test_a_correction_moves_the_board_back(ed, meadow):
    wrong = record(meadow, None, "met")
    record(meadow, None, "", corrects=wrong, title=Words(en="It was not so"))

    assert the_line(meadow).row.standing == "asked"
    assert Milestone.objects.count() == 2
