import copy
import datetime
import json
from contextlib import suppress

import pytest
from click.testing import CliRunner
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaidoyer.bundles import exports, imports, reading, undoing
from plaidoyer.bundles.models import BundleImport
from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import Organization, Post
from plaidoyer.config.bundles import bundle as command
from plaidoyer.figures import values
from plaidoyer.figures.models import Figure, OfflineActs, Value
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Evidence, Milestone, Movement
from plaidoyer.outcomes.standings import standings
from plaidoyer.reports.models import Edition, Item
from plaidoyer.testing import make_form, make_organiser

BUNDLE = {
    "format": "plaidoyer-bundle",
    "version": 1,
    "campaigns": [
        {
            "slug": "meadow",
            "name": {"fr": "Sauver le pré", "en": "Save the meadow"},
            "summary": {"fr": "Un pré.", "en": "A meadow."},
            "opened_on": "2026-01-10",
            "targets": [
                {
                    "key": "minister",
                    "office": {"fr": "Ministre des Eaux", "en": "Minister of Waters"},
                    "organization": {"fr": "Ministère", "en": "Ministry"},
                    "classification": "ministry",
                },
                {"key": "vale", "person": {"given_name": "Ada", "family_name": "Vale"}},
            ],
            "demands": [
                {"key": "protect", "words": {"en": "Protect it"}, "targets": ["minister"]},
                {"key": "fund", "words": {"en": "Fund it"}},
            ],
            "forms": [
                {
                    "key": "petition",
                    "kind": "petition",
                    "name": {"en": "For the meadow"},
                    "opens_at": "2026-01-10T12:00:00Z",
                    "goal": 1000,
                    "options": {"text": {"en": "Protect it."}, "motion": 3},
                }
            ],
            "figures": [
                {"name": "confirmed-x", "value": 1034, "counted_at": "2026-06-30T00:00:00Z"},
                {
                    "name": "meadow",
                    "value": 1034,
                    "counted_at": "2026-06-30T00:00:00Z",
                    "noun": {"fr": "signatures pour le pré", "en": "signatures for the meadow"},
                    "source": "own",
                    "rung": "confirmed",
                    "forms": ["petition"],
                },
            ],
            "offline": [
                {
                    "kind": "paper",
                    "number": 312,
                    "happened_on": "2026-02-14",
                    "words": {"en": "Signatures at the market"},
                    "counted_by": {"en": "Two volunteers, twice"},
                    "title": "312 names",
                    "url": "https://gazette.example/2",
                    "publisher": "The Gazette",
                    "published_on": "2026-02-15",
                    "language": "en",
                }
            ],
        }
    ],
    "milestones": [
        {
            "happened_on": "2026-03-03",
            "kind": "decision",
            "title": {"fr": "Le décret est signé", "en": "The decree is signed"},
            "claim": "contributed",
            "claim_words": {"en": "With others."},
            "campaigns": ["meadow"],
            "movements": [
                {
                    "campaign": "meadow",
                    "demand": "protect",
                    "target": "minister",
                    "standing": "met",
                }
            ],
            "evidence": [
                {
                    "title": "Gazette",
                    "url": "https://gazette.example/1",
                    "publisher": "Ministry",
                    "published_on": "2026-03-04",
                    "language": "en",
                }
            ],
        }
    ],
    "editions": [
        {
            "slug": "2026-1",
            "title": {"fr": "Six mois", "en": "Six months"},
            "starts_on": "2026-01-01",
            "ends_on": "2026-06-30",
            "introduction": {"en": "Together."},
            "items": [{"campaign": "meadow", "title": {"en": "Won"}, "text": {"en": "It is."}}],
        }
    ],
}
OURS = [
    BundleImport, Campaign, Demand, Target, Organization, Post, Milestone, Movement, Evidence,
    Edition, Item, Figure, OfflineActs,
]  # fmt: skip


def written(tree):
    return json.dumps(tree).encode()


def take(tree):
    data = written(tree)
    return imports.take(reading.read(data), name="meadow.json", data=data)


def counts():
    return [model.objects.count() for model in OURS]


@pytest.mark.django_db
def test_a_bundle_brings_everything_in_and_takes_it_away_again():
    before = counts()

    run = take(BUNDLE)

    campaign = Campaign.objects.get()
    assert campaign.name == {"fr": "Sauver le pré", "en": "Save the meadow"}
    assert sorted(standings(campaign).values()) == ["asked", "asked", "met"]
    assert campaign.forms.get().opening == "paused"
    assert campaign.forms.get().options == {"text": {"en": "Protect it."}}
    assert Evidence.objects.get().url == "https://gazette.example/1"
    assert OfflineActs.objects.get().number == 312
    figure = Figure.objects.get()
    assert (figure.name, list(figure.forms.all())) == ("meadow", [campaign.forms.get()])
    edition = Edition.objects.get()
    assert edition.published_at is None
    assert edition.items.get().derived_heading == "movement"

    undoing.undo(run)
    assert counts()[1:] == before[1:]
    with pytest.raises(undoing.UndoError):
        undoing.undo(run)


