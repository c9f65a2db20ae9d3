"""The polite client, against a real server on this machine that may be rude."""

import contextlib
import datetime
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from plaidoyer.civics import fetching, hosts
from plaidoyer.civics.models import Answer, Host

pytestmark = pytest.mark.django_db


@dataclass
class Site:
    """A site: what it answers by path, one answer after the other, and what it was asked."""

    answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def says(self, path: str, *answers: tuple[int, dict[str, str], bytes]) -> str:
        self.answers[path] = list(answers)
        return self.url + path

    def paths(self) -> list[str]:
        return [path for path, _headers in self.asked]


@pytest.fixture
def site(settings, monkeypatch) -> Iterator[Site]:
    monkeypatch.setattr(fetching, "INTERVAL", datetime.timedelta(milliseconds=1))
    settings.FETCH_LOOPBACK, settings.FETCH_PAUSE, settings.FETCH_TIMEOUT = True, 0.01, 1
    settings.BASE_URL = "https://river.example"
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            site.asked.append((self.path, dict(self.headers)))
            left = site.answers.get(self.path, [(404, {}, b"")])
            status, headers, body = left.pop(0) if len(left) > 1 else left[0]
            if "X-Sleep" in headers:
                time.sleep(float(headers["X-Sleep"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *arguments):
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


def test_we_say_who_we_are_and_how_to_reach_us(site):
    address = site.says("/list", (200, {}, b"members"))

    assert fetching.get(address) == b"members"

    assert site.paths() == ["/robots.txt", "/list"]
    assert site.asked[1][1]["User-Agent"].startswith("Plaidoyer/")
    assert "https://river.example" in site.asked[1][1]["User-Agent"]


def test_what_did_not_change_is_not_sent_again(site):
    address = site.says("/list", (200, {"ETag": '"1"'}, b"members"), (304, {}, b""))

    first, second = fetching.get(address), fetching.get(address)

    assert first == second == b"members"
    assert site.asked[-1][1]["If-None-Match"] == '"1"'
    assert Answer.objects.count() == 1


def test_a_busy_host_is_asked_again_after_as_long_as_it_says(site):
    address = site.says("/list", (503, {"Retry-After": "1"}, b""), (200, {}, b"members"))
    began = time.monotonic()

    assert fetching.get(address) == b"members"

    assert time.monotonic() - began >= 1
    assert site.paths().count("/list") == 2


def test_a_host_that_asks_for_more_patience_than_we_have_is_left_alone(site):
    address = site.says("/list", (429, {"Retry-After": "3600"}, b""))

    with pytest.raises(fetching.FetchError, match="429"):
        fetching.get(address, patience=2)

    assert site.paths().count("/list") == 1


def test_after_five_failures_a_host_rests(site):
    address = site.says("/list", (503, {}, b""))
    for _time in range(2):
        with pytest.raises(fetching.FetchError):
            fetching.get(address)
    asked = len(site.asked)

    with pytest.raises(fetching.FetchError, match="left alone"):
        fetching.get(address)

    assert len(site.asked) == asked
    assert Host.objects.get().broken_until > timezone.now()


def test_a_success_forgets_failures(site):
    address = site.says("/list", (503, {}, b""), (503, {}, b""), (200, {}, b"members"))

    fetching.get(address)

    assert Host.objects.get().failures == 0


def test_all_our_processes_share_one_bucket(site, monkeypatch):
    monkeypatch.setattr(fetching, "INTERVAL", datetime.timedelta(seconds=1))
    address = site.says("/list", (200, {}, b"members"))
    for _time in range(4):
        fetching.get(address, patience=0.5)

    with pytest.raises(fetching.FetchError, match="asked too much"):
        fetching.get(address, patience=0.5)


def test_robots_are_respected_and_read_once_a_day(site):
    site.says("/robots.txt", (200, {}, b"User-agent: *\nDisallow: /private\n"))
    address, other = (
        site.says("/private/list", (200, {}, b"x")),
        site.says("/list", (200, {}, b"y")),
    )

    with pytest.raises(fetching.FetchError, match="asks programs not to read"):
        fetching.get(address)
    fetching.get(other)

    assert site.paths() == ["/robots.txt", "/list"]


def test_an_answer_without_end_is_cut(site, monkeypatch):
    monkeypatch.setattr(fetching, "LIMIT", 1024 * 1024)
    address = site.says("/zeros", (200, {}, b"\0" * 2 * 1024 * 1024))

    with pytest.raises(fetching.FetchError, match="larger than 1 MiB"):
        fetching.get(address)


def test_a_host_that_does_not_answer_in_time_is_told(site):
    address = site.says("/slow", (200, {"X-Sleep": "1"}, b""))

    with pytest.raises(fetching.FetchError, match="does not answer"):
        fetching.get(address, timeout=0.1)


def test_a_page_that_is_not_there_says_so(site):
    with pytest.raises(fetching.FetchError, match="404"):
        fetching.get(f"{site.url}/gone")


def test_a_redirection_is_followed_only_to_where_one_may_go(site, settings):
    here = site.says("/old", (302, {"Location": "/new"}, b""))
    site.says("/new", (200, {}, b"members"))
    away = site.says("/away", (302, {"Location": "http://169.254.169.254/latest/"}, b""))
    loop = site.says("/loop", (302, {"Location": "/loop"}, b""))

    assert fetching.get(here) == b"members"
    with pytest.raises(hosts.ForbiddenError):
        fetching.get(away)
    with pytest.raises(fetching.FetchError, match="from one place to the next"):
        fetching.get(loop, patience=10)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[::10.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[fec0::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[ff02::1]/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://①②⑦.0.0.1/",
        "https://127.0.0.1.:443/",
        "https://user@127.0.0.1/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https:///",
        "file:///etc/passwd",
        "ftp://example.com/",
    ],
)
def test_only_public_machines_are_asked_and_only_by_https(address):
    with pytest.raises(hosts.ForbiddenError):
        fetching.get(address)


def test_a_name_that_means_another_machine_a_second_later_is_asked_where_it_was_looked_at(
    settings, monkeypatch
):
    answers = iter(["93.184.215.14", "127.0.0.1", "127.0.0.1"])
    where = lambda *_arguments, **_named: [(2, 1, 6, "", (next(answers), 0))]  # noqa: E731
    settings.FETCH_PAUSE = 0
    monkeypatch.setattr("plaidoyer.civics.hosts.socket.getaddrinfo", where)

    # Its first question looks the name up once to judge it, and once to go there.
    with pytest.raises(hosts.ForbiddenError, match="no public machine"):
        fetching.get("https://rebinding.example/", patience=0.1)


def test_public_machines_may_be_asked():
    """The control: not everything is forbidden."""
    for public in ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"):
        assert hosts.check("https", public) == public
