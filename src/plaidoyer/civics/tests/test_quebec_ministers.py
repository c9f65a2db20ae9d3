"""Québec's ministers are members of its Assembly, found by their names."""

import datetime

import pytest

from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import Membership, Person

pytestmark = pytest.mark.django_db
ON = datetime.date(2026, 7, 1)


def take(source, content):
    """Imports a list."""
    said = content.encode()
    reading = sources.get(source).read(said, ON)
    imports.carry_out(reading, source=source, address="list", content=said, on=ON)


@pytest.mark.parametrize(("name", "found"), [("Ada Vale", []), ("Ada Vale (Étang)", ["1"])])
def test_quebec_s_ministers_are_the_members_of_their_name_and_riding(name, found):
    area = "ocd-division/country:ca/province:qc/ed:{}-2017"
    seats = (("1", "Ada Vale", "Étang"), ("2", "Ada Vale", "Marais"), ("3", "Bo Moss", "Delta"))
    members = [f"{number},{who},{where},{area.format(number)}" for number, who, where in seats]
    take("assnat", "\n".join(["assnat_id,name,riding,ocd_id", *members]))
    ministers = [f"{name},Ministre des Étangs,Minister of Ponds", "Bo Moss,Ministre,Minister"]

    take("quebec-ministers", "\n".join(["name,role_fr,role_en", *ministers]))

    terms = Membership.objects.filter(post__organization__identifier="ca-qc-government")
    numbers = terms.values_list("person__identifiers__identifier", flat=True)
    assert sorted(numbers) == [*found, "3"]
    assert Person.objects.count() == 3
