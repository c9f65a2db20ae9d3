import time

import pytest
from django.db import connection

from plaidoyer.lib import uids


def test_ids_of_one_hour_begin_alike_and_are_otherwise_drawn_by_lot():
    many = [uids.new() for _one in range(1000)]

    assert len({one.int & (1 << 96) - 1 for one in many}) == 1000
    hours = {one.int >> 96 for one in many}
    assert max(hours) - min(hours) <= 1
    assert max(hours) == int(time.time()) // 3600


def test_it_is_a_uuid_of_version_8():
    one = uids.new()

    assert (one.version, one.variant) == (8, "specified in RFC 4122")


def test_every_bit_that_is_drawn_is_drawn():
    seen = both = 0
    for one in (uids.new().int for _one in range(200)):
        seen |= one
        both |= ~one
    drawn = seen & both & (1 << 96) - 1

    assert bin(drawn).count("1") == 90


@pytest.mark.django_db
def test_the_database_makes_the_same_kind():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {uids.SQL} FROM generate_series(1, 100)")
        many = [row[0] for row in cursor.fetchall()]

    assert len({one.int & (1 << 96) - 1 for one in many}) == 100
    assert {(one.version, one.variant) for one in many} == {(8, "specified in RFC 4122")}
    assert max(one.int >> 96 for one in many) - int(time.time()) // 3600 in {-1, 0}
