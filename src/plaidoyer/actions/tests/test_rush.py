"""The short way of an act keeps the same rows and gives the same answers as the ordinary one."""

import asyncio
import re
from urllib.parse import urlencode

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaidoyer.actions import intake, rush
from plaidoyer.actions.guards import networks
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action
from plaidoyer.testing import (
    make_campaign,
    make_form,
    make_minister,
    make_open_letter,
    make_pages,
)

# The door has a session of its own: what it is to see is committed.
commits = pytest.mark.django_db(transaction=True)

PLAIN = b"application/x-www-form-urlencoded"
HERE = ("203.0.113.7", 50000)
OWN = {"id", "uid", "submitted_at"}
NAMES = [
    "Suzie",
    "Zoë-Léa",
    "",
    " ",
    "x" * 101,
    "Su\r\nBcc: a@b.example",
    "\x00",
    "سوزي",
    "👩‍🌾",
    "=1+1",
]
EMAILS = [
    *("suzie@post.example", "Suzie.Roy+x@Post.Example", "suzie", "", "suzie@post", "suzie@test"),
    *("s" * 70 + "@post.example", "suzie@" + "x" * 60 + ".example", "suzie@localhost"),
    *("é@post.example", "suzie@pôste.example", "a..b@post.example", "-@post.example"),
    *("suzie@post.example\n", " suzie@post.example "),
]
FIELDS = {
    "given_name": st.sampled_from(NAMES) | st.text(max_size=20),
    "family_name": st.sampled_from(NAMES),
    "email": st.sampled_from(EMAILS) | st.emails(),
    "postal_code": st.sampled_from(["", "h2x 1y4", "x" * 13, "75011"]),
    "page": st.sampled_from(["", "/fr/", "https://mallory.example/", "/" + "x" * 400]),
    "via": st.sampled_from(["", "whatsapp", "whatsapp.k3v9p2m7qd", "ÉÉ", "x" * 61]),
    "comment": st.sampled_from(["", "Because.\n\n\n\nIndeed", "x" * 501]),
    "named": st.sampled_from(["", "on", "false"]),
    "answer": st.sampled_from(["signed", "remind", "other", ""]),
    "signing_as": st.sampled_from(["self", "organisation", "x"]),
    "revision": st.sampled_from(["", "1", "7", "١"]),
    "website": st.sampled_from(["", "canoe.example", "://"]),
    "proof": st.sampled_from(["", "none", "e30=", "x" * 5000]),
    "consent": st.sampled_from(["", "on", "7|abc", "ticked"]),
    "step": st.sampled_from(["", "send", "change", "preview", "x"]),
    "person": st.sampled_from(["", "abc"]),
    "uid": st.just("0"),
}
MOSTLY = ("given_name", "family_name", "email", "answer", "signing_as")
SUBMISSIONS = st.fixed_dictionaries(
    {name: FIELDS[name] for name in MOSTLY},
    optional={name: said for name, said in FIELDS.items() if name not in MOSTLY},
)
GOOD = {
    "given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example",
    "answer": "signed", "signing_as": "self",
}  # fmt: skip
ONE_ODD = st.sampled_from(list(FIELDS)).flatmap(
    lambda name: FIELDS[name].map(lambda said: GOOD | {name: said})
)


class Door:
    """The short way in the test's own process; what it hands on is noted, not answered."""

    def __init__(self):
        self.handed_on = 0
        self.rush = rush.Rush(self.usual)
        self.runner = asyncio.Runner()

    async def usual(self, _scope, receive, _send):
        self.handed_on += 1
        self.body = (await receive()).get("body")

    def send(self, path, body, **changes):
        """The answer as (status, headers, body), or None where the ordinary way has to answer."""
        return self.send_all([(path, body)], **changes)[0]

    def send_all(self, requests, **changes):
        async def together():
            return await asyncio.gather(*(self.one(*one, **changes) for one in requests))

        return self.runner.run(together())

    async def one(
        self, path, body, *, method="POST", host=b"testserver", kind=PLAIN, length=None, more=()
    ):
        headers = [(b"host", host), (b"content-type", kind), *more]
        headers.append((b"content-length", str(len(body) if length is None else length).encode()))
        scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": HERE}
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        await self.rush(scope, receive, send)
        if not sent:
            return None
        said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], said, sent[1]["body"]

    def close(self):
        self.runner.run(self.rush.batches.leave())
        self.runner.run(sync_to_async(lambda: connection.close())())  # the thread's own
        self.runner.close()


