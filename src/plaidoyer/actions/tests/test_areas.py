"""How many acts count in each area: exact behind the desk, and nothing small in public."""

import random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaidoyer.actions import areas, confirmations, intake, matching
from plaidoyer.actions.models import AreaRelease, AreaTally, Hold, Match
from plaidoyer.civics.models import Area, PostalPrefix
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_form, make_pages

FAR = 10**6


class Adversary:
    """Knows the whole count at every release and what was released, and that counts only grow.

    Narrows, until nothing changes, what each area and the rest can have been at each release
    and between each release and the next.
    """

    def __init__(self, releases):
        names = sorted({area for _total, shown in releases for area in shown})
        self.totals = [total for total, _shown in releases]
        self.level = [
            {
                area: [shown.get(area, 0), shown[area] + 9 if area in shown else FAR]
                for area in names
            }
            | {"rest": [0, FAR]}
            for _total, shown in releases
        ]
        self.growth = [{name: [0, FAR] for name in row} for row in self.level[1:]]
        while self.narrow():
            pass

    def narrow(self):
        before = repr((self.level, self.growth))
        for total, row in zip(self.totals, self.level, strict=True):
            balance(total, row)
        for k, row in enumerate(self.growth):
            balance(self.totals[k + 1] - self.totals[k], row)
            for name, (low, high) in row.items():
                first, then = self.level[k][name], self.level[k + 1][name]
                row[name] = meet([low, high], [then[0] - first[1], then[1] - first[0]])
                self.level[k + 1][name] = meet(then, [first[0] + low, first[1] + high])
                self.level[k][name] = meet(first, [then[0] - high, then[1] - low])
        return before != repr((self.level, self.growth))

    def small(self):
        """What is surely between one and nine."""
        rows = [*self.level, *self.growth]
        return [
            (name, cell)
            for row in rows
            for name, cell in row.items()
            if cell[0] >= 1 and cell[1] <= 9
        ]


def meet(one, other):
    return [max(one[0], other[0]), min(one[1], other[1])]


def balance(total, row):
    """Narrows the parts of a known sum."""
    for name in row:
        low = sum(cell[0] for other, cell in row.items() if other != name)
        high = sum(cell[1] for other, cell in row.items() if other != name)
        row[name] = meet(row[name], [total - high, total - low])


def told(arrivals, every, publish):
    """The releases of a form whose acts come from these areas, looked at after each `every`."""
    exact, releases, last = {}, [], None
    for number, area in enumerate(arrivals, 1):
        if area:
            exact[area] = exact.get(area, 0) + 1
        if number % every == 0:
            shown = publish(number, exact, last)
            if shown is not None:
                last = SimpleNamespace(shown=shown, total=number)
                releases.append((number, shown))
    return releases


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(1, 6), st.floats(0, 0.5))
def test_an_adversary_who_compares_releases_finds_no_small_number(seed, every, count, unknown):
    chance = random.Random(seed)
    weights = [chance.random() for _area in range(count)]
    arrivals = [
        "" if chance.random() < unknown else str(chance.choices(range(count), weights)[0])
        for _act in range(chance.randint(20, 400))
    ]

    releases = told(arrivals, every, areas.release)

    assert Adversary(releases).small() == []


def test_the_adversary_finds_small_numbers_in_tens_published_as_they_come():
    chance = random.Random(1)
    arrivals = [chance.choice("abc") for _act in range(200)]

    def careless(total, exact, last):
        return {area: count // 10 * 10 for area, count in exact.items() if count >= 10}

    assert Adversary(told(arrivals, 1, careless)).small()


@settings(deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 200)), st.integers(0, 200))
def test_what_is_shown_is_in_tens_and_never_more_than_true(exact, unknown):
    shown = areas.release(sum(exact.values()) + unknown, exact) or {}

    assert all(ten >= 10 and ten % 10 == 0 and ten <= exact[area] for area, ten in shown.items())


def test_releases_do_come():
    chance = random.Random(2)
    arrivals = [chance.choice(["a", "b", "c", ""]) for _act in range(2_000)]

    releases = told(arrivals, 20, areas.release)

    assert len(releases) > 10
    assert sum(releases[-1][1].values()) > 1_200


@pytest.fixture
def places(db):
    """North for codes in N, south for S; X lies in both."""
    north, south = (
        Area.objects.create(identifier=f"ocd-division/{name}", name=Words(en=name, fr=name))
        for name in ("North", "South")
    )
    for prefix, area in [("N", north), ("S", south), ("X", north), ("X", south)]:
        PostalPrefix.objects.create(country="ar", prefix=prefix, area=area)
    return {"north": north, "south": south}


def sign(form, code, count, name="s"):
    acts = [
        intake.append(
            form, email=f"{name}{n}-{code}@post.example", given_name="Suzie", family_name="Roy",
            language="en", page="/", postal_code=code,
        )
        for n in range(count)
    ]  # fmt: skip
    matching.match(acts)
    confirmations.confirm_many(acts)
    return acts


def test_a_code_in_one_area_finds_it_and_one_query_serves_all(places, django_assert_num_queries):
    form = make_form()
    acts = sign(form, "N1", 2) + sign(form, "X1", 1) + sign(form, "Q1", 1) + sign(form, "", 1)

    found = dict(Match.objects.values_list("action_id", "area"))

    assert [found[act.pk] for act in acts] == [places["north"].pk] * 2 + [None] * 3
    with django_assert_num_queries(1):
        assert matching.areas_of(acts) == {"N1": places["north"].pk}


def test_areas_are_counted_for_organisers_and_released_for_everybody(places):
    form = make_form()
    acts = sign(form, "N1", 24) + sign(form, "S1", 7) + sign(form, "", 12)
    confirmations.withdraw(acts[0])
    hold = Hold.objects.create(cause="organiser", form=form)
    hold.held.create(action=acts[1])

    areas.recount()
    areas.recount()

    counts = [(row.area, row.confirmed) for row in areas.exactly(form)]
    shown, release = areas.shown(form)
    assert counts == [(places["north"], 22), (places["south"], 7)]
    assert [tuple(row) for row in shown] == [(places["north"], 20)]
    assert (release.total, AreaRelease.objects.count()) == (41, 1)


def test_an_area_that_lost_its_last_act_counts_none(places):
    form = make_form()
    (act,) = sign(form, "N1", 1)
    areas.recount()
    confirmations.withdraw(act)

    areas.recount()

    assert AreaTally.objects.get().confirmed == 0


def test_the_page_shows_large_areas_only(client, places):
    form = make_form()
    address = make_pages(form)["en"].get_url()
    sign(form, "N1", 24)
    sign(form, "S1", 7)
    sign(form, "", 12)
    areas.recount()

    page = client.get(address).content.decode()

    assert "North" in page
    assert "South" not in page
