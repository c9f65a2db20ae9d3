"""Programs and databases are killed again and again while people act; nothing thanked for is lost.

Every act has an address of its own, and every thank-you is kept in a ledger outside the product.
The ledger is compared with the rows at the end. The control shows that it would notice.
"""

import asyncio
import itertools
import threading
import time
import urllib.parse
from collections import Counter

import pytest

from bench.load import Request, Result, open_load
from plaidoyer.testing import make_form, make_pages
from tests.servers import Cluster, installation, wait_until

pytestmark = pytest.mark.storm

# Acts a second: enough that some are under way at any moment, and the machine has time for others.
RATE = 60


def make_petition(product):
    """The address to which signatures of a new petition are sent."""
    with product.orm():
        form = make_form()
        make_pages(form)
    return f"/fr/actions/{form.public_id}/"


def signatures(port, path):
    """Signatures of people who come once."""
    for number in itertools.count():
        email = f"suzie-{number}@people.example"
        # The page says who it was: what is personal cannot be read from the rows.
        who = {"given_name": "Suzie", "family_name": f"No {number}", "email": email}
        body = urllib.parse.urlencode({**who, "page": f"/{email}"}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        yield Request(email, head.encode() + body)


class Crowd:
    """People who sign without pause, and the ledger of their thank-yous."""

    def __init__(self, product, path):
        self.result = Result()
        self.product, self.path = product, path

    def __enter__(self):
        self.thread = threading.Thread(target=self.sign)
        self.ends = threading.Event()
        self.thread.start()
        return self

    def sign(self):
        requests = signatures(self.product.port, self.path)
        while not self.ends.is_set():
            part = asyncio.run(open_load(self.product.port, requests, RATE, 0.5))
            self.result.acknowledged += part.acknowledged
            self.result.refused += part.refused
            if not part.acknowledged:
                time.sleep(0.1)

    def thanked(self, number):
        """Waits until so many more have been thanked."""
        wanted = len(self.result.acknowledged) + number
        wait_until(lambda: len(self.result.acknowledged) >= wanted, seconds=60, what="thanks")

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()

    def compare(self):
        """How many thanked acts have no row, and how many have two."""
        rows = Counter(row[0] for row in self.product.sql("SELECT page FROM actions_action"))
        lost = [email for email in self.result.acknowledged if f"/{email}" not in rows]
        return len(lost), sum(count - 1 for count in rows.values())


def test_the_web_is_killed_and_every_thank_you_holds(product):
    path = make_petition(product)
    product.serve_with(2)
    product.start_web()

    with Crowd(product, path) as crowd:
        for _ in range(3):
            crowd.thanked(50)
            product.web.kill()
            product.start_web()
        crowd.thanked(50)

    assert crowd.compare() == (0, 0)
    assert crowd.result.refused


@pytest.fixture(scope="module")
def cluster_to_kill(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.engine.leave()


@pytest.fixture
def fragile(cluster_to_kill, static_files, tmp_path, django_db_blocker):
    """An installation whose database can be killed."""
    unblock = django_db_blocker.unblock
    with installation(cluster_to_kill.url, tmp_path, static_files, unblock=unblock) as product:
        yield product
        cluster_to_kill.sql("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")


def storm_over_database(product, cluster, path, strike):
    """Strikes the database twice under a crowd, and lets it come back each time."""
    with Crowd(product, path) as crowd:
        for _ in range(2):
            crowd.thanked(60)
            strike()
            wait_until(cluster.engine.answers)
        crowd.thanked(60)
    return crowd


def kill_and_restart(cluster):
    cluster.kill()
    cluster.engine.start()


def test_the_database_is_killed_and_every_thank_you_holds(fragile, cluster_to_kill):
    path = make_petition(fragile)
    fragile.start_web()

    crowd = storm_over_database(
        fragile, cluster_to_kill, path, lambda: kill_and_restart(cluster_to_kill)
    )

    assert crowd.compare() == (0, 0)


def test_a_database_that_does_not_wait_for_its_disk_loses_acts_and_the_ledger_shows_it(
    fragile, cluster_to_kill
):
    path = make_petition(fragile)
    fragile.start_web()
    # The program refuses to start so; here an operator does it behind its back.
    cluster_to_kill.sql(
        "ALTER SYSTEM SET synchronous_commit = off",
        "ALTER SYSTEM SET wal_writer_delay = '10s'",
        "SELECT pg_reload_conf()",
    )

    crowd = storm_over_database(
        fragile, cluster_to_kill, path, lambda: kill_and_restart(cluster_to_kill)
    )

    lost, _doubled = crowd.compare()
    assert lost > 0


def test_the_database_is_restarted_and_people_are_told_to_try_again(fragile, cluster_to_kill):
    path = make_petition(fragile)
    fragile.start_web()

    crowd = storm_over_database(
        fragile,
        cluster_to_kill,
        path,
        lambda: cluster_to_kill.restart("fast"),
    )

    assert crowd.compare() == (0, 0)
    assert set(crowd.result.refused) <= {"503"}


def test_the_worker_goes_on_once_the_database_is_back(fragile, cluster_to_kill):
    path = make_petition(fragile)
    fragile.start()

    cluster_to_kill.restart("immediate")
    with Crowd(fragile, path) as crowd:
        crowd.thanked(1)

    email = next(iter(crowd.result.acknowledged))
    assert fragile.catcher.wait_for(email)
    assert fragile.worker.runs
