"""Postal tables of any country: what is read, what is left out, what is refused."""

import datetime

import pytest

from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import Area, PostalPrefix
from plaidoyer.civics.sources import SourceError
from plaidoyer.lib.words import Words

pytestmark = pytest.mark.django_db
ON = datetime.date(2026, 7, 1)


def take(source, content, **options):
    """Imports a table; what it said."""
    said = content.encode()
    reading = sources.get(source).read(said, ON, **options)
    imports.carry_out(reading, source=source, address="list", content=said, on=ON)
    return reading


def test_any_country_s_table_is_a_plain_csv():
    Area.objects.create(identifier="ocd-division/country:ar/delta", name=Words(en="Delta"))

    take(
        "postal-codes",
        "prefix;area;share\nar1;ocd-division/country:ar/delta;0,5\n".replace("0,5", "0.5"),
        country="ar",
        table="ar-assembly",
    )

    row = Area.objects.get().prefixes.get()
    assert (row.country, row.table, row.prefix, str(row.share)) == (
        "AR",
        "ar-assembly",
        "AR1",
        "0.5000",
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("prefix,area\n", "no postal code"),
        ("code,area\nX1,y\n", "prefix"),
        ("prefix,areas\nX1,y\n", "area"),
        ("prefix,area,share\nX1,y,2\n", "no share"),
        ("prefix,area,share\nX1,y,half\n", "no share"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content, why):
    with pytest.raises(SourceError, match=why):
        sources.get("postal-codes").read(content.encode(), ON, country="AR")


def test_a_country_must_be_said():
    with pytest.raises(SourceError, match="country"):
        sources.get("postal-codes").read(b"prefix,area\nX1,y\n", ON)


def test_a_line_that_is_no_code_is_left_out_and_told():
    identifier = "ocd-division/country:ca/ed:1-2023"
    Area.objects.create(identifier=identifier, name=Words(en="Pond"))

    reading = take("ca-postal-codes", "prefix,fed_code\nK1A,1\nD1A,1\n=1+1,1\n")

    assert [line for line, _why in reading.warnings] == [3, 4]


@pytest.mark.parametrize("area", ["x", "WA", "WA-x", "-", "XX-9"])
def test_a_district_that_is_none_is_refused_with_its_line(area):
    with pytest.raises(SourceError) as refused:
        sources.get("us-zip").read(f"zip,districts\n98101,{area}\n".encode(), ON)

    assert refused.value.line == 2


def test_the_shares_of_two_maps_are_two_tables():
    for order in (2013, 2023):
        area = f"ocd-division/country:ca/ed:1-{order}"
        Area.objects.create(identifier=area, name=Words(en="Pond"))
        take("ca-fsa", f"fsa,ocd_id,share\nK1A,{area},1\n")

    assert sorted(PostalPrefix.objects.values_list("table", flat=True)) == [
        "ca-federal-2013/shares",
        "ca-federal-2023/shares",
    ]