@pytest.mark.django_db
def test_what_is_exported_comes_in_as_it_was():
    run = take(BUNDLE)
    values.recount()
    first = json.loads(json.dumps(exports.export()))
    Value.objects.all().delete()
    reading.read(written(first))
    undoing.undo(run)

    take(first)
    values.recount()

    second = exports.export()
    for part in ("editions", "milestones"):
        assert len(first[part]) == len(second[part])
        assert [row["title"] for row in first[part]] == [row["title"] for row in second[part]]
    for mine, theirs in zip(first["campaigns"], second["campaigns"], strict=True):
        for key in ("slug", "name", "summary", "opened_on"):
            assert mine[key] == theirs[key]
        assert [d["words"] for d in mine["demands"]] == [d["words"] for d in theirs["demands"]]
        assert [sorted(d["standings"].values()) for d in mine["demands"]] == [
            sorted(d["standings"].values()) for d in theirs["demands"]
        ]
        assert [f["options"] for f in mine["forms"]] == [f["options"] for f in theirs["forms"]]
        assert mine["offline"] == theirs["offline"]
        assert [f.get("noun") for f in mine["figures"]] == [
            f.get("noun") for f in theirs["figures"]
        ]


@pytest.mark.django_db
def test_what_nobody_approved_or_somebody_corrected_is_not_handed_on():
    take(BUNDLE)
    campaign = Campaign.objects.get()
    held = Milestone.objects.get()
    pair = {"demand": campaign.demands.first(), "target": campaign.targets.first()}
    for title, facts in (
        ("It is refused", {"recorded_by": make_organiser()}),
        ("It was signed in part", {"corrects": held}),
    ):
        milestone = Milestone.objects.create(
            happened_on="2026-04-04", kind="decision", title=Words(en=title), **facts
        )
        milestone.campaigns.add(campaign)
        Movement.objects.create(milestone=milestone, standing="refused", **pair)

    told = [one["title"]["en"] for one in exports.export()["milestones"]]

    assert told == ["It was signed in part"]


@pytest.mark.django_db
def test_a_preview_changes_nothing_and_a_second_import_adds_nothing():
    before = counts()
    draft = imports.preview(reading.read(written(BUNDLE)))
    assert counts() == before
    assert len(draft.added) == 16

    take(BUNDLE)
    draft = imports.preview(reading.read(written(BUNDLE)))
    assert draft.added == []
    assert len(draft.there) == 3


@pytest.mark.django_db
def test_an_import_that_something_stands_on_is_not_undone():
    run = take(BUNDLE)
    make_form(Campaign.objects.get())

    with pytest.raises(undoing.UndoError, match="forms"):
        undoing.undo(run)
    assert Edition.objects.exists()


@pytest.mark.django_db
def test_the_command_shows_first_takes_in_and_undoes(tmp_path):
    file = tmp_path / "meadow.json"
    file.write_bytes(written(BUNDLE))
    runner = CliRunner()

    shown = runner.invoke(command, ["import", str(file), "--dry-run"])
    assert shown.exit_code == 0
    assert "1 campaign" in shown.output
    assert not Campaign.objects.exists()
    assert runner.invoke(command, ["import", str(file)], input="n\n").exit_code == 1
    assert not Campaign.objects.exists()
    assert runner.invoke(command, ["import", str(file), "--yes"]).exit_code == 0
    out = runner.invoke(command, ["export", "meadow"])
    assert json.loads(out.output)["campaigns"][0]["slug"] == "meadow"
    number = str(BundleImport.objects.get().pk)
    assert "meadow.json" in runner.invoke(command, ["runs"]).output
    assert runner.invoke(command, ["undo", number]).exit_code == 0
    assert not Campaign.objects.exists()
    file.write_bytes(b"{")
    refused = runner.invoke(command, ["import", str(file), "--yes"])
    assert refused.exit_code == 1
    assert "nothing changed" in refused.output


def at(tree, path):
    for step in path[:-1]:
        tree = tree[step]
    return tree


def changed(path, value):
    tree = copy.deepcopy(BUNDLE)
    at(tree, path)[path[-1]] = value
    return tree


