"""A page of Québec's register of votes: nobody is lost, or nothing is imported."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.civics import imports
from plaidoyer.civics.models import Identifier
from plaidoyer.civics.sources import SourceError, get
from plaidoyer.parliament.models import Vote, VoteEvent

ON = datetime.date(2026, 11, 24)


def depute(number, name, riding=""):
    place = f'<span class="circonscription">({riding})</span>' if riding else ""
    return f'<div id="{number}" class="depute"><span class="nom">{name}</span>{place}</div>\n'


def page(pour=2, contre=1, abstentions=0, result="Adopté", more=""):
    return (
        '<html><head><link rel="canonical" href="https://www.assnat.qc.ca/fr/travaux-parlementaires/'
        'registre-des-votes/43-3-63/index.html"></head><body>\n'
        "<h1>Motion sur l’eau vive</h1><p>Séance du 1er mai 2026</p>\n"
        f"<p>Résultat : {result}</p>\n"
        f"<h3>Pour : {pour}</h3><div class='col'>\n"
        + depute(11, "Roy, Ada", "Mont-Réal")
        + "</div><div class='col'>\n"
        + depute(12, "Roy, Ada", "Laval")
        + f"</div><h3>Contre : {contre}</h3>\n"
        + depute(13, "Quill, Noé")
        + f"<h3>Abstentions : {abstentions}</h3>\n{more}</body></html>"
    ).encode()


def read(content):
    return get("assnat-votes").read(content, ON)


@pytest.mark.django_db
def test_a_page_with_columns_and_namesakes_is_read_whole():
    content = page()
    imports.carry_out(read(content), source="assnat-votes", address="x", content=content, on=ON)

    event = VoteEvent.objects.select_related("session", "motion").get()
    assert (event.session.identifier, event.identifier) == ("43-3", "63")
    assert (event.result, event.yes_count, event.no_count) == ("pass", 2, 1)
    assert event.held_on == datetime.date(2026, 5, 1)
    assert event.motion.title == {"fr": "Motion sur l’eau vive"}
    assert Vote.objects.count() == 3
    assert set(Identifier.objects.values_list("identifier", flat=True)) == {"11", "12", "13"}


@pytest.mark.parametrize(
    "content",
    [
        page(pour=3),
        page(contre=0),
        page(abstentions=1),
        page(more=depute(14, "Late, Ann")),
        page(result="On verra"),
        b"<html>Nothing here</html>",
        b"",
        b"\xff\xfe\xff",
    ],
)
def test_what_does_not_add_up_is_refused_whole(content):
    with pytest.raises(SourceError):
        read(content)


@given(st.binary(max_size=400))
def test_whatever_is_given_is_read_or_refused(content):
    with pytest.raises(SourceError):
        read(content)
