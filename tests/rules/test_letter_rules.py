"""Who gets which text of a letter, whatever an organiser and a supporter wrote."""

from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.actions.kinds.letter import plans, rules, texts
from plaidoyer.actions.kinds.letter.rules import Effect, Rule
from plaidoyer.lib.words import Words

VALUES = st.sampled_from(["1", "2", "3"])
NAMES = st.sampled_from(["party", "language", "vote"])
TEXT = st.sampled_from(["Un.", "Deux deux.", "Trois\n\ntrois."])
WORDS = st.dictionaries(st.sampled_from(["fr", "en"]), TEXT).map(Words)
RULES = st.lists(st.builds(Rule, NAMES, VALUES, st.sampled_from(Effect), WORDS, WORDS), max_size=6)
FACTS = st.dictionaries(NAMES, st.frozensets(VALUES))
OPTIONS = st.fixed_dictionaries(
    {"subject": WORDS, "body": st.fixed_dictionaries({"fr": TEXT, "en": TEXT}), "points": WORDS}
)
DRAFTS = st.builds(
    plans.Draft,
    st.sampled_from(["Un.", "Le mien"]),
    st.sampled_from(["Un.", "Deux deux.", "Mes mots."]),
    st.sampled_from(["fr", "en"]),
    st.tuples(st.integers(0, 3)),
)


def fits(rule, facts):
    return rule.value in facts.get(rule.condition, ())


@given(RULES, FACTS)
def test_the_first_rule_that_fits_wins(these, facts):
    found = rules.first(these, facts)

    if found is None:
        assert not any(fits(rule, facts) for rule in these)
    else:
        assert fits(found, facts)
        assert not any(fits(rule, facts) for rule in these[: these.index(found)])


@given(RULES, FACTS, RULES)
def test_rules_after_the_one_that_fits_change_nothing(these, facts, more):
    if found := rules.first(these, facts):
        assert rules.first([*these, *more], facts) == found


@given(DRAFTS, OPTIONS, RULES, st.sampled_from(["", "fr", "en"]))
def test_the_same_always_gets_the_same(draft, options, these, language):
    rule = next(iter(these), None)

    assert plans.decide(draft, rule, options, language) == plans.decide(
        draft, rule, options, language
    )


@given(DRAFTS, OPTIONS, RULES, st.sampled_from(["", "fr", "en"]))
def test_own_words_yield_to_thanks_only(draft, options, these, language):
    rule = next(iter(these), None)
    text = plans.decide(draft, rule, options, language)

    if draft.body not in options["body"].values():
        assert text is None or text.thanks
    if text and text.thanks:
        assert rule.effect is Effect.THANK
        assert text.body in rule.body.values()


@given(DRAFTS, OPTIONS)
def test_without_a_rule_a_reader_of_the_same_language_gets_the_draft(draft, options):
    assert plans.decide(draft, None, options, draft.language) is None


@given(st.text(max_size=300), st.text(max_size=300))
def test_the_share_of_own_words_is_a_percentage(text, offered):
    assert 0 <= texts.own_share(text, [offered]) <= 100
    assert texts.own_share(text, [text]) == 0


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1, max_size=40))
def test_what_is_wholly_ones_own_is_all(words):
    assert texts.own_share(" ".join(words), ["1 2 3 4"]) == 100


def test_a_sentence_added_counts_and_a_sentence_moved_does_not():
    offered = "The meadow drinks the floods. It belongs to everybody."

    assert texts.own_share("It belongs to everybody. The meadow drinks the floods.", [offered]) == 0
    assert texts.own_share(f"I grew up beside it. {offered}", [offered]) == 35