@pytest.fixture
def door(db):
    # The key of the day is asked for once in each process, by the ordinary way.
    networks.keep_keys()
    networks.of({"REMOTE_ADDR": HERE[0]})
    door = Door()
    yield door
    door.close()


@pytest.fixture
def form(db):
    form = make_form(options={"comments": True, "names": True})
    make_pages(form)
    return form


def address(form, language="fr"):
    return f"/{language}/actions/{form.public_id}/"


def newest():
    """What the newest act says, without what every act has for itself."""
    [row] = Action.objects.order_by("-id").values()[:1]
    said = {name: value for name, value in row.items() if name not in OWN}
    return said | {"sealed": row["sealed"].parts}


def compare(door, path, typed):
    """Sends `typed` by both ways; whether the short one took it."""
    before = Action.objects.count()
    answer = door.send(path, urlencode(typed, errors="surrogatepass").encode())
    taken = Action.objects.count() - before
    if answer is None:
        assert taken == 0
        return False
    short = newest() if taken else None
    usual = Client().post(path, typed, REMOTE_ADDR=HERE[0], headers={"host": "testserver"})
    assert (answer[0], taken) == (usual.status_code, 1) == (303, 1)
    assert short == newest()
    assert shape(answer[1]["location"]) == shape(usual.headers["Location"])
    theirs = {name.lower(): value for name, value in usual.headers.items()}
    same = theirs.keys() | answer[1].keys()
    assert {n for n in same if answer[1].get(n) != theirs.get(n)} <= {"location", "date"}
    assert Client().get(answer[1]["location"]).status_code == 200
    return True


