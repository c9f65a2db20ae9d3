"""An organiser starts, changes and closes campaigns in the back office."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.urls import reverse

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import Organization, Person
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Milestone, Movement
from plaidoyer.testing import make_campaign, make_minister, make_organiser, typed

pytestmark = pytest.mark.django_db
NAME = Words(fr="Sauver la rivière", en="Save the river")


@pytest.fixture
def charlie(client):
    organiser = make_organiser("charlie")
    client.force_login(organiser)
    return organiser


def sheet(**changes):
    fields = {
        "name": NAME,
        "summary": Words(),
        "slug": "",
        "opened_on": "2026-05-04",
        "closed_on": "",
        "official_petitions": [],
        "demands": [{"words": Words(fr="Protéger", en="Protect")}],
        "targets": [],
        "asked_votes": [],
    }
    return typed(**{**fields, **changes})


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
    return {str(fact) for fact in response.context["object_list"]}


def test_a_campaign_starts_with_its_demands_and_targets(client, charlie):
    minister = make_minister()
    agency = Organization.objects.create(
        name=Words(en="River Agency"), url="https://agency.example/"
    )
    response = client.post(
        reverse("campaigns:add"),
        sheet(
            demands=[{"words": Words(fr="Un")}, {"words": Words(en="Two")}],
            targets=[{"who": f"post-{minister.pk}"}, {"who": f"organization-{agency.pk}"}],
        ),
    )
    assert response.status_code == 302, errors(response)
    campaign = Campaign.objects.get()
    assert campaign.slug == "save-the-river"
    assert [str(demand) for demand in campaign.demands.all()] == ["Un", "Two"]
    assert {t.decision_maker for t in campaign.targets.all()} == {minister, agency}


def test_who_is_no_public_role_or_has_no_official_page_is_refused_beside_the_row(client, charlie):
    neighbour = Person.objects.create(given_name="Max", family_name="Karp")
    nowhere = Organization.objects.create(name=Words(en="Somebody"))
    rows = [{"who": f"person-{neighbour.pk}"}, {"who": f"organization-{nowhere.pk}"}]

    response = client.post(reverse("campaigns:add"), sheet(targets=rows))

    told = str(errors(response))
    assert "Only somebody in a public office can be asked" in told
    assert "official page" in told
    assert not Campaign.objects.exists()


def test_words_that_intrude_on_somebody_are_refused_beside_their_field(client, charlie):
    demand = {"words": Words(en="Go to her house until she agrees.")}

    response = client.post(reverse("campaigns:add"), sheet(demands=[demand]))

    assert "where somebody lives" in str(errors(response)["demands-0-words"])


def test_whoever_is_not_in_the_list_is_written_beside_it(client, charlie):
    minister = make_minister()
    page = {"source": "https://larken.example/council"}
    mayor = {
        "body": Words(fr="Ville de Larken", en="City of Larken"),
        "office": Words(en="Mayor"),
        **page,
    }
    known = {"body": Words(en="ministry of waters"), "office": Words(fr="Ministre des Eaux")}
    council = {"body": Words(en="City of Larken"), **page}

    response = client.post(reverse("campaigns:add"), sheet(targets=[mayor, known, council]))

    assert response.status_code == 302, errors(response)
    makers = [target.decision_maker for target in Campaign.objects.get().targets.all()]
    asked = {str(one): one for one in makers}
    assert set(asked) == {"Mayor", str(minister), "City of Larken"}
    assert asked[str(minister)] == minister
    assert asked["Mayor"].organization == asked["City of Larken"]
    assert Organization.objects.count() == 2


def test_somebody_new_is_written_whole_and_once(client, charlie):
    minister = make_minister()
    mayor = {
        "body": Words(en="City of Larken"),
        "office": Words(en="Mayor"),
        "source": "https://larken.example/council",
    }
    rows = [
        mayor,
        {**mayor},
        {"office": Words(en="Warden")},
        {"who": f"post-{minister.pk}", **mayor},
        {"who": ""},
    ]

    response = client.post(reverse("campaigns:add"), sheet(targets=rows))

    told = errors(response)
    assert told["targets-1-who"] == ["This campaign already has that target."]
    assert {"targets-2-body", "targets-3-body"} <= set(told)
    assert Organization.objects.count() == 1
    assert "City of Larken" in response.text


def test_somebody_new_needs_an_official_page(client, charlie):
    rows = [{"body": Words(en="City of Larken"), "office": Words(en="Mayor")}]

    response = client.post(reverse("campaigns:add"), sheet(targets=rows))

    assert errors(response)["targets-0-source"] == [
        "Say on which official page this role is shown."
    ]
    assert not Organization.objects.exists()


def test_two_campaigns_of_one_name_have_two_addresses(client, charlie):
    for _i in range(3):
        client.post(reverse("campaigns:add"), sheet())
    slugs = set(Campaign.objects.values_list("slug", flat=True))
    assert slugs == {"save-the-river", "save-the-river-2", "save-the-river-3"}


def test_errors_stand_beside_their_field_and_nothing_typed_is_lost(client, charlie):
    minister = make_minister()
    response = client.post(
        reverse("campaigns:add"),
        sheet(
            name=Words(),
            closed_on="2026-05-01",
            summary=Words(fr="Un résumé"),
            demands=[{"words": Words()}],
            targets=[{"who": f"post-{minister.pk}"}, {"who": f"post-{minister.pk}"}],
        ),
    )
    assert set(errors(response)) >= {"name", "demands-0-words", "targets-1-who"}
    assert "Un résumé" in response.content.decode()
    early = client.post(reverse("campaigns:add"), sheet(closed_on="2026-05-01"))
    assert errors(early) == {"__all__": ["A campaign closes after it opens."]}


def test_a_campaign_without_a_demand_is_refused(client, charlie):
    response = client.post(reverse("campaigns:add"), sheet(demands=[]))
    assert "A campaign has at least one demand." in response.content.decode()


def test_demands_are_put_in_order_and_restricted_to_some_targets(client, charlie):
    campaign = make_campaign()
    (first,), (minister,) = campaign.demands.all(), campaign.targets.all()
    second = Demand.objects.create(campaign=campaign, words=Words(en="Publish the plan"))
    rows = [
        {"id": second.pk, "words": second.words, "targets": [minister.pk]},
        {"id": first.pk, "words": first.words},
    ]
    address = reverse("campaigns:edit", args=[campaign.pk])
    response = client.post(
        address,
        sheet(
            slug="meadow",
            demands=rows,
            targets=[{"id": minister.pk, "who": f"post-{minister.post_id}"}],
        ),
    )
    assert response.status_code == 302, errors(response)
    assert list(campaign.demands.all()) == [second, first]
    assert list(second.targets.all()) == [minister]
    assert not first.targets.exists()


def test_somebody_new_is_asked_from_the_list_of_targets_once_their_page_is_named(client, charlie):
    campaign = make_campaign()
    new = typed(campaign=campaign.pk, who="", body=Words(en="River Agency"), office=Words())
    refused = client.post(reverse("targets:add"), new)
    assert "official page" in refused.context["form"].errors["source"][0]
    client.post(reverse("targets:add"), {**new, "source": "https://agency.example/"})
    assert campaign.targets.get(source="https://agency.example/").organization is not None


def test_a_new_sheet_waits_to_be_written(client, charlie):
    page = BeautifulSoup(client.get(reverse("campaigns:add")).content, "html.parser")
    assert [field["name"] for field in page.select("[autofocus]")] == ["name_fr"]


def test_a_target_that_was_asked_stays_who_it_is(client, charlie):
    campaign = make_campaign()
    target, demand = campaign.targets.get(), campaign.demands.get()
    milestone = Milestone.objects.create(happened_on="2026-05-04", kind="vote", title=NAME)
    Movement.objects.create(milestone=milestone, demand=demand, target=target, standing="met")
    other = make_minister(email=None)
    kept = {"slug": "meadow", "demands": [{"id": demand.pk, "words": demand.words}]}
    address = reverse("campaigns:edit", args=[campaign.pk])
    client.post(address, sheet(**kept, targets=[{"id": target.pk, "who": f"post-{other.pk}"}]))
    target.refresh_from_db()
    assert target.post_id != other.pk
    gone = {"id": target.pk, "who": "", "DELETE": "1"}
    response = client.post(address, sheet(**kept, targets=[gone]))
    assert "movements refer to it" in errors(response)["targets"][0]
    response = client.post(reverse("targets:delete", args=[target.pk]), follow=True)
    assert "cannot be deleted" in response.content.decode()
    assert Target.objects.filter(pk=target.pk).exists()


def test_a_target_that_nothing_holds_can_be_deleted(client, charlie):
    target = make_campaign().targets.get()
    assert client.get(reverse("targets:delete", args=[target.pk])).status_code == 200
    assert client.post(reverse("targets:delete", args=[target.pk])).status_code == 302
    assert not Target.objects.exists()


def test_a_campaign_is_closed_by_its_day(client, charlie):
    campaign = make_campaign(opened_on="2026-01-01")
    rows = {
        "demands": [{"id": campaign.demands.get().pk, "words": Words(en="Protect the meadow")}],
        "targets": [
            {"id": campaign.targets.get().pk, "who": f"post-{campaign.targets.get().post_id}"}
        ],
    }
    address = reverse("campaigns:edit", args=[campaign.pk])
    assert (
        client.post(address, sheet(slug="meadow", closed_on="2026-06-01", **rows)).status_code
        == 302
    )
    campaign.refresh_from_db()
    assert str(campaign.closed_on) == "2026-06-01"
    filters = reverse("campaigns:index")
    assert listed(client.get(filters, {"closed": "true"})) == {"Save the river"}
    assert not listed(client.get(filters, {"closed": "false"}))


@pytest.mark.parametrize("looked_for", ["rivière", "RIVIERE", "river meadow", "Protéger le PRE"])
def test_campaigns_are_found_by_their_words_in_any_language(client, charlie, looked_for):
    make_campaign()
    dam = make_campaign(slug="dam")
    Campaign.objects.filter(pk=dam.pk).update(name=Words(fr="Le barrage", en="The dam"))
    dam.demands.update(words=Words(en="Open it"))
    found = client.get(reverse("campaigns:index"), {"q": looked_for})
    assert listed(found) == {"Save the river meadow"}


def test_demands_and_targets_have_lists_of_their_own(client, charlie):
    meadow, dam = make_campaign(), make_campaign(slug="dam", post=make_minister(email=None))
    demands = client.get(reverse("demands:index"), {"campaign": dam.pk, "q": "pré"})
    assert [demand.campaign for demand in demands.context["object_list"]] == [dam]
    targets = client.get(reverse("targets:index"), {"campaign": meadow.pk, "q": "ministère"})
    assert [target.campaign for target in targets.context["object_list"]] == [meadow]


def test_a_demand_is_changed_on_its_own_and_keeps_its_campaign(client, charlie):
    meadow, dam = make_campaign(), make_campaign(slug="dam", post=make_minister(email=None))
    demand = meadow.demands.get()
    response = client.post(
        reverse("demands:edit", args=[demand.pk]),
        typed(
            campaign=dam.pk, words=Words(en="Protect it well"), targets=[meadow.targets.get().pk]
        ),
    )
    assert response.status_code == 302
    demand.refresh_from_db()
    assert (demand.campaign, str(demand)) == (meadow, "Protect it well")
    foreign = typed(words=Words(en="Mine"), targets=[dam.targets.get().pk])
    assert "targets" in errors(client.post(reverse("demands:edit", args=[demand.pk]), foreign))


def test_the_same_target_is_not_asked_twice(client, charlie):
    campaign = make_campaign()
    same = f"post-{campaign.targets.get().post_id}"
    response = client.post(reverse("targets:add"), {"campaign": campaign.pk, "who": same})
    assert errors(response) == {"__all__": ["This campaign already has that target."]}


@pytest.mark.parametrize(
    "text", ["\x00", "<b>x</b>", "x" * 15_000, "\u202e", "post-", "post-x", "9" * 30]
)
def test_no_input_breaks_the_form(client, charlie, text):
    response = client.post(
        reverse("campaigns:add"),
        sheet(
            name=Words(fr=text),
            slug=text,
            opened_on=text,
            official_petitions=[text],
            demands=[{"words": Words(en=text), "targets": [text]}],
            targets=[{"who": text}],
        ),
    )
    assert response.status_code == 200
    assert errors(response)
    assert "<b>x</b>" not in response.content.decode()
    for name in ["campaigns", "demands", "targets"]:
        query = {"q": text, "campaign": text, "closed": text, "post": text}
        assert client.get(reverse(f"{name}:index"), query).status_code == 200


SCREENS = ["campaigns", "demands", "targets", "milestones", "offices", "persons", "organizations"]


@pytest.mark.parametrize("name", [*SCREENS, "official-petitions"])
def test_organisers_work_everywhere_and_nobody_else_comes_in(client, name):
    for view in ["index", "add"]:
        assert client.get(reverse(f"{name}:{view}")).url.startswith("/en/staff/login/")
    client.force_login(make_organiser("ed"))
    for view in ["index", "add"]:
        assert client.get(reverse(f"{name}:{view}")).status_code == 200
    client.force_login(User.objects.create_user("mallory"))
    for view in ["index", "add"]:
        assert client.get(reverse(f"{name}:{view}")).status_code == 302


def test_an_organiser_finds_the_way_in_the_menu(client, charlie):
    page = client.get("/admin/").content.decode()
    for address in ["campaigns", "demands", "targets", "milestones", "outcomes", "offices"]:
        assert f'"/admin/{address}/"' in page


def test_organisers_write_pages_but_keep_no_accounts(client, charlie):
    assert client.get("/admin/pages/").status_code in {200, 302}
    assert client.get("/admin/images/").status_code == 200
    assert client.get("/admin/documents/").status_code == 200
    assert client.get("/admin/users/").status_code == 302
    assert charlie.has_perm("reports.change_edition")
    assert not charlie.has_perm("actions.change_action")
    assert not charlie.has_perm("actions.delete_action")
