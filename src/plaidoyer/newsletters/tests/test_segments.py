"""Segments: whatever is joined, negated and nested finds exactly those of whom it holds."""

import datetime

import pytest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaidoyer.civics.models import Area
from plaidoyer.lib.words import Words
from plaidoyer.mail import suppressions
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import mailings, unsubscriptions
from plaidoyer.newsletters.models import Mailing, Segment, Topic
from plaidoyer.newsletters.segments import readers, trees
from plaidoyer.newsletters.segments.conditions import CONDITIONS, StaleError
from plaidoyer.newsletters.segments.trees import Group, Rule, Tree
from plaidoyer.newsletters.topics import preferences
from plaidoyer.supporters import tags
from plaidoyer.supporters.models import Supporter, Tag
from plaidoyer.testing import make_form, make_organiser, make_reader, supporter
from plaidoyer.vault import marks

from .test_mailings import make_mailing
from .test_writing import sign

pytestmark = pytest.mark.django_db
NAMES = ("suzie", "laura", "louis", "charlie")


def found(*groups, join="all"):
    tree = Tree(tuple(groups), join)
    return {one.given_name.lower() for one in readers.within(tree)}


def one(code, *, negated=False, **values):
    return Group((Rule(code, values, negated),))


@pytest.fixture
def world():
    """Suzie signed, twice; Laura and Louis read French; Laura is tagged; all are subscribed."""
    forms = [make_form(), None]
    forms[1] = make_form(forms[0].campaign, name=Words(fr="Deux", en="Two"))
    for name in NAMES:
        make_reader(name, language="fr" if name.startswith("l") else "en")
    for form in forms:
        sign(form, "suzie")
    sign(forms[0], "charlie")
    tags.put("press", Supporter.objects.filter(mark=marks.address("laura@post.example")))
    return {"form": forms[0], "tag": Tag.objects.get()}


def test_each_condition_finds_its_own(world):
    campaign = world["form"].campaign_id
    tomorrow = str(timezone.localdate() + datetime.timedelta(days=1))

    assert found() == set(NAMES)
    assert found(one("language", language="fr")) == {"laura", "louis"}
    assert found(one("language", language="fr", negated=True)) == {"suzie", "charlie"}
    assert found(one("tag", tag=str(world["tag"].pk))) == {"laura"}
    assert found(one("acts", campaign=str(campaign))) == {"suzie", "charlie"}
    assert found(one("acts", at_least="2")) == {"suzie"}
    assert found(one("acts", form=str(world["form"].pk), since=tomorrow)) == set()
    assert found(one("since", since=tomorrow)) == set()


def test_groups_are_joined_and_negated(world):
    french, active = Rule("language", {"language": "fr"}), Rule("acts", {})
    tagged = Rule("tag", {"tag": str(world["tag"].pk)})

    assert found(Group((french, tagged))) == {"laura"}
    assert found(Group((active, tagged), "any")) == {"suzie", "charlie", "laura"}
    assert found(Group((active, tagged), "any", negated=True)) == {"louis"}
    assert found(Group((french,)), Group((tagged,), negated=True)) == {"louis"}
    assert found(Group((active,)), Group((tagged,)), join="any") == {"suzie", "charlie", "laura"}


def test_who_got_a_mailing_and_who_wants_a_topic(world):
    topic = Topic.objects.create(code="urgent", name=Words(fr="Urgences", en="Urgent"))
    preferences.choose(supporter("suzie@post.example"), [], page="/")
    mailing = make_mailing()
    mailings.freeze(mailing)
    lauras = Envelope.objects.filter(mark=marks.address("laura@post.example"))
    lauras.update(state="leased", sender=1)
    lauras.update(state="accepted", sender=None)

    assert found(one("sent", mailing=str(mailing.pk))) == {"laura"}
    assert found(one("sent", mailing=str(mailing.pk), negated=True)) == set(NAMES) - {"laura"}
    assert found(one("topic", topic=str(topic.pk))) == set(NAMES) - {"suzie"}


