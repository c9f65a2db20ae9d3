import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib.addresses import (
    WELL_KNOWN,
    BadAddressError,
    canonical,
    suggestion,
    validated,
    validated_slowly,
)

LOCALS = st.from_regex(
    r"[A-Za-z0-9]{1,10}(\.[A-Za-z0-9]{1,10}){0,2}(\+[a-z0-9]{0,5})?", fullmatch=True
)
DOMAINS = st.sampled_from(["post.example", "Gmail.com", "googlemail.com", "bücher.example"])
ADDRESSES = st.builds("{}@{}".format, LOCALS, DOMAINS)


@given(ADDRESSES)
def test_canonical_is_canonical_already(address):
    assert canonical(canonical(address)) == canonical(address)


@given(ADDRESSES)
def test_case_and_tags_make_no_difference(address):
    local, _at, domain = address.rpartition("@")
    plain = local.partition("+")[0]

    assert canonical(f" {address.upper()} ") == canonical(address)
    assert canonical(f"{plain}+news@{domain}") == canonical(address)


@given(st.text(max_size=60))
def test_any_text_has_a_canonical_form(text):
    assert canonical(text).count("@") >= 1
    assert canonical(canonical(text)) == canonical(text)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(text):
    try:
        address = validated(text)
    except BadAddressError:
        return
    assert address.isascii()
    assert len(address) <= 254
    assert not set(address) & set(" ,;<>\r\n\x00")


@given(ADDRESSES | st.emails() | st.text(max_size=80))
def test_the_quick_judgement_is_the_slow_one(address):
    def judged(judge):
        try:
            return judge(address)
        except BadAddressError:
            return None

    assert judged(validated) == judged(validated_slowly)


@given(ADDRESSES)
def test_a_valid_spelling_stays_the_same_person(address):
    assert canonical(validated(address)) == canonical(address)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Su.Zie@gmail.com", "suzie@googlemail.com", True),
        ("su.zie@post.example", "suzie@post.example", False),
        ("suzie@bücher.example", "suzie@xn--bcher-kva.example", True),
        ("suzie@post.example", "suzie@post.example.org", False),
        ("+tag@post.example", "@post.example", False),
    ],
)
def test_which_spellings_are_the_same_person(one, other, same):
    assert (canonical(one) == canonical(other)) is same


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("suzie@gmial.com", "suzie@gmail.com"),
        ("Suzie.Roy@GMAIL.CO", "Suzie.Roy@gmail.com"),
        ("suzie@gmail.ca", "suzie@gmail.com"),
        ("suzie@hotmial.fr", "suzie@hotmail.fr"),
        ("suzie@outlok.com", "suzie@outlook.com"),
        ("suzie@videotronn.ca", "suzie@videotron.ca"),
        ("suzie@yaho.ca", "suzie@yahoo.ca"),
        ("suzie@post.example", ""),
        ("suzie@yahoo.de", ""),
        ("suzie@rivers.org", ""),
        ("suzie", ""),
        ("@gmial.com", ""),
        ("", ""),
    ],
)
def test_a_slip_in_a_well_known_domain_is_mended(typed, meant):
    assert suggestion(typed) == meant


@given(LOCALS, st.sampled_from(WELL_KNOWN))
def test_nothing_is_suggested_for_a_well_known_domain(local, domain):
    assert suggestion(f"{local}@{domain}") == suggestion(f"{local}@{domain.upper()}") == ""


@given(st.text(max_size=80))
def test_what_is_suggested_is_always_a_well_known_domain(typed):
    found = suggestion(typed)

    assert not found or found.rpartition("@")[2] in WELL_KNOWN


@given(LOCALS, st.sampled_from([d for d in WELL_KNOWN if len(d) > 8]), st.data())
def test_a_domain_with_two_letters_swapped_is_known_again(local, domain, data):
    at = data.draw(st.integers(0, len(domain) - 2))
    swapped = domain[:at] + domain[at + 1] + domain[at] + domain[at + 2 :]

    found = suggestion(f"{local}@{swapped}")

    assert swapped in WELL_KNOWN or found.partition("@")[0] == local
