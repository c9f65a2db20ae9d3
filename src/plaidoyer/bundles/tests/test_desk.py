import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from plaidoyer.bundles import reading, tables
from plaidoyer.bundles.models import BundleImport
from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib.tables import guess
from plaidoyer.outcomes.standings import standings
from plaidoyer.testing import make_organiser

TABLE = """Campagne;Début;Demande;Cible;État;Décision;Source
Sauver le pré;10/01/2019;Protéger le pré;Ministère des Eaux;obtenu;03/03/2020;https://gazette.example/1
Sauver le pré;10/01/2019;Payer le garde;Ministère des Eaux;;;
Ouvrir la digue;01/05/2021;Ouvrir la digue;Société des barrages;refusé;09/09/2021;https://gazette.example/2
"""


@pytest.fixture
def door(client, db):
    client.force_login(make_organiser("ed"))
    return client, reverse("bundles:index")


def test_a_table_is_mapped_seen_and_taken_in(door):
    client, url = door
    file = SimpleUploadedFile("campagnes.csv", TABLE.encode("cp1252"))

    columns = client.post(url, {"file": file}).content.decode()
    assert "Sauver le pré · Sauver le pré · Ouvrir la digue" in unescape(columns)
    chosen = {
        name: (re.search(rf'name="{name}".*?value="(\w*)" selected', columns, re.DOTALL) or "  ")[1]
        for name in [f"column_{n}" for n in range(7)]
    }
    assert list(chosen.values()) == [
        "name_fr", "opened_on", "demand_fr", "organization_fr", "standing", "happened_on",
        "evidence",
    ]  # fmt: skip
    handed = {"name": "campagnes.csv", "data": TABLE, **chosen}
    wrong = client.post(url, handed | {"order": "iso"}).content.decode()
    assert "line 2" in wrong
    assert not Campaign.objects.exists()
    seen = client.post(url, handed | {"order": "dmy"}).content.decode()
    assert "Add all of it" in seen
    assert not Campaign.objects.exists()
    client.post(url, handed | {"order": "dmy", "step": "take"})

    assert Campaign.objects.count() == 2
    assert sorted(standings(Campaign.objects.get(slug="sauver-le-pre")).values()) == [
        "asked",
        "met",
    ]
    run = BundleImport.objects.get()
    client.post(reverse("bundles:undo", args=[run.pk]))
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "data", [b"", b"x", b"{", b"[1]", b'{"a": "<script>"}', b"\x00\xff" * 9, b"a,b\n" * 3000]
)
def test_no_file_breaks_the_door(door, data):
    client, url = door

    answer = client.post(url, {"file": SimpleUploadedFile("x", data)})
    assert answer.status_code == 200
    for sent in ({}, {"data": data.decode("latin-1"), "order": "x", "step": "take"}):
        assert client.post(url, sent).status_code == 200
    assert not Campaign.objects.exists()


def test_a_table_in_two_languages_brings_both():
    table = tables.read(
        b"name_fr,name_en,opened,demand_fr,demand_en,office_fr,office_en,organization_fr,organization_en\n"
        b"Le bois,The wood,2020-01-01,Garder,Keep,Ministre,Minister,Minist\xc3\xa8re,Ministry\n"
    )

    tree = tables.bundle(table, guess(table[0], tables.MEANINGS))

    [campaign] = tree["campaigns"]
    assert campaign["name"] == {"fr": "Le bois", "en": "The wood"}
    [target] = campaign["targets"]
    assert target["office"] == {"fr": "Ministre", "en": "Minister"}
    assert target["organization"] == {"fr": "Ministère", "en": "Ministry"}


def test_a_formula_in_a_table_is_refused():
    table = tables.read(b"name,opened\n=cmd|x,2020-01-01\n")

    with pytest.raises(reading.BundleError) as refused:
        tables.bundle(table, ["name_en", "opened_on"])
    assert refused.value.path == "campaigns[0].name.en"


def test_who_may_not_import_is_kept_out(client, db):
    assert client.get(reverse("bundles:index")).status_code == 302
