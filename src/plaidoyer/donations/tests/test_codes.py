from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.donations import codes

CODES = st.text(codes.SIGNS, min_size=6, max_size=6).map(lambda p: p + codes.checks(p))


@given(CODES, st.integers(0, 7), st.sampled_from(codes.SIGNS))
def test_no_wrong_sign_makes_another_code(code, place, sign):
    wrong = code[:place] + sign + code[place + 1 :]

    assert codes.is_ours(wrong) == (wrong == code)


@given(CODES, st.integers(0, 4))
def test_no_swap_of_neighbours_makes_another_code(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert codes.is_ours(swapped) == (swapped == code)


@given(CODES, st.sampled_from(["{}", "don {} merci", "REF:{}/2026", "x{}y", "  {}"]))
def test_a_code_is_found_however_it_stands_in_the_words(code, words):
    for typed in (code, code.lower(), codes.shown(code), " ".join(code)):
        assert code in codes.found(words.format(typed))


def test_letters_that_look_alike_are_the_same():
    payload = "10V7AB"
    code = payload + codes.checks(payload)

    assert codes.normal("lOu7ab" + code[6:]) == code
    assert all(codes.is_ours(codes.make()) for _ in range(200))


@given(CODES)
def test_every_slip_is_tried(code):
    tried = codes.slips(code)

    assert code[1:] in tried
    assert code[1] + code[0] + code[2:] in tried or code[0] == code[1]
    assert code not in tried