def shape(location):
    """An address with its token left out."""
    return re.sub(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", "token", location)


@commits
def test_both_ways_keep_the_same_and_answer_the_same(door, form):
    official = make_form(form.campaign, kind="official_petition")
    forms = [form, official, make_open_letter(campaign=form.campaign)]
    box = Client().get("/fr/campagnes/meadow/agir/").context["form"]["consent"].field.widget
    Client().post(address(form), GOOD | {"consent": box.attrs["value"]})  # its wording's row
    ticked = Client().get("/fr/campagnes/meadow/agir/").context["form"]["consent"].field.widget
    ways = []

    @settings(
        max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.sampled_from(forms), ONE_ODD | SUBMISSIONS, st.sampled_from(["fr", "en"]))
    def by_both(form, typed, language):
        if typed.get("consent") == "ticked":
            typed = typed | {"consent": ticked.attrs["value"]}
        ways.append(compare(door, address(form, language), typed))

    by_both()
    # Neither always nor never: the comparison was one.
    assert 10 < sum(ways) < len(ways)


@commits
def test_a_letter_that_was_shown_goes_the_short_way(door, client):
    form = make_form(make_campaign(post=make_minister()), kind="letter")
    make_pages(form)
    letter = GOOD | {"subject": "The meadow", "body": "Protect it."}
    shown = client.post(address(form), letter)
    typed = dict(shown.context["typed"]) | {"step": "send"}

    assert compare(door, address(form), typed)
    assert not compare(door, address(form), typed | {"shown": "forged"})
    assert not compare(door, address(form), letter)


@commits
def test_what_another_site_had_sent_goes_the_ordinary_way_which_refuses_it(door, form):
    body = urlencode(GOOD).encode()

    assert door.send(address(form), body, more=[(b"sec-fetch-site", b"cross-site")]) is None
    assert door.send(address(form), body, more=[(b"origin", b"https://mallory.example")]) is None
    assert door.send(address(form), body, more=[(b"sec-fetch-site", b"same-origin")])[0] == 303


@commits
def test_a_whole_batch_is_one_statement_and_everybody_is_thanked_after_it(door, form):
    crowd = [GOOD | {"email": f"s{number}@post.example"} for number in range(120)]

    answers = door.send_all([(address(form), urlencode(one).encode()) for one in crowd])

    assert {answer[0] for answer in answers} == {303}
    assert len({answer[1]["location"] for answer in answers}) == 120
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, count(*) FROM actions_action GROUP BY 1")
        transactions = cursor.fetchall()
    assert sum(count for _xmin, count in transactions) == 120
    assert len(transactions) <= 2
    # One reading of the form for all of them.
    assert len(door.rush.forms.known) == 1


def test_every_column_of_an_act_is_written(form):
    said = intake.columns(form, language="fr", page="", **{n: GOOD[n] for n in list(GOOD)[:3]})
    assert {field.attname for field in rush.COLUMNS} == said.keys()


@pytest.mark.parametrize(
    "odd",
    [
        {"method": "GET"},
        {"host": b"mallory.example"},
        {"host": b""},
        {"kind": b"multipart/form-data; boundary=x"},
        {"kind": b"text/plain"},
        {"length": 70_000},
    ],
)
def test_what_is_not_a_plain_form_of_ours_goes_the_ordinary_way(door, form, odd):
    assert door.send(address(form), urlencode(GOOD).encode(), **odd) is None

    assert door.handed_on == 1
    assert not Action.objects.exists()


def test_what_is_handed_on_is_whole(door, form):
    body = urlencode(GOOD | {"email": ""}).encode()

    assert door.send(address(form), body) is None

    assert door.body == body


def test_a_body_that_was_cut_off_is_no_act(door, form):
    body = urlencode(GOOD).encode()

    door.send(address(form), body[:-3], length=len(body))

    assert not Action.objects.exists()
    assert door.handed_on == 0


@pytest.mark.parametrize("path", ["/fr/actions/unknown/", "/de/actions/{}/", "/fr/actions/{}/x/"])
def test_an_unknown_address_goes_the_ordinary_way(door, form, path):
    assert door.send(path.format(form.public_id), urlencode(GOOD).encode()) is None


@commits
def test_a_pause_is_known_within_a_second(door, form):
    assert door.send(address(form), urlencode(GOOD).encode())[0] == 303
    type(form).objects.update(paused_at="2026-01-01T00:00Z")

    async def pause():
        await asyncio.sleep(rush.REMEMBERED)

    door.runner.run(pause())
    assert door.send(address(form), urlencode(GOOD).encode()) is None


@commits
def test_one_row_that_the_database_refuses_harms_no_neighbour(door, form):
    good = (address(form), urlencode(GOOD).encode())
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE actions_action ADD CONSTRAINT refused CHECK (domain <> 'refused.example')"
        )
    odd = (address(form), urlencode(GOOD | {"email": "x@refused.example"}).encode())

    assert door.send_all([good, odd]) == [None, None]  # the ordinary way judges each by itself

    assert door.handed_on == 2
    assert not Action.objects.exists()


@commits
def test_a_session_that_the_database_cut_is_noticed_before_anybody_waits_for_it(door, form):
    door.send(address(form), urlencode(GOOD).encode())
    own = door.rush.batches.session.info.backend_pid
    with psycopg.connect(**plain(connection.get_connection_params()), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [own])

    async def rest():
        await asyncio.sleep(0.2)

    door.runner.run(rest())
    assert door.send(address(form), urlencode(GOOD).encode())[0] == 303
    assert Action.objects.count() == 2


def plain(params):
    return {name: value for name, value in params.items() if name not in rush.OURS}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_who_comes_when_too_many_wait_keeps_what_was_typed(door, form, language, monkeypatch):
    monkeypatch.setattr(rush, "MOST_WAITING", 0)

    typed = GOOD | {"family_name": 'Roy "<b>'}
    status, said, page = door.send(address(form, language), urlencode(typed).encode())

    assert (status, said["retry-after"]) == (503, "10")
    assert b'name="family_name" value="Roy &quot;&lt;b&gt;"' in page
    assert f'<html lang="{language}"'.encode() in page
    assert page.index(b"<form") < page.index(b"suzie@post.example") < page.index(b"<button")
    assert not Action.objects.exists()


def test_a_kind_that_asks_the_database_is_never_quick():
    """A rule of the short way: whatever asks is handed on, so such a kind would only pay twice."""
    assert not KINDS["call"].is_quick
    assert not KINDS["share"].is_quick
