"""What follows an act survives a killed worker; a web that thanks too early is found out."""

import sys
from pathlib import Path

import pytest

from bench.crowd import Crowd
from plaidoyer.actions import intake
from plaidoyer.testing import make_form
from tests.test_storm import make_petition
from tests.waiting import wait_until

pytestmark = pytest.mark.storm


def count(product, table):
    return product.sql(f"SELECT count(*) FROM {table}")[0][0]


def test_a_web_that_thanks_before_it_commits_is_found_out(product, monkeypatch):
    petition = make_petition(product)
    monkeypatch.setattr("tests.servers.PROGRAM", sys.executable)
    product.settings["PYTHONPATH"] = str(Path(__file__).parent.parent)
    product.web.arguments = [
        *("-m", "granian", "tests.hasty:application", "--interface", "asgi"),
        *("--host", "127.0.0.1", "--port", str(product.port)),
    ]
    product.start_web()

    with Crowd(product, petition) as crowd:
        crowd.thanked(100)
        product.web.kill()

    lost, _doubled = crowd.compare()
    assert lost > 0


def sign(product, form, numbers):
    """Acts of people who come once, taken in while nobody works behind them."""
    with product.orm():
        for number in numbers:
            intake.append(
                form,
                email=f"suzie-{number}@people.example",
                given_name="Suzie",
                family_name=f"No {number}",
                language="fr",
                page="/fr/",
            )


def test_the_worker_is_killed_and_every_act_is_matched_and_asked_once(product):
    with product.orm():
        form = make_form()

    for hundred in range(3):
        sign(product, form, range(hundred * 100, hundred * 100 + 100))
        product.start_worker()
        wait_until(lambda seen=hundred * 100: count(product, "actions_match") > seen)
        product.worker.kill()
    sign(product, form, range(300, 400))
    product.start_worker()
    wait_until(lambda: count(product, "actions_match") == 400, what="the last acts matched")

    assert count(product, "supporters_supporter") == 400
    assert count(product, "actions_confirmationrequest") == 400
    assert count(product, "mail_envelope") == 400
