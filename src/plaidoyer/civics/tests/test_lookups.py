"""Postal codes that no table decides, asked of a Represent that is throttled now and then."""

import datetime
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from plaidoyer.civics import fetching, lookups, places, tasks
from plaidoyer.civics.fetching import FetchError
from plaidoyer.civics.models import Area, Lookup, Organization, Post
from plaidoyer.lib.words import Words

pytestmark = pytest.mark.django_db

NEW = "federal-electoral-districts-2023-representation-order"
OLD = "federal-electoral-districts"
RIDING = "ocd-division/country:ca/ed:%s-2023"


def boundary(set_, number):
    return {
        "url": f"/boundaries/{set_}/{number}/",
        "boundary_set_name": "Federal electoral district",
        "external_id": number,
        "related": {"boundary_set_url": f"/boundary-sets/{set_}/"},
    }


class Represent:
    """What the service has of each code, how often it says 503 first, and what it was asked."""

    def __init__(self):
        self.codes, self.busy, self.asked = {}, 0, []

    def answer(self, path):
        self.asked.append(path)
        if path == "/robots.txt":
            return 404, b""
        if self.busy:
            self.busy -= 1
            return 503, b"slow down"
        found = self.codes.get(urlsplit(path).path.strip("/").rpartition("/")[2])
        return (200, json.dumps(found).encode()) if found else (404, b"{}")


@pytest.fixture
def represent(settings, monkeypatch):
    service = Represent()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = service.answer(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(fetching, "INTERVAL", datetime.timedelta(milliseconds=1))
    settings.FETCH_LOOPBACK, settings.FETCH_PAUSE = True, 0.01
    settings.POSTAL_LOOKUPS = "represent"
    settings.REPRESENT_ADDRESS = f"http://127.0.0.1:{server.server_port}"
    settings.REPRESENT_SETS = {NEW: "ocd-division/country:ca/ed:{}-2023"}
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def house():
    house = Organization.objects.create(name=Words(en="House"), classification="legislature")
    for number in ("35079", "35080"):
        area = Area.objects.create(identifier=RIDING % number, name=Words(en=number))
        Post.objects.create(organization=house, area=area, label=Words(en=number))
    return house


def asked_for(code):
    lookups.ask([code])
    return Lookup.objects.get()


def test_the_answer_joins_centre_and_concordance_of_the_sets_that_were_asked(represent, house):
    represent.codes["K1A0A6"] = {
        "boundaries_centroid": [boundary(NEW, "35079"), boundary(OLD, "35075")],
        "boundaries_concordance": [boundary(NEW, "35080"), boundary(NEW, "35079")],
    }

    tasks.look_up(asked_for("k1a 0a6").pk)

    assert Lookup.objects.get().divisions == [RIDING % "35079", RIDING % "35080"]
    areas = places.answers(["k1a-0a6"], legislature=house)["k1a-0a6"].areas
    assert [area.name["en"] for area in areas] == ["35079", "35080"]


def test_only_the_code_and_the_sets_are_sent(represent):
    represent.codes["K1A0A6"] = {"boundaries_centroid": [boundary(NEW, "35079")]}

    tasks.look_up(asked_for("K1A 0A6").pk)

    _robots, path = represent.asked
    assert urlsplit(path).path == "/postcodes/K1A0A6/"
    assert parse_qs(urlsplit(path).query) == {"sets": [NEW]}


def test_the_real_answer_is_understood(represent, real_data):
    sample = real_data / "samples" / "represent_postcodes_K1A0A6.reconstructed.json"
    represent.codes["K1A0A6"] = json.loads(sample.read_bytes())

    tasks.look_up(asked_for("K1A0A6").pk)

    assert Lookup.objects.get().divisions == [RIDING % "35079"]


def test_an_answer_is_kept_thirty_days_and_a_miss_one(represent, house):
    represent.codes["K1A0A6"] = {"boundaries_centroid": [boundary(NEW, "35079")]}
    lookups.ask(["K1A0A6", "H0H0H0"])

    for lookup in Lookup.objects.all():
        tasks.look_up(lookup.pk)

    kept = {lookup.code: lookup.expires_at - timezone.now() for lookup in Lookup.objects.all()}
    assert kept["K1A0A6"] > datetime.timedelta(days=29)
    assert datetime.timedelta(hours=23) < kept["H0H0H0"] < datetime.timedelta(days=1)
    asked = len(represent.asked)
    assert lookups.ask(["k1a 0a6", "H0H 0H0"]) == 0
    assert len(represent.asked) == asked


def test_a_busy_service_is_asked_again_and_nothing_is_kept_of_its_refusal(represent):
    represent.codes["K1A0A6"] = {"boundaries_centroid": [boundary(NEW, "35079")]}
    lookup = asked_for("K1A0A6")

    represent.busy = 99
    with pytest.raises(FetchError):
        tasks.look_up(lookup.pk)
    lookup.refresh_from_db()
    assert lookup.expires_at <= timezone.now()

    represent.busy = 1
    tasks.look_up(lookup.pk)
    lookup.refresh_from_db()
    assert lookup.divisions == [RIDING % "35079"]


def test_nothing_is_asked_unless_it_is_enabled(represent, settings, django_assert_num_queries):
    settings.POSTAL_LOOKUPS = "none"

    with django_assert_num_queries(0):
        assert lookups.ask(["K1A0A6"]) == 0

    assert not represent.asked


@pytest.mark.parametrize("code", ["", "K1A", "D1A 0A6", "98101", "🦦", "K1A0A6' OR 1=1"])
def test_what_is_no_whole_code_of_canada_is_never_sent(represent, code):
    assert lookups.ask([code]) == 0


def test_a_code_waits_once_however_often_it_is_asked(represent):
    lookups.ask(["K1A0A6", "k1a 0a6"])
    lookups.ask(["K1A0A6"])

    [job] = ProcrastinateJob.objects.filter(task_name="civics.look_up", status="todo")
    assert job.args == {"lookup_id": Lookup.objects.get().pk}


def test_an_answer_has_waiting_letters_placed(represent):
    represent.codes["K1A0A6"] = {"boundaries_centroid": [boundary(NEW, "35079")]}

    tasks.look_up(asked_for("K1A0A6").pk)

    assert ProcrastinateJob.objects.filter(task_name="delivery.place_letters").exists()


def test_a_request_never_asks_and_a_table_goes_first(represent, house, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert places.areas("K1A0A6", legislature=house) == []
    assert not represent.asked


def test_what_is_old_is_forgotten(represent):
    Lookup.objects.create(
        country="CA",
        code="K1A0A6",
        provider="represent",
        expires_at=timezone.now() - datetime.timedelta(days=3),
    )

    assert lookups.forget() == 1
