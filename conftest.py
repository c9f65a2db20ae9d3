import os
import socket
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from psycopg.conninfo import make_conninfo
from wagtail.signal_handlers import disable_reference_index_auto_update

pytest_plugins = ["tests.servers"]

BEGINNING = pytest.StashKey()
# How long a test takes says more of the machine than of the rule it is about.
hypothesis.settings.register_profile("plaidoyer", deadline=None, max_examples=60)
hypothesis.settings.load_profile("plaidoyer")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What has a product of its own comes first: such a file is long, and the last one alone would
    keep one core waiting for another. One of those that hear the story is the very first, so that
    it is told while the others have work without it."""
    ranks = {item: rank(item) for item in items}
    first = next((item.path for item in items if ranks[item] == 2), None)
    items.sort(key=lambda item: 0 if item.path == first else ranks[item])


def rank(item):
    """Where a test stands in the line of those that need a product, the story, or neither."""
    needed = set(item.fixturenames)
    return 2 if "story" in needed else 1 if "product" in needed else 3


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages name their static files without the manifest that collectstatic writes."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # Else each client of a test would look through all of them first.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def pages_kept_simply(settings):
    """Of each page saved no index is made: Wagtail's own screens read them, no test does."""
    plain = {"BACKEND": "modelsearch.backends.database", "AUTO_UPDATE": False}
    settings.WAGTAILSEARCH_BACKENDS = {"default": plain}
    with disable_reference_index_auto_update():
        yield


@pytest.fixture(autouse=True)
def first_language():
    """No test hears the language that another one spoke."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, cluster):
    """The tests' database is a copy: to migrate a new one takes half a minute."""
    from tests.databases import make_template

    connection.settings_dict["TEST"]["TEMPLATE"] = make_template(cluster)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    """The tests' database, and what is in it at the beginning."""
    from tests.databases import Beginning

    with django_db_blocker.unblock():
        parameters = connection.get_connection_params()
        given = {
            name: parameters[name] for name in ("dbname", "user", "host") if parameters.get(name)
        }
        request.session.stash[BEGINNING] = Beginning(make_conninfo(**given))
        connection.close()


@pytest.fixture(autouse=True, scope="session")
def nothing_is_flushed_twice():
    """A test that commits leaves its database as it is, unless it named the apps it fills."""
    flush = TransactionTestCase._fixture_teardown

    def flush_named_apps(self):
        if self.available_apps is not None:
            flush(self)

    TransactionTestCase._fixture_teardown = flush_named_apps
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """After a test that commits, the database is again as it began."""
    yield
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    commits = commits or "live_server" in getattr(item, "fixturenames", ())
    cleared = marker is not None and "available_apps" in marker.kwargs
    if commits and not cleared and nextitem is not None:
        from django.contrib.contenttypes.models import ContentType

        connection.close()
        item.session.stash[BEGINNING].restore()
        ContentType.objects.clear_cache()


@pytest.fixture(autouse=True, scope="session")
def second_factor_shown():
    """Whoever a test lets in went through the whole door; the door has tests of its own."""
    from plaidoyer.testing import by_the_whole_door

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", by_the_whole_door(Client.force_login))
        yield


@pytest.fixture(autouse=True, scope="session")
def loopback_only():
    """No test reaches for another machine."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"A test reached for {address[0]}")
        return connect(self, address)

    socket.socket.connect = connect_here
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files of parliaments, which are test input and no part of the project."""
    folder = Path(os.environ.get("REAL_DATA") or Path(__file__).parent.parent / "shared" / "data")
    if not (folder / "SOURCES.md").exists():
        pytest.skip(f"no real files of parliaments at {folder}: set REAL_DATA to try them")
    return folder