def test_nobody_is_found_who_may_not_be_written_to(world):
    people = {name: supporter(f"{name}@post.example") for name in NAMES}
    unsubscriptions.unsubscribe(people["suzie"])
    preferences.pause(people["laura"])
    suppressions.suppress(people["louis"].email, reason="bounced")

    assert found() == {"charlie"}
    later = timezone.now() + datetime.timedelta(days=92)
    assert "laura" in {one.given_name.lower() for one in readers.within(Tree(), later)}


TRUTHS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(["fr", "acts", "tag"]), st.booleans()), max_size=3),
        st.sampled_from(["all", "any"]),
        st.booleans(),
    ),
    max_size=3,
)


@given(groups=TRUTHS, join=st.sampled_from(["all", "any"]))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_definition_finds_exactly_those_of_whom_it_holds(world, groups, join):
    holds = {
        "fr": ({"laura", "louis"}, Rule("language", {"language": "fr"})),
        "acts": ({"suzie", "charlie"}, Rule("acts", {})),
        "tag": ({"laura"}, Rule("tag", {"tag": str(world["tag"].pk)})),
    }
    tree, expected = [], []
    for rules, inside, is_not in groups:
        sets = [holds[code][0] ^ (set(NAMES) if no else set()) for code, no in rules]
        tree.append(
            Group(
                tuple(Rule(holds[c][1].code, holds[c][1].values, no) for c, no in rules),
                inside,
                is_not,
            )
        )
        if sets:
            joined = set.intersection(*sets) if inside == "all" else set.union(*sets)
            expected.append(set(NAMES) - joined if is_not else joined)
    wanted = set(NAMES)
    if expected:
        wanted = set.intersection(*expected) if join == "all" else set.union(*expected)

    assert found(*tree, join=join) == wanted
    assert trees.read(trees.written(Tree(tuple(tree), join))) == Tree(tuple(tree), join)


def test_what_is_gone_is_told_and_finds_nobody(world):
    segment = Segment.objects.create(
        name="Press", tree=trees.written(Tree((one("tag", tag=str(world["tag"].pk)),)))
    )
    Tag.objects.all().delete()

    with pytest.raises(StaleError):
        readers.members(segment)


def test_every_condition_says_itself_both_ways_and_counts_without_a_join(world):
    area = Area.objects.create(identifier="ocd-division/country:xx", name=Words(en="Home"))
    values = {
        "language": {"language": "fr"},
        "acts": {},
        "tag": {"tag": str(world["tag"].pk)},
        "since": {"since": "2026-01-01"},
        "area": {"area": area.identifier},
        "topic": {"topic": str(Topic.objects.create(code="a", name=Words(en="A")).pk)},
        "sent": {"mailing": str(Mailing.objects.create(name="x", frozen_at=timezone.now()).pk)},
    }
    for code in set(CONDITIONS) & set(values):
        yes, no = (trees.sentence(Rule(code, values[code], negated)) for negated in (False, True))
        assert yes != no
        everybody: QuerySet = readers.subscribed(timezone.now())
        sides = [found(one(code, negated=negated, **values[code])) for negated in (False, True)]
        assert len(sides[0]) + len(sides[1]) == everybody.count()


def test_the_builder_adds_counts_saves_and_tells_faults(client, world):
    client.force_login(make_organiser())
    new = reverse("segments:add")
    typed = {"name": "Active", "groups": 1, "join": "all", "g0-rules": 0, "g0-join": "all"}
    added = client.post(new, {**typed, "g0-new": "language", "do": "add-rule-0"})
    assert 'name="g0-r0-language"' in added.content.decode()
    assert not Segment.objects.exists()
    rule = {"g0-rules": 1, "g0-r0-code": "language", "g0-r0-language": "xx"}

    wrong = client.post(new, {**typed, **rule, "do": "save"})
    assert wrong.status_code == 422
    rule["g0-r0-language"] = "fr"
    counted = client.post(reverse("segments:count"), {**typed, **rule})
    assert counted.json()["total"] == 2
    client.post(new, {**typed, **rule, "do": "save"})
    assert [one.name for one in Segment.objects.all()] == ["Active"]
    shown = client.get(reverse("segments:edit", args=[Segment.objects.get().pk])).content.decode()
    assert "laura@post.example" not in shown
