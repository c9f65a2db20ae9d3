"""The organisation's own words, and who works for it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Site

from plaidoyer.lib.words import Words
from plaidoyer.organisation.models import Organisation
from plaidoyer.testing import make_organiser, typed

pytestmark = pytest.mark.django_db


def facts(**changes):
    fields = {"name": Words(en="Rivers"), "accent": "#0b6e6e", **changes}
    return Organisation(site=Site.objects.get(), **fields)


def test_without_a_site_or_a_row_there_is_still_a_name():
    assert str(Organisation.current()) == "Plaidoyer"
    Site.objects.all().delete()
    assert str(Organisation.current()) == "Plaidoyer"


def test_reading_it_takes_one_query_and_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        Organisation.current()
    assert not Organisation.objects.exists()
    facts().save()
    with django_assert_num_queries(1):
        assert str(Organisation.current()) == "Rivers"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"accent": "#ffffff"}, "accent"),
        ({"accent": "#12345"}, "accent"),
        ({"accent": "red"}, "accent"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"giving_url": Words(fr="javascript:alert(1)")}, "giving_url"),
        ({"name": Words()}, "name"),
    ],
)
def test_what_cannot_be_read_or_followed_is_refused(change, field):
    with pytest.raises(ValidationError) as told:
        facts(**change).full_clean()
    assert field in told.value.message_dict


def test_an_administrator_sets_it_in_the_back_office(client):
    client.force_login(make_organiser("ada", hats=("Administrator",)))
    address = reverse(
        "wagtailsettings:edit", args=["organisation", "organisation", Site.objects.get().pk]
    )
    assert client.get(address).status_code == 200
    sent = typed(
        name=Words(fr="Coalition des rivières", en="Rivers Coalition"),
        purpose=Words(),
        accent="#0b6e6e",
        contact_email="",
        postal_address="",
        giving_url=Words(fr="https://riviere.example/don"),
    )
    assert client.post(address, {**sent, "accent": "#eeeeee"}).status_code == 200
    assert client.post(address, sent).status_code == 302
    assert Organisation.current().name["fr"] == "Coalition des rivières"
