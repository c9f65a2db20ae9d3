import uuid
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plaidoyer.lib import tokens

PURPOSES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@given(PURPOSES, st.uuids())
def test_a_token_opens_what_it_was_made_for(purpose, uid):
    token = tokens.make(purpose, uid)

    assert tokens.read(purpose, token) == uid
    assert all(letter.isalnum() or letter in "-_." for letter in token)


@given(PURPOSES, PURPOSES, st.uuids())
def test_a_token_opens_nothing_else(purpose, other, uid):
    assume(purpose != other)

    with pytest.raises(tokens.BadTokenError):
        tokens.read(other, tokens.make(purpose, uid))


@given(st.uuids(), st.integers(0, 60), st.characters())
def test_a_token_changed_anywhere_opens_nothing_else(uid, place, letter):
    token = tokens.make("confirm", uid)
    changed = token[: place % len(token)] + letter + token[place % len(token) + 1 :]
    assume(changed != token)

    with suppress(tokens.BadTokenError):
        assert tokens.read("confirm", changed) == uid


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused(text):
    with pytest.raises(tokens.BadTokenError):
        tokens.read("confirm", text)


def test_a_token_of_another_installation_opens_nothing(settings):
    token = tokens.make("confirm", uuid.uuid4())
    settings.SECRET_KEY = "another"

    with pytest.raises(tokens.BadTokenError):
        tokens.read("confirm", token)
