"""A row's document is opened by its own key, in its own place, and by nothing once that is gone."""

import uuid

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldDoesNotExist, FieldError, ImproperlyConfigured
from django.db import connection

from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_form, make_reader
from plaidoyer.vault import marks, masters, roots, seals
from plaidoyer.vault.models import Key, Root

pytestmark = pytest.mark.django_db

TABLE = Supporter._meta.db_table


def raw(supporter):
    """The column as it lies in the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sealed FROM {TABLE} WHERE id = %s", [supporter.pk])
        return bytes(cursor.fetchone()[0])


def put(supporter, sealed):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET sealed = %s WHERE id = %s", [sealed, supporter.pk])


def read(supporter):
    return Supporter.objects.get(pk=supporter.pk)


def test_parts_are_read_like_columns_and_lie_in_the_table_sealed():
    suzie = make_reader("suzie", family_name="Roy")

    assert (read(suzie).email, read(suzie).family_name) == ("suzie@post.example", "Roy")
    assert b"suzie" not in raw(suzie).lower()
    assert Key.objects.filter(uid=suzie.uid).count() == 1


def test_a_changed_part_keeps_the_others_and_the_key():
    suzie = make_reader("suzie", family_name="Roy")
    key = Key.objects.get(uid=suzie.uid).wrapped

    there = read(suzie)
    there.given_name = "Zoé"
    there.save(update_fields=["sealed"])

    assert (read(suzie).given_name, read(suzie).family_name) == ("Zoé", "Roy")
    assert Key.objects.get(uid=suzie.uid).wrapped == key


def test_many_rows_are_sealed_in_as_many_statements_as_few(django_assert_num_queries):
    roots.ring()
    people = [Supporter(mark=f"m{n}", email=f"s{n}@x.example", language="en") for n in range(300)]

    with django_assert_num_queries(1):
        Supporter.objects.bulk_create(people)
    for one in people:
        one.given_name = "Suzie"
    with django_assert_num_queries(1):
        Supporter.objects.bulk_update(people, ["sealed"])
    with django_assert_num_queries(1):
        there = {(one.email, one.given_name) for one in Supporter.objects.all()}

    assert there == {(f"s{n}@x.example", "Suzie") for n in range(300)}


def test_a_document_moved_to_another_row_does_not_open():
    suzie, laura = make_reader("suzie"), make_reader("laura")

    put(laura, raw(suzie))

    with pytest.raises(InvalidTag):
        assert read(laura).email


def test_a_document_moved_with_its_key_does_not_open_either():
    suzie, laura = make_reader("suzie"), make_reader("laura")
    Key.objects.filter(uid=laura.uid).update(wrapped=Key.objects.get(uid=suzie.uid).wrapped)

    put(laura, raw(suzie))

    with pytest.raises(InvalidTag):
        assert read(laura).email


def test_nor_does_it_open_in_another_table():
    uid = uuid.uuid4()
    key, document = seals.lay(TABLE, uid, {"email": "x"})[1:63], None
    document = seals.lay(TABLE, uid, {"email": "x"})[63:]
    other = seals.Box("actions_action", uid.bytes + key + document)

    with pytest.raises(InvalidTag):
        assert other.parts


def test_without_its_key_a_document_says_nothing():
    suzie = make_reader("suzie")

    Key.objects.filter(uid=suzie.uid).delete()

    assert read(suzie).email == ""
    assert raw(suzie)


@pytest.mark.parametrize("how", ["emptied", "deleted", "emptied in bulk"])
def test_a_key_goes_with_its_document(how):
    suzie = Supporter.objects.create(mark="m", email="suzie@post.example", language="en")
    assert Key.objects.filter(uid=suzie.uid).exists()

    if how == "emptied":
        suzie.email = ""
        suzie.save()
    elif how == "deleted":
        suzie.delete()
    else:
        Supporter.objects.update(sealed=b"")

    assert not Key.objects.filter(uid=suzie.uid).exists()


def test_what_was_emptied_may_be_written_again():
    suzie = make_reader("suzie")
    for address in ("", "suzie@new.example"):
        suzie.email, suzie.given_name = address, ""
        suzie.save()

    assert read(suzie).email == "suzie@new.example"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Supporter.objects.filter(email="suzie@post.example"),
        lambda: Supporter.objects.order_by("family_name"),
        lambda: Supporter.objects.values("given_name"),
        lambda: Supporter.objects.update(postal_code=""),
    ],
)
def test_a_query_by_a_part_is_refused(ask):
    with pytest.raises((FieldError, FieldDoesNotExist)):
        list(ask())


def test_marks_find_every_spelling_and_tell_purposes_apart():
    assert marks.address("Suzie+x@Post.example") == marks.address("suzie@post.example")
    assert marks.address("suzie@post.example") != marks.address("laura@post.example")
    assert marks.mark("person", "suzie") != marks.mark("domain", "suzie")
    assert marks.address("") == ""


def test_another_master_key_says_so_at_once(settings):
    settings.MASTER_KEY = masters.new()

    with pytest.raises(masters.WrongMasterError, match="another master key"):
        roots.read()


def test_a_root_put_in_anothers_place_does_not_open():
    seal = Root.objects.get(purpose="seal")
    Root.objects.filter(purpose="mark").update(wrapped=seal.wrapped)

    with pytest.raises(masters.WrongMasterError):
        roots.read()


@pytest.mark.parametrize("written", ["short", "ééé", "bm90IHRoaXJ0eS10d28=", ","])
def test_what_is_no_key_is_refused(settings, written):
    settings.MASTER_KEY = written

    with pytest.raises(ImproperlyConfigured, match="MASTER_KEY"):
        masters.held()


def test_the_file_is_made_once_for_its_owner_alone(settings, tmp_path):
    settings.MASTER_KEY, settings.MASTER_KEY_FILE = "", tmp_path / "master_key"

    first = masters.held()

    assert masters.held() == first
    assert settings.MASTER_KEY_FILE.stat().st_mode & 0o777 == 0o400


def test_an_act_carries_its_words_sealed_and_its_facts_in_the_open():
    from plaidoyer.actions import intake
    from plaidoyer.actions.models import Action

    who = {"email": "suzie@post.example", "given_name": "Suzie", "family_name": "Roy"}
    said = {"targets": [7], "posts": [], "body": "Keep the meadow."}
    act = intake.append(make_form(kind="letter"), language="en", page="/", content=said, **who)

    there = Action.objects.get(pk=act.pk)
    assert there.content == said
    assert there.facts == {"targets": [7], "posts": []}
    assert there.mark == marks.address("suzie@post.example")
