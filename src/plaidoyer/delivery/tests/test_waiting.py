"""Letters that wait: for whoever is elected, for a table, for their writer's word."""

import datetime

import pytest
from django.utils import timezone

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.kinds.letter import waiting
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    Lookup,
    Membership,
    Organization,
    Person,
    Post,
    PostalPrefix,
)
from plaidoyer.delivery import letters, placements
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_form

pytestmark = pytest.mark.django_db


def lauras_letter(form, *, posts, postal_code="", confirmed=True, name="laura"):
    """A letter that Laura wrote to these seats, or to whoever represents her."""
    content = {"subject": "The meadow", "body": "It floods.", "posts": posts}
    action = intake.append(
        form,
        email=f"{name}@home.example",
        given_name="Laura",
        family_name="Brook",
        language="en",
        page="/",
        postal_code=postal_code,
        content={**content, "targets": list(form.campaign.targets.values_list("pk", flat=True))},
    )
    if confirmed:
        assert confirmations.confirm(action)
    return action


def assembly_form(**options):
    """A form to the members of a legislature, with two seats: North, and South which is vacant."""
    body = Organization.objects.create(name=Words(en="Assembly"), classification="legislature")
    form = make_form(kind="letter", options=options)
    form.campaign.targets.all().delete()
    Target.objects.create(campaign=form.campaign, organization=body)
    seats = {}
    for name, prefix in {"North": "X1", "South": "X3"}.items():
        area = Area.objects.create(identifier=name, name=Words(en=name))
        PostalPrefix.objects.create(country="XA", prefix=prefix, area=area)
        seats[name] = Post.objects.create(organization=body, area=area, label=Words(en=name))
        ContactDetail.objects.create(
            post=seats[name], value=f"{name.lower()}@a.example", source="https://a.example/"
        )
    seat_somebody(seats["North"])
    return form, seats


def seat_somebody(post):
    person = Person.objects.create(given_name="Bo", family_name=str(post), preferred_language="en")
    Membership.objects.create(person=person, post=post)


def test_a_letter_to_a_vacant_seat_waits_for_whoever_is_elected():
    form, seats = assembly_form()
    [letter] = letters.write([lauras_letter(form, posts=[seats["South"].pk])])
    assert (letter.envelope, letter.recipient) == (None, "South")
    assert letters.release() == 0

    seat_somebody(seats["South"])

    assert letters.release() == 1
    letter.refresh_from_db()
    assert letter.envelope.to_address == "south@a.example"
    assert letter.body.startswith("Dear Bo South,")


def test_a_letter_to_nobody_knows_whom_waits_for_a_table():
    form, seats = assembly_form()
    action = lauras_letter(form, posts=[], postal_code="X9")
    [letter] = letters.write([action])
    assert letter.envelope is None
    assert letters.release() == letters.mend() == placements.place_known() == 0

    PostalPrefix.objects.create(country="XA", prefix="X9", area=seats["North"].area)

    assert placements.place_known() == 1
    assert placements.place_known() == 0
    letter.refresh_from_db()
    assert (letter.post, letter.envelope.to_address) == (seats["North"], "north@a.example")
    assert letter.body.startswith("Dear Bo North,")
    assert letters.write([action]) == []


def test_a_letter_goes_to_whom_its_writer_says_afterwards():
    form, seats = assembly_form()
    action = lauras_letter(form, posts=[], postal_code="X9")
    [letter] = letters.write([action])

    waiting.say(action, seats["North"])

    assert letters.write([action]) == []
    assert placements.place_known() == 1
    letter.refresh_from_db()
    assert (letter.post, letter.envelope.to_address) == (seats["North"], "north@a.example")


def test_what_a_writer_said_before_confirming_is_no_waiting_at_all():
    form, seats = assembly_form()
    action = lauras_letter(form, posts=[], postal_code="X9", confirmed=False)
    waiting.say(action, seats["North"])
    confirmations.confirm(action)

    [letter] = letters.write([action])

    assert (letter.post, letter.envelope.to_address) == (seats["North"], "north@a.example")


def test_a_provider_is_asked_where_it_is_enabled_once_the_letter_waits(settings):
    settings.POSTAL_LOOKUPS = "represent"
    form, _seats = assembly_form()
    action = lauras_letter(form, posts=[], postal_code="k1a 0a6")
    assert not Lookup.objects.exists()

    letters.write([action])

    assert Lookup.objects.get().code == "K1A0A6"


def test_a_letter_is_placed_once_the_provider_has_answered(settings):
    settings.POSTAL_LOOKUPS = "represent"
    form, seats = assembly_form()
    [letter] = letters.write([lauras_letter(form, posts=[], postal_code="K1A 0A6")])
    Lookup.objects.update(
        divisions=[seats["North"].area.identifier],
        expires_at=timezone.now() + datetime.timedelta(days=30),
    )

    assert placements.place_known() == 1

    letter.refresh_from_db()
    assert letter.post == seats["North"]


def test_many_letters_that_wait_do_not_keep_a_later_one_waiting(monkeypatch):
    form, seats = assembly_form()
    acts = [
        lauras_letter(form, posts=[], postal_code=code, name=f"n{code}")
        for code in ("Y1", "Y2", "Y3", "X9")
    ]
    letters.write(acts)
    PostalPrefix.objects.create(country="XA", prefix="X9", area=seats["North"].area)

    assert placements.place_known(limit=1) == 1


def test_a_rule_that_lets_nobody_write_holds_for_those_found_later():
    rule = {"when": "language:en", "then": "exclude", "body": {"en": "They answered."}}
    form, _seats = assembly_form(rules=[rule])
    [letter] = letters.write([lauras_letter(form, posts=[], postal_code="X1")])

    assert placements.place_known() == 0

    letter.refresh_from_db()
    assert (letter.post, letter.envelope) == (None, None)
