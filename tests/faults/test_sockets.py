"""What no browser sends, over bare sockets to the real program: refused, and others are served."""

import contextlib
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.storm

HEAD = "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def web(story):
    """The demo's web process, which has answered before."""
    for path in ("/en/", "/fr/", "/en/me/", "/nowhere"):
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(story.url + path, timeout=20).close()
    say(story, head(story, FORM, "Content-Length: 7\r\n\r\n"), b"email=a")
    return story


def path_of(web):
    return f"/en/actions/{web.open_petition()}/"


def say(web, *parts, seconds=5.0):
    """Sends the parts as they are; what came back, as far as something did."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=seconds) as line:
        came = b""
        with contextlib.suppress(OSError):
            for part in parts:
                line.sendall(part)
        with contextlib.suppress(OSError):
            while piece := line.recv(65536):
                came += piece
                if b"\r\n\r\n" in came and b"HTTP/1.1 1" not in came[:12]:
                    line.settimeout(0.3)
    return came


def status(answer):
    """The status code of the first answer; 0 where the line was hung up."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def head(web, *more):
    return (HEAD.format(path=path_of(web), port=web.port) + "".join(more)).encode()


def answers_within(web, seconds):
    """Whether a page comes within so many seconds."""
    began = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{web.port}/healthz", timeout=seconds) as answer:
        return answer.status == 200 and time.monotonic() - began < seconds


def memory(web):
    """Bytes that the web processes hold: those of its process group."""
    held = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            facts = stat.read_text().rpartition(")")[2].split()
            held += 4096 * int(facts[21]) if int(facts[2]) == web.web.process.pid else 0
    return held


def acts(web):
    return web.sql("SELECT count(*) FROM actions_action")[0][0]


BODIES = {
    "says a terabyte": (FORM, "Content-Length: 1099511627776\r\n\r\n", "email=a"),
    "a long field": (FORM, "Content-Length: 3000008\r\n\r\n", "email=" + "a" * 3_000_002),
    "a million fields": (FORM, "Content-Length: 4000000\r\n\r\n", "a=b&" * 1_000_000),
    "deep": (
        "Content-Type: application/json\r\n",
        "Content-Length: 400000\r\n\r\n",
        "[" * 200_000 + "]" * 200_000,
    ),
    "less than nothing": (FORM, "Content-Length: -5\r\n\r\n", "email=a"),
    "two lengths": (FORM, "Content-Length: 7\r\nContent-Length: 0\r\n\r\n", "email=a"),
    "no number": (FORM, "Content-Length: seven\r\n\r\n", "email=a"),
    "many parts": (
        "Content-Type: multipart/form-data; boundary=x\r\n",
        "Content-Length: 1200000\r\n\r\n",
        '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 22_000,
    ),
    "a line of a header without end": ("X-Long: " + "a" * 1_000_000 + "\r\n", "\r\n", ""),
    "a hundred thousand headers": ("X-A: b\r\n" * 100_000, "\r\n", ""),
}


@pytest.mark.parametrize("parts", BODIES.values(), ids=BODIES)
def test_what_is_too_much_is_refused_and_costs_little(web, parts):
    before, kept = memory(web), acts(web)

    answer = say(web, head(web, parts[0], parts[1]), parts[2].encode(), seconds=3)

    assert status(answer) == 0 or 400 <= status(answer) < 500
    assert acts(web) == kept
    assert answers_within(web, 2)
    assert memory(web) - before < 50 * 1024 * 1024


SMUGGLED = {
    "length and pieces": (
        FORM,
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n",
        "0\r\n\r\nX",
    ),
    "pieces twice": (
        FORM,
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        "0\r\n\r\n",
    ),
    "pieces in disguise": (
        FORM,
        "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n",
        "0\r\n\r\n",
    ),
    "two hosts": (FORM, "Host: mallory.example\r\nContent-Length: 0\r\n\r\n", ""),
    "a bare line feed": (FORM, "X: y\nContent-Length: 7\r\n\r\n", "email=a"),
}


@pytest.mark.parametrize("parts", SMUGGLED.values(), ids=SMUGGLED)
def test_one_request_is_seen_as_one(web, parts):
    kept = acts(web)

    answer = say(web, head(web, parts[0], parts[1]), parts[2].encode(), seconds=3)

    assert status(answer) == 0 or 400 <= status(answer) < 500
    assert acts(web) == kept


def test_the_control_a_right_act_over_a_bare_socket_is_taken(web):
    body = b"given_name=S&family_name=R&email=bare@post.example&page=/en/"
    kept = acts(web)

    answer = say(web, head(web, FORM, f"Content-Length: {len(body)}\r\n\r\n"), body)

    assert status(answer) == 303
    assert acts(web) == kept + 1


def test_two_hundred_who_speak_slowly_keep_nobody_waiting(web):
    slow = []
    try:
        for number in range(200):
            line = socket.create_connection(("127.0.0.1", web.port), timeout=5)
            begun = head(web, FORM, "Content-Length: 60000\r\n\r\n") + b"email=a"
            line.sendall(begun if number % 2 else begun[:40])
            slow.append(line)

        for _round in range(3):
            for line in slow:
                with contextlib.suppress(OSError):
                    line.sendall(b"a")
            assert answers_within(web, 2)
            body = f"given_name=S&family_name=R&email=s{_round}@post.example&page=/".encode()
            answer = say(web, head(web, FORM, f"Content-Length: {len(body)}\r\n\r\n"), body)
            assert status(answer) == 303
    finally:
        for line in slow:
            line.close()


def test_who_forges_where_they_come_from_is_counted_where_they_are(web):
    """What a visitor writes into X-Forwarded-For stands left of what the trusted hop added."""
    for number in range(3):
        body = f"given_name=S&family_name=R&email=f{number}@post.example&page=/forged".encode()
        forged = f"X-Forwarded-For: 203.0.113.{number}, 198.51.100.7\r\n"
        say(web, head(web, FORM, forged, f"Content-Length: {len(body)}\r\n\r\n"), body)

    networks = web.sql("SELECT DISTINCT network FROM actions_action WHERE page = '/forged'")

    assert len(networks) == 1
    assert networks[0][0]
