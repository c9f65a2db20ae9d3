"""Figures by name: one source each, counted behind the pages, told by rule, checked by anybody."""

import csv
import datetime
import io
import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from plaidoyer.actions.models import Tally
from plaidoyer.civics.models import Organization
from plaidoyer.figures import reporting, texts, values
from plaidoyer.figures.models import Figure, OfflineActs, Value
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot
from plaidoyer.testing import make_campaign, make_form, make_organiser, typed

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 4)
NOUN = Words(fr="signatures pour le pré", en="signatures for the meadow")


@pytest.fixture
def meadow():
    return make_campaign()


def own(campaign, *counts, name="meadow", **facts) -> Figure:
    """A figure over one form that confirmed so many on days in a row."""
    form = make_form(campaign)
    for number, confirmed in enumerate(counts):
        day = DAY + datetime.timedelta(days=number)
        Tally.objects.create(
            form=form, counted_on=day, confirmed=confirmed, submitted=confirmed + 5
        )
    figure = Figure.objects.create(
        name=name, noun=NOUN, source="own", rung="confirmed", campaign=campaign, **facts
    )
    figure.forms.add(form)
    return figure


def official(campaign) -> Figure:
    petition = OfficialPetition.objects.create(
        legislature=Organization.objects.create(name=Words(fr="Assemblée", en="Assembly")),
        identifier="P-214",
        title=Words(en="Swim everywhere"),
    )
    for days, signatures in ((9, 70_001), (2, 82_317)):
        PetitionSnapshot.objects.create(
            petition=petition,
            taken_at=timezone.now() - datetime.timedelta(days=days),
            signatures=signatures,
            source=f"https://assembly.example/{days}",
        )
    return Figure.objects.create(
        name="p-214", noun=NOUN, source="official", petition=petition, campaign=campaign
    )


def line(campaign, number=1_034, **facts) -> OfflineActs:
    told = {
        "kind": "paper",
        "happened_on": DAY,
        "words": Words(en="At the fair"),
        "counted_by": Words(en="Two volunteers, twice"),
        "title": "Handed in",
        "url": "https://lantern.example/1",
        "publisher": "The Lantern",
        "published_on": DAY,
        "language": "en",
    }
    return OfflineActs.objects.create(campaign=campaign, number=number, **{**told, **facts})


def offline(campaign) -> Figure:
    facts = {"name": "paper", "noun": NOUN, "source": "offline", "offline_kind": "paper"}
    return Figure.objects.create(campaign=campaign, **facts)


def told(name, language="en"):
    return reporting.told(name, language)


def test_a_figure_is_counted_behind_the_pages_and_told_by_rule(meadow):
    own(meadow, 12_000, 1_046)
    assert told("meadow") is None

    values.recount()

    said = told("meadow")
    assert (said["value"], said["exact"]) == (13_046, "13,046")
    assert said["phrase"] == "more than 13,000 signatures for the meadow"
    assert told("meadow", "fr")["phrase"] == "plus de 13\u202f000 signatures pour le pré"
    assert "confirmed by their authors" in said["definition"]
    assert "confirmés par leurs auteurs" in told("meadow", "fr")["definition"]


def test_a_period_counts_its_days_alone(meadow):
    own(
        meadow,
        100,
        20,
        3,
        starts_on=DAY + datetime.timedelta(days=1),
        ends_on=DAY + datetime.timedelta(days=1),
    )

    values.recount()

    assert told("meadow")["value"] == 20
    assert "May 5, 2026" in told("meadow")["definition"]


def test_values_are_appended_when_they_change_and_never_changed(meadow):
    figure = own(meadow, 100)
    assert values.recount() == 1
    assert values.recount() == 0
    Tally.objects.update(confirmed=101)

    assert values.recount() == 1

    assert list(figure.values.values_list("value", flat=True)) == [101, 100]


def test_an_official_count_is_the_parliaments_with_its_source_and_moment(meadow):
    official(meadow)
    values.recount()

    said = told("p-214")

    assert (said["value"], said["source_url"]) == (82_317, "https://assembly.example/2")
    assert "never added to ours" in said["definition"]


def test_offline_lines_add_up_and_a_struck_one_stays_and_counts_no_more(client, meadow):
    offline(meadow)
    kept, wrong = line(meadow), line(meadow, 500)
    values.recount()
    assert told("paper")["value"] == 1_534
    client.force_login(make_organiser())

    answer = client.post(
        reverse("offline-acts:strike", args=[wrong.pk]),
        typed(reason=Words(en="Counted twice.")),
    )

    assert answer.status_code == 302
    assert told("paper")["value"] == kept.number
    assert OfflineActs.objects.count() == 2
    assert wrong.strike.reason == Words(en="Counted twice.")


@pytest.mark.parametrize(
    "mix",
    [
        {"source": "own", "rung": ""},
        {"source": "own", "rung": "confirmed", "offline_kind": "paper"},
        {"source": "official", "rung": "confirmed"},
        {"source": "official"},
        {"source": "offline"},
        {"source": "offline", "offline_kind": "paper", "rung": "confirmed"},
    ],
)
def test_the_database_lets_no_figure_mix_sources(meadow, mix):
    with pytest.raises(DatabaseError), transaction.atomic():
        Figure.objects.create(name="x", noun=NOUN, campaign=meadow, **mix)


def test_a_name_in_a_text_becomes_a_phrase_with_a_way_to_its_definition(meadow):
    own(meadow, 13_046)
    values.recount()
    text = "<p>You gave {figure:meadow} and {figure:nothing}.</p>"

    filled = texts.fill(text, "en", linked=True)

    assert 'href="http://localhost:8000/en/figures/meadow/"' in filled
    assert ">more than 13,000 signatures for the meadow</a>" in filled
    assert "{figure:nothing}" in filled
    assert texts.unknown(text) == ["nothing"]
    assert texts.fill("plain", "en") == "plain"