CAMPAIGN = ("campaigns", 0)
HOSTILE = [
    (("version",), 2, "version"),
    ((*CAMPAIGN, "name", "en"), "<script>alert(1)</script>", "campaigns[0].name.en"),
    ((*CAMPAIGN, "summary", "en"), "<img src=x onerror=1>", "campaigns[0].summary.en"),
    ((*CAMPAIGN, "name", "en"), "&lt;b&gt;", "campaigns[0].name.en"),
    ((*CAMPAIGN, "name", "en"), "=HYPERLINK(1)", "campaigns[0].name.en"),
    ((*CAMPAIGN, "name", "en"), "@SUM(1)", "campaigns[0].name.en"),
    ((*CAMPAIGN, "name", "en"), "-2+3", "campaigns[0].name.en"),
    ((*CAMPAIGN, "name", "en"), "a\u0000b", "campaigns[0].name.en"),
    ((*CAMPAIGN, "name", "en"), "a" * 501, "campaigns[0].name.en"),
    ((*CAMPAIGN, "name"), ["x"], "campaigns[0].name"),
    ((*CAMPAIGN, "name", "../x"), "x", "campaigns[0].name"),
    ((*CAMPAIGN, "opened_on"), "2026-02-30", "campaigns[0].opened_on"),
    ((*CAMPAIGN, "opened_on"), 20260110, "campaigns[0].opened_on"),
    ((*CAMPAIGN, "closed_on"), "2025-01-01", "campaigns[0].closed_on"),
    ((*CAMPAIGN, "slug"), "../../etc", "campaigns[0].slug"),
    ((*CAMPAIGN, "is_staff"), True, "campaigns[0]"),
    ((*CAMPAIGN, "demands", 0, "targets", 0), "nobody", "campaigns[0].demands[0].targets[0]"),
    ((*CAMPAIGN, "demands", 1, "key"), "protect", "campaigns[0].demands[1].key"),
    ((*CAMPAIGN, "forms", 0, "kind"), "rally", "campaigns[0].forms[0].kind"),
    ((*CAMPAIGN, "forms", 0, "goal"), 10**30, "campaigns[0].forms[0].goal"),
    ((*CAMPAIGN, "forms", 0, "opens_at"), "2026-01-10T12:00:00", "campaigns[0].forms[0].opens_at"),
    ((*CAMPAIGN, "forms", 0, "options", "text"), "<b>", "campaigns[0].forms[0].options.text"),
    ((*CAMPAIGN, "figures", 0, "value"), -1, "campaigns[0].figures[0].value"),
    ((*CAMPAIGN, "figures", 1, "forms", 0), "nobody", "campaigns[0].figures[1].forms"),
    ((*CAMPAIGN, "figures", 1, "rung"), "", "campaigns[0].figures[1]"),
    ((*CAMPAIGN, "figures", 1, "noun", "en"), "<b>x</b>", "campaigns[0].figures[1].noun.en"),
    ((*CAMPAIGN, "offline", 0, "number"), 0, "campaigns[0].offline[0].number"),
    ((*CAMPAIGN, "offline", 0, "url"), "data:text/html,x", "campaigns[0].offline[0].url"),
    (("milestones", 0, "campaigns", 0), "other", "milestones[0]"),
    (("milestones", 0, "movements", 0, "standing"), "won", "milestones[0].movements[0].standing"),
    (("milestones", 0, "movements", 0, "target"), "vale", "milestones[0].movements[0].target"),
    (
        ("milestones", 0, "evidence", 0, "url"),
        "javascript:alert(1)",
        "milestones[0].evidence[0].url",
    ),
    (
        ("milestones", 0, "evidence", 0, "url"),
        "file:///etc/passwd",
        "milestones[0].evidence[0].url",
    ),
    (("editions", 0, "ends_on"), "2025-01-01", "editions[0].ends_on"),
    (("editions", 0, "items", 0, "campaign"), "other", "editions[0].items[0].campaign"),
    (("editions", 0, "items", 0, "is_major"), True, "editions[0].items[0].major_reason"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "value", "place"), HOSTILE)
def test_a_hostile_bundle_is_refused_with_its_place_and_changes_nothing(path, value, place):
    before = counts()

    with pytest.raises(reading.BundleError) as refused:
        take(changed(path, value))

    assert refused.value.path.startswith(place)
    assert refused.value.reason
    assert counts() == before


RAW = [
    b"",
    b"[]",
    b"null",
    b"\xff\xfe{}",
    b"{" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"format": "plaidoyer-bundle", "format": "x"}',
    b'{"version": NaN}',
    b'{"version": 1.5}',
    b'{"version": ' + b"9" * 5_000 + b"}",
    b'{"$ref": "#"}',
    b'{"format": "plaidoyer-bundle", "version": 1, "campaigns": [{"$ref": "#/campaigns/0"}]}',
    b" " * (reading.MEGABYTES * 1_000_000 + 1),
    b"PK\x03\x04",
]


@pytest.mark.parametrize("data", RAW, ids=range(len(RAW)))
def test_what_is_no_bundle_is_refused(data):
    with pytest.raises(reading.BundleError):
        reading.read(data)


def paths(tree, before=()):
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for step, value in steps:
        yield (*before, step)
        if isinstance(value, dict | list):
            yield from paths(value, (*before, step))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(list(paths(BUNDLE))), value=JUNK)
def test_no_change_of_a_bundle_breaks_it_half_way(path, value):
    before = counts()
    with suppress(reading.BundleError):
        imports.preview(reading.read(written(changed(path, value))))
    assert counts() == before


@pytest.mark.django_db
def test_every_row_of_an_import_is_known_by_its_model():
    run = take(BUNDLE)

    for label, key in run.added:
        assert apps.get_model(label)._default_manager.filter(pk=key).exists()
    assert run.imported_at <= datetime.datetime.now(datetime.UTC)
