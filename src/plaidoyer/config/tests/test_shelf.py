"""What a web process keeps of what it said, and for whom."""

import asyncio

import pytest

from plaidoyer.config import shelf
from plaidoyer.config.shelf import Shelf

PUBLIC = {"cache-control": "public, max-age=10", "etag": '"one"', "vary": "Cookie"}


class Press:
    """An application that says how often it was asked."""

    def __init__(self, status: int = 200, **headers: str) -> None:
        self.status, self.headers, self.asked = status, headers or PUBLIC, 0

    async def __call__(self, scope, receive, send) -> None:
        self.asked += 1
        body = f"page {self.asked}".encode()
        await asyncio.sleep(0.01)
        headers = [
            (name.replace("_", "-").encode(), said.encode()) for name, said in self.headers.items()
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:3], "more_body": True})
        await send({"type": "http.response.body", "body": body[3:]})


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), said.encode()) for name, said in headers.items()]


async def ask(application, path="/fr/", method="GET", **headers: str):
    """Status, headers and body of one answer."""
    said = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), one.encode()) for name, one in headers.items()
        ],
    }

    async def send(message) -> None:
        said.append(message)

    await application(scope, None, send)
    body = b"".join(message.get("body", b"") for message in said[1:])
    return said[0]["status"], dict(said[0]["headers"]), body.decode()


def twice(press: Press, **second) -> tuple:
    """What the second of two readers gets."""

    async def both():
        application = Shelf(press)
        await ask(application)
        return await ask(application, **second)

    return asyncio.run(both())


def test_a_public_page_is_made_once_and_tells_its_age():
    press = Press()

    status, headers, body = twice(press)

    assert (status, body, press.asked) == (200, "page 1", 1)
    assert headers[b"age"] == b"0"
    assert headers[b"etag"] == b'"one"'


def test_many_who_ask_at_once_wait_for_one_making():
    press = Press()

    async def crowd():
        application = Shelf(press)
        return await asyncio.gather(*(ask(application) for _ in range(200)))

    answers = asyncio.run(crowd())

    assert {body for _status, _headers, body in answers} == {"page 1"}
    assert press.asked == 1


@pytest.mark.parametrize(
    "press",
    [
        Press(cache_control="private, max-age=10"),
        Press(cache_control="public"),
        Press(cache_control="public, max-age=0"),
        Press(cache_control="no-store"),
        Press(etag='"one"'),
        Press(cache_control="public, max-age=10", set_cookie="sessionid=1"),
        Press(cache_control="public, max-age=10", vary="Accept-Language"),
        Press(404, cache_control="public, max-age=10"),
        Press(503, cache_control="public, max-age=10"),
    ],
    ids=lambda press: f"{press.status} {' '.join(press.headers.values())}",
)
def test_what_is_not_everybodys_is_made_for_each(press):
    press.asked = 0

    assert twice(press)[2] == "page 2"


@pytest.mark.parametrize("name", ["cookie", "authorization", "range", "cache_control", "pragma"])
def test_who_is_somebody_or_wants_it_new_gets_it_made(name):
    press = Press()

    assert twice(press, **{name: "x"})[2] == "page 2"


def test_another_address_or_host_is_another_page():
    assert twice(Press(), path="/en/")[2] == "page 2"
    assert twice(Press(), host="other.example")[2] == "page 2"


def test_what_the_reader_has_already_is_not_sent_again():
    status, headers, body = twice(Press(), if_none_match='W/"zero", "one"')

    assert (status, body) == (304, "")
    assert headers[b"cache-control"] == b"public, max-age=10"


def test_head_is_answered_without_the_body_and_makes_no_page():
    press = Press()
    assert twice(press, method="HEAD") == (200, twice(Press())[1], "")
    assert press.asked == 1

    async def head_first():
        application = Shelf(press)
        await ask(application, method="HEAD")
        return application.pages

    assert asyncio.run(head_first()) == {}


def test_a_page_is_made_anew_once_its_time_is_over(monkeypatch):
    monkeypatch.setattr(shelf, "MOST_SECONDS", 0)

    async def later():
        application = Shelf(press := Press())
        await ask(application)
        await asyncio.sleep(0.01)
        return (await ask(application))[2], press.asked

    assert asyncio.run(later()) == ("page 2", 2)


def test_no_more_pages_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(shelf, "MOST_PAGES", 3)

    async def walk():
        application = Shelf(Press())
        for number in range(10):
            await ask(application, path=f"/{number}/")
        return [path for _host, path, _query in application.pages]

    assert asyncio.run(walk()) == ["/7/", "/8/", "/9/"]


def test_a_making_that_fails_leaves_nobody_waiting():
    class Broken(Press):
        async def __call__(self, scope, receive, send) -> None:
            self.asked += 1
            await asyncio.sleep(0.01)
            if self.asked == 1:
                raise ConnectionResetError
            await super().__call__(scope, receive, send)

    async def crowd():
        application = Shelf(Broken())
        return await asyncio.gather(*(ask(application) for _ in range(3)), return_exceptions=True)

    first, *others = asyncio.run(crowd())

    assert isinstance(first, ConnectionResetError)
    assert all(answer[0] == 200 for answer in others)
