"""What makes a password of the staff: long, not common, not one's own name; any signs, as typed."""

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

LOGIN = "/en/staff/login/"


@pytest.fixture
def ed():
    return User(username="ed.rivers", email="ed.rivers@river.example", first_name="Edmond")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("wide rive", "too short"),
        ("password12", "too common"),
        ("1234567890", "too common"),
        ("ed.rivers1", "too similar"),
        ("ed.rivers@river.example", "too similar"),
    ],
)
def test_what_is_short_common_or_ones_own_name_is_no_password(ed, password, why):
    with pytest.raises(ValidationError, match=why):
        validate_password(password, ed)


@pytest.mark.parametrize(
    "password",
    [
        "a river runs through it",
        "широкая река",
        "🌊🌊🌊🌊🌊🌊🌊🌊🌊🌊",
        "r" * 40 + "iver" * 20,
        "aaaaabbbbbc",
    ],
)
def test_any_signs_and_any_length_make_one(ed, password):
    validate_password(password, ed)


@pytest.mark.parametrize(
    "typed", ["A river runs through it", "a river runs through it ", "a river"]
)
def test_it_is_taken_exactly_as_it_was_typed(ed, typed):
    ed.set_password("a river runs through it")

    assert ed.check_password("a river runs through it")
    assert not ed.check_password(typed)


@pytest.mark.django_db
def test_its_field_masks_it_and_lets_it_be_pasted(client):
    page = client.get(LOGIN).text

    [field] = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page
    assert "maxlength" not in field