def test_words_of_a_figure_are_never_markup(meadow):
    figure = own(meadow, 3)
    Figure.objects.filter(pk=figure.pk).update(noun=Words(en="<script>alert(1)</script>"))
    values.recount()

    assert "<script>" not in texts.fill("{figure:meadow}", "en", linked=True)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_public_page_says_exactly_when_and_how_to_count_again(client, meadow, language):
    for figure in (own(meadow, 13_046), official(meadow), offline(meadow)):
        line(meadow)
        values.recount()
        with translation.override(language):
            address = reverse("figures:figure", args=[figure.name])
        page = client.get(address)
        assert page.status_code == 200
        said = told(figure.name, language)
        shown = page.content.decode()
        assert said["exact"] in shown
        assert said["moment"] in shown
        assert "public" in page["Cache-Control"]
    with translation.override(language):
        index = client.get(reverse("figures:index")).content.decode()
    assert index.count("figure__value") == 3


def test_the_table_behind_a_figure_adds_up_to_it(client, meadow):
    own(meadow, 100, 20, 3)
    offline(meadow)
    line(meadow)
    line(meadow, 7, url="=cmd|' /C calc'!A0")
    values.recount()
    for name in ("meadow", "paper"):
        body = client.get(f"/en/figures/{name}.csv").content.decode()
        rows = list(csv.reader(io.StringIO(body)))[1:]
        assert sum(int(row[-1]) for row in rows) == told(name)["value"]
        assert not re.search(r"(^|,)=", body, re.M)


def test_machines_get_the_same(client, meadow):
    own(meadow, 13_046)
    values.recount()

    said = client.get("/fr/figures/meadow.json").json()

    assert (said["value"], said["rung"], said["schema"]) == (13_046, "confirmed", 1)
    assert said["history"][0]["value"] == 13_046


def test_no_page_before_the_first_count_and_none_for_nothing(client, meadow):
    own(meadow, 1)

    for name in ("meadow", "nothing"):
        for ending in ("/", ".json", ".csv"):
            assert client.get(f"/en/figures/{name}{ending}").status_code == 404


def test_a_figure_has_a_picture_for_networks(client, meadow):
    own(meadow, 13_046)
    values.recount()

    picture = client.get(reverse("figure_picture", args=["meadow", "fr"]))

    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(reverse("figure_picture", args=["meadow", "xx"])).status_code == 404
    assert client.get(reverse("figure_picture", args=["nothing", "fr"])).status_code == 404


def sheet(campaign, form, **changes):
    fields = {
        "name": "meadow",
        "campaign": campaign.pk,
        "noun": NOUN,
        "noun_one": Words(),
        "source": "own",
        "rung": "confirmed",
        "forms": [form.pk],
        "petition": "",
        "offline_kind": "",
        "starts_on": "",
        "ends_on": "",
    }
    return typed(**{**fields, **changes})


def test_an_organiser_defines_a_figure_and_sees_it_counted(client, meadow):
    client.force_login(make_organiser())
    form = make_form(meadow)
    Tally.objects.create(form=form, counted_on=DAY, confirmed=13_046)

    answer = client.post(reverse("figures-by-name:add"), sheet(meadow, form))

    assert answer.status_code == 302, answer.context["form"].errors
    assert Value.objects.get().value == 13_046
    listed = client.get(reverse("figures-by-name:index")).content.decode()
    assert "more than 13,000" in listed
    figure = Figure.objects.get()
    edit = reverse("figures-by-name:edit", args=[figure.pk])
    renamed = client.post(edit, sheet(meadow, form, name="other"))
    assert "name" in renamed.context["form"].errors


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"forms": []}, "forms"),
        ({"rung": ""}, "rung"),
        ({"source": "official"}, "petition"),
        ({"source": "offline"}, "offline_kind"),
        ({"source": "x"}, "source"),
        ({"name": "Not a name"}, "name"),
        ({"starts_on": "2026-05-04", "ends_on": "2026-05-01"}, "__all__"),
        ({"noun": Words()}, "noun"),
    ],
)
def test_what_makes_no_figure_is_told_beside_its_field(client, meadow, changes, field):
    client.force_login(make_organiser())

    answer = client.post(
        reverse("figures-by-name:add"), sheet(meadow, make_form(meadow), **changes)
    )

    assert answer.status_code == 200
    assert field in answer.context["form"].errors


def test_offline_acts_are_entered_with_their_evidence_or_not_at_all(client, meadow):
    client.force_login(make_organiser())
    facts = {
        "campaign": meadow.pk,
        "words": Words(en="At the fair"),
        "kind": "paper",
        "number": 312,
        "happened_on": "2026-05-04",
        "counted_by": Words(en="Two volunteers"),
        "url": "https://lantern.example/1",
        "title": "Handed in",
        "publisher": "The Lantern",
        "published_on": "2026-05-05",
        "language": "en",
    }
    address = reverse("offline-acts:add")

    for wrong in ({"url": ""}, {"number": 0}, {"publisher": ""}, {"happened_on": "2999-01-01"}):
        answer = client.post(address, typed(**{**facts, **wrong}))
        assert set(wrong) <= set(answer.context["form"].errors), wrong
    assert client.post(address, typed(**facts)).status_code == 302
    assert OfflineActs.objects.get().number == 312
    assert client.get(reverse("offline-acts:index")).status_code == 200
