"""Who would wait too long to read is told so at once, by a page that needs nothing else."""

import asyncio

import pytest


@pytest.mark.parametrize(("path", "words"), [("/fr/", "Il y a foule"), ("/en/", "Many people")])
def test_a_reader_in_a_full_house_is_told_when_to_come_back(path, words):
    from plaidoyer.config.asgi import Pages

    pages, said = Pages(threads=1), []
    pages.asked = pages.most

    async def send(message):
        said.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    asyncio.run(pages(scope, None, send))

    status, headers = said[0]["status"], dict(said[0]["headers"])
    assert status == 503
    assert headers[b"retry-after"] == b"5"
    assert headers[b"content-security-policy"] == b"default-src 'none'"
    assert words in b"".join(one.get("body", b"") for one in said[1:]).decode()
