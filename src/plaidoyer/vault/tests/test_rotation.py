"""Keys are renewed while everything is read and written; what was interrupted goes on."""

import uuid

import pytest

from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_reader, supporter
from plaidoyer.vault import masters, roots, rotation, seals
from plaidoyer.vault.models import Key, Root

pytestmark = pytest.mark.django_db

NAMES = [f"suzie{n}" for n in range(12)]


@pytest.fixture(autouse=True)
def nothing_remembered():
    """No other test knows the roots of this one."""
    roots.known = None
    yield
    roots.known = None


@pytest.fixture
def readers(monkeypatch):
    """A few people in several batches."""
    monkeypatch.setattr(rotation, "NEW", rotation.NEW.replace("2000", "5"))
    for name in NAMES:
        make_reader(name)


def all_open():
    return {one.email for one in Supporter.objects.all()} == {f"{n}@post.example" for n in NAMES}


def at_once(_seconds):
    return None


def test_every_key_comes_under_a_new_root_and_the_old_one_goes(readers):
    told = []
    before = Key.objects.count()

    assert rotation.renew_root() == 2
    changed = rotation.rewrap(told.append)

    assert changed == before == told[-1]
    assert told == sorted(told)
    assert rotation.finish(at_once) == [1]
    assert rotation.standing() == {2: before}
    assert all_open()


def test_an_interrupted_rotation_goes_on(readers):
    rotation.renew_root()

    def interrupt(_seen):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rewrap(interrupt)
    assert set(rotation.standing()) == {1, 2}
    assert all_open()

    assert rotation.renew_root() == 2
    rotation.rewrap()
    assert rotation.finish(at_once) == [1]
    assert all_open()


def test_what_is_written_meanwhile_by_a_process_that_does_not_know_is_found_at_the_end(readers):
    old = roots.ring()
    rotation.renew_root()
    rotation.rewrap()
    roots.known = old
    make_reader("late")
    roots.known = None

    def look_once_more(_seconds):
        assert rotation.standing()[1] > 0

    assert rotation.finish(look_once_more) == [1]
    assert supporter("late@post.example").given_name == "Late"


def test_the_master_key_is_renewed_in_its_file_and_nothing_else_changes(
    readers, settings, tmp_path
):
    path = tmp_path / "master_key"
    masters.write(path, [settings.MASTER_KEY])
    settings.MASTER_KEY, settings.MASTER_KEY_FILE = "", path
    keys = set(Key.objects.values_list("pk", "wrapped"))

    said = rotation.renew_master()

    roots.known = None
    assert all_open()
    assert [masters.fingerprint(key) for key in masters.held()] == [said]
    assert path.stat().st_mode & 0o777 == 0o400
    assert set(Key.objects.values_list("pk", "wrapped")) == keys


def test_a_master_key_of_the_environment_is_written_before_the_old_one_first(readers, settings):
    old = settings.MASTER_KEY
    with pytest.raises(rotation.NotPossibleError, match="before the old one"):
        rotation.renew_master()

    settings.MASTER_KEY = f"{masters.new()},{old}"
    rotation.renew_master()
    settings.MASTER_KEY = settings.MASTER_KEY.partition(",")[0]

    roots.known = None
    assert all_open()
    settings.MASTER_KEY, roots.known = old, None
    with pytest.raises(masters.WrongMasterError):
        roots.ring()


def test_keys_that_open_nothing_are_swept_away_and_no_other(readers):
    rotation.sweep()  # what a test that emptied whole tables left
    before = Key.objects.count()
    uid = uuid.uuid4()
    Key.objects.create(uid=uid, wrapped=seals.wrap(uid, b"\0" * 32))

    assert rotation.sweep() == 1
    assert Key.objects.count() == before
    assert all_open()
    assert Root.objects.count() == 2
