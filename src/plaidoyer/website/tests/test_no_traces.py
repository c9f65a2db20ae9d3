"""Zuzie walks through everything, and leaves no trace in logs, addresses, jobs or caches."""

import logging
import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from plaidoyer.actions import matching
from plaidoyer.actions.messages import confirmation_path, withdrawal_path
from plaidoyer.actions.models import Action
from plaidoyer.mail import suppressions
from plaidoyer.mail.kinds import COMPOSERS
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_organiser
from plaidoyer.website.me import links

pytestmark = pytest.mark.django_db

EMAIL = "zuzie.kanarie@post.example"
CANARIES = ("zuzie", "kanarie", "zilverveer", r"Q9Z(?: |\+|%20|)8X7", "waterlelie")


class Walker(Client):
    """A browser that notes every address it was at or was sent to, and every cookie."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def request(self, **asked):
        answer = super().request(**asked)
        self.seen += [asked["PATH_INFO"], str(asked.get("QUERY_STRING", ""))]
        self.seen += [answer.get("Location", ""), str(answer.cookies)]
        return answer


def walk(browser, form):
    """Signs, mends, confirms, asks for her page, corrects, reads, takes back, is erased."""
    signed = {
        "given_name": "Zuzie",
        "family_name": "Zilverveer",
        "email": "zuzie.kanarie@psot.example",
    }
    signed |= {"postal_code": "Q9Z 8X7", "comment": "waterlelie", "page": "/fr/"}
    thanks = browser.post(f"/fr/actions/{form.public_id}/", signed)["Location"]
    browser.get(thanks)
    browser.post(thanks, {"step": "correct", "email": EMAIL})
    matching.match_pending()
    act = Action.objects.latest("id")
    for path in (confirmation_path(act), withdrawal_path(act)):
        browser.get(path)
        browser.post(path)
    browser.post("/fr/me/", {"email": EMAIL})
    links.answer()
    for kind, compose in COMPOSERS.items():
        compose(list(Envelope.objects.filter(kind=kind)))
    page = links.path(links.LinkRequest.objects.latest("id"))
    details = {"given_name": "Zuzie", "family_name": "Kanarie", "language": "fr"}
    browser.post(f"{page}details/", details | {"postal_code": "Q9Z 8X7"})
    for path in ("", "data.json", "data.pdf", "erasure/"):
        assert browser.get(f"{page}{path}").status_code == 200
    return page


def works_at_the_desk(browser):
    """An organiser looks at what is there."""
    browser.force_login(make_organiser())
    suppressions.suppress(EMAIL, reason="by_hand", words="asked")
    for path in ("acts", "supporters", "mail", "suppressions", "incoming", "reviews"):
        assert browser.get(f"/admin/{path}/").status_code == 200


def left():
    """What stands in queued jobs and in the caches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        jobs = [row[0] for row in cursor.fetchall()]
    kept = [str(vars(cache).get("_cache", "")) for cache in caches.all()]
    return "\n".join([*jobs, *kept])


def found(text):
    return [word for word in CANARIES if re.search(word, text, re.IGNORECASE)]


def test_nothing_of_her_stands_in_logs_addresses_jobs_or_caches(shown, caplog):
    caplog.set_level(logging.INFO)
    browser = Walker()

    page = walk(browser, shown.petition)
    works_at_the_desk(browser)
    jobs_and_caches = left()
    browser.post(f"{page}erasure/")

    assert Action.objects.exists()
    assert found("\n".join(browser.seen)) == []
    assert found(caplog.text) == []
    assert found(jobs_and_caches) == []


def test_what_does_not_hold_to_it_is_found(shown, caplog):
    browser = Walker()
    caplog.set_level(logging.INFO)

    browser.get(f"/fr/me/?email={EMAIL}")
    logging.getLogger("plaidoyer").warning("no such mailbox: %s", EMAIL)

    assert "kanarie" in found("\n".join(browser.seen))
    assert "kanarie" in found(caplog.text)
