"""Programs and databases are killed again and again while people act; nothing thanked for is lost.

Every act has an address of its own, and every thank-you is kept in a ledger outside the product.
The ledger is compared with the rows at the end. The control shows that it would notice.
"""

import pytest

from bench import stage
from bench.crowd import Crowd
from tests.databases import Cluster
from tests.servers import installation
from tests.waiting import wait_until

pytestmark = pytest.mark.storm


def make_petition(product):
    """The public number of a new petition."""
    with product.orm():
        return stage.petition()


def test_the_web_is_killed_and_every_thank_you_holds(product):
    petition = make_petition(product)
    product.serve_with(2)
    product.start_web()

    with Crowd(product, petition) as crowd:
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


def storm_over_database(product, cluster, petition, strike):
    """Strikes the database twice under a crowd, and lets it come back each time."""
    with Crowd(product, petition) as crowd:
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
    petition = make_petition(fragile)
    fragile.start_web()

    crowd = storm_over_database(
        fragile, cluster_to_kill, petition, lambda: kill_and_restart(cluster_to_kill)
    )

    assert crowd.compare() == (0, 0)


def test_a_database_that_does_not_wait_for_its_disk_loses_acts_and_the_ledger_shows_it(
    fragile, cluster_to_kill
):
    petition = make_petition(fragile)
    fragile.start_web()
    cluster_to_kill.answer_early()

    crowd = storm_over_database(
        fragile, cluster_to_kill, petition, lambda: kill_and_restart(cluster_to_kill)
    )

    lost, _doubled = crowd.compare()
    assert lost > 0


def test_the_database_is_restarted_and_people_are_told_to_try_again(fragile, cluster_to_kill):
    petition = make_petition(fragile)
    fragile.start_web()

    crowd = storm_over_database(
        fragile,
        cluster_to_kill,
        petition,
        lambda: cluster_to_kill.restart("fast"),
    )

    assert crowd.compare() == (0, 0)
    assert set(crowd.result.refused) <= {"503"}


def test_the_worker_goes_on_once_the_database_is_back(fragile, cluster_to_kill):
    petition = make_petition(fragile)
    fragile.start()

    cluster_to_kill.restart("immediate")
    with Crowd(fragile, petition) as crowd:
        crowd.thanked(1)

    name = crowd.result.acknowledged[0].strip("/")
    assert fragile.catcher.wait_for(f"{name}@people.example")
    assert fragile.worker.runs
