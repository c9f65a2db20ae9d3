"""Fields that no form has, sent all the same: they set nothing (mass assignment)."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, User
from django.db import models
from django.test import Client

from plaidoyer.actions.models import Action, Confirmation, Match
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_campaign, make_form

pytestmark = pytest.mark.django_db

PERSON = {
    "given_name": "Suzie",
    "family_name": "Roy",
    "email": "suzie@post.example",
    "page": "/en/",
    "via": "",
    "proof": "",
}
NOT_COMPARED = {"id", "uid", "submitted_at", "sealed", "corrects"}
PARTS = ("email", "given_name", "family_name", "postal_code", "words")
WISHES = {
    "state": "valid",
    "is_confirmed": "on",
    "confirmed": "1",
    "confirmed_at": "2020-01-01",
    "is_staff": "on",
    "is_superuser": "1",
    "tenant": "1",
    "user": "1",
    "weight": "1000",
    "facts": '{"weight": 9}',
    "words": "{}",
    "content": "{}",
    "organisation": "1",
}


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def kept(act: Action) -> dict:
    """All that stands in the row, sealed or not, but what each row has of its own."""
    names = {*columns(Action), *PARTS} - NOT_COMPARED
    return {name: getattr(act, name) for name in names}


def test_an_act_with_fields_that_no_form_has_is_the_act_without_them():
    form, other = make_form(), make_form(make_campaign(slug="other"))
    earlier = Client().post(f"/en/actions/{form.public_id}/", PERSON)
    assert earlier.status_code == 303
    plain = Action.objects.get()
    wished = dict.fromkeys({*columns(Action), *columns(Match), *columns(Supporter)}, str(plain.pk))
    wished |= {"form": str(other.pk), "form_id": str(other.pk), "submitted_at": "2020-01-01"}
    wished |= {"corrects_id": str(plain.pk), "facts.weight": "9", "facts[weight]": "9"}

    sent = urlencode(wished | WISHES | PERSON)
    answer = Client().post(
        f"/en/actions/{form.public_id}/", sent, "application/x-www-form-urlencoded"
    )

    assert answer.status_code == 303
    act = Action.objects.exclude(pk=plain.pk).get()
    assert kept(act) == kept(plain)
    assert act.corrects_id is None
    assert act.uid != plain.uid
    assert act.submitted_at >= plain.submitted_at
    assert not Confirmation.objects.exists()
    # The control: a field that the form has does change the row.
    Client().post(f"/en/actions/{form.public_id}/", PERSON | {"family_name": "Tremblay"})
    assert kept(Action.objects.latest("pk")) == kept(plain) | {"family_name": "Tremblay"}


@pytest.mark.parametrize("address", ["/en/staff/password/", "/en/staff/sessions/", "/en/me/"])
def test_no_form_of_an_account_gives_a_right(address):
    user = User.objects.create_user("mallory", password="a river runs")
    administrators = Group.objects.order_by("pk").first()
    client = Client()
    client.force_login(user)
    wished = {name: "1" for name in columns(User) if name != "password"} | WISHES
    wished |= {"groups": str(administrators.pk if administrators else 1), "user_permissions": "1"}

    client.post(address, wished)

    user.refresh_from_db()
    assert (user.is_superuser, user.is_staff) == (False, False)
    assert not user.groups.exists()
    assert not user.user_permissions.exists()
