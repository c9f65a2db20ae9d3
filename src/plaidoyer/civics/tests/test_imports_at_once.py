"""Two imports at the same moment: one waits, and finds what the other wrote."""

import threading

import pytest
from django.db import connection, transaction

from plaidoyer.civics import imports
from plaidoyer.civics.models import Area, ImportRun
from plaidoyer.civics.records import AreaRecord
from plaidoyer.civics.sources import Reading


@pytest.mark.django_db(transaction=True, available_apps=["plaidoyer.civics"])
def test_two_imports_at_once_wait_for_one_another():
    reading = Reading(records=[AreaRecord(identifier="ocd/a", name={"en": "A"})])
    faults = []

    def carry_out():
        try:
            imports.carry_out(reading, source="test", address="f", content=b"f")
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    other = threading.Thread(target=carry_out)
    with transaction.atomic():
        imports.carry_out(reading, source="test", address="f", content=b"f")
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(30)

    assert faults == []
    assert Area.objects.count() == 1
    runs = ImportRun.objects.order_by("id").values_list("counts", flat=True)
    assert list(runs) == [{"civics.area": {"added": 1}}, {}]
