"""The demo's words: both languages complete, well set, and adding up."""

import datetime
import re
from collections import Counter
from urllib.parse import urlsplit

from plaidoyer.actions.kinds import KINDS
from plaidoyer.demo import book
from plaidoyer.figures.texts import NAMED
from plaidoyer.lib import wording
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import EVIDENCED, Milestone, Standing

COUNTRY = book.read("organisation.toml")
CAMPAIGNS = book.campaigns()
PERIOD = (datetime.date(2026, 5, 1), datetime.date(2026, 10, 31))


def words(value, place):
    """Every Words below `value`, with its place."""
    if isinstance(value, Words):
        yield place, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from words(entry, f"{place}.{key}")
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from words(entry, f"{place}[{number}]")


def strings(value):
    """Every string below `value`."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for entry in value:
            yield from strings(entry)
    elif isinstance(value, str):
        yield value


FILES = [path.relative_to(book.CONTENT).as_posix() for path in sorted(book.CONTENT.rglob("*.toml"))]
WORDS = [pair for name in FILES for pair in words(book.read(name), name)]
PROSE = [(place, told) for place, told in WORDS if not told["fr"].startswith("https://")]


def test_every_text_is_there_in_both_languages_with_the_same_paragraphs():
    for place, told in WORDS:
        assert set(told) == {"fr", "en"}, place
        assert all(text.strip() for text in told.values()), place
        for mark in ("\n\n", "\n- ", "## ", "{acts}"):
            assert told["fr"].count(mark) == told["en"].count(mark), place


def test_no_text_is_the_same_in_both_languages():
    assert [place for place, told in WORDS if told["fr"] == told["en"]] == []


FRENCH_FAULTS = {
    "a space of its own stands before ; : ! ? and ends of quotes": r"(?<=\w)[;:!?»]|«(?!\s)",
    "apostrophes and quotes are curly, three dots are one sign": r"['\"]|\.\.\.",
    "thousands are parted, by a narrow no-break space": r"(?<!-)\b(?!19|20)\d{4}|\d{5}|\d \d{3}\b",
}
ENGLISH_FAULTS = {
    "no space stands before a sign": r" [;:!?]",
    "no French spaces or quotes": r"[\u202f\u00a0«»'\"]",
    "the month comes first": r"\b\d{1,2} (January|March|April|May|June|July|August|October)\b",
}


def test_french_is_set_as_french():
    for place, told in PROSE:
        assert wording.spaced(told["fr"], "fr") == told["fr"], place
        for rule, fault in FRENCH_FAULTS.items():
            assert not re.search(fault, NAMED.sub("", told["fr"])), f"{place}: {rule}"


def test_english_is_set_as_english():
    for place, told in PROSE:
        for rule, fault in ENGLISH_FAULTS.items():
            assert not re.search(fault, told["en"]), f"{place}: {rule}"


def test_addresses_and_links_lead_nowhere_real():
    for text in strings([book.read(name) for name in FILES]):
        for address in re.findall(r"https?://\S+", text):
            assert (urlsplit(address).hostname or "").endswith(".example"), address
        for domain in re.findall(r"@([\w.-]*\w)", text):
            assert domain.endswith(".example"), text


def test_the_acts_of_a_full_story_add_up():
    acts = [form["acts"] for told in CAMPAIGNS for form in told.get("forms", [])]
    assert sum(acts) == 235_860


def test_the_half_year_has_its_headings():
    found = Counter(
        told["items"]["2026-10"]["heading"] for told in CAMPAIGNS if "2026-10" in told["items"]
    )
    assert found == {"victory": 6, "movement": 4, "update": 3, "ongoing": 3, "recalled": 4}
    earlier = Counter(
        told["items"]["2026-04"]["heading"] for told in CAMPAIGNS if "2026-04" in told["items"]
    )
    assert earlier == {"victory": 7, "ongoing": 2}


def test_only_victories_are_major_and_each_says_why():
    for told in CAMPAIGNS:
        if item := told["items"].get("2026-10"):
            assert ("major_reason" in item) == (item["heading"] == "victory")


def test_milestones_are_of_every_kind_and_claim():
    facts = [fact for told in CAMPAIGNS for fact in told["milestones"]]
    assert {fact["kind"] for fact in facts} >= set(Milestone.Kind.values) - {"letter", "retraction"}
    assert {fact.get("claim", "unknown") for fact in facts} == set(Milestone.Claim.values)
    moves = [move["standing"] for fact in facts for move in fact.get("moves", [])]
    assert set(moves) == set(Standing.values) - {Standing.ASKED, Standing.REFUSED}


def test_every_milestone_has_evidence_and_every_claim_its_words():
    for told in CAMPAIGNS:
        for fact in told["milestones"]:
            assert fact["evidence"], fact["title"]["en"]
            assert (fact.get("claim", "unknown") == "unknown") or "claim_words" in fact
            for proof in fact["evidence"]:
                assert proof["publisher"] in COUNTRY["publishers"]
                latest = max(PERIOD[1], fact["happened_on"])
                assert proof["published_on"] <= latest + datetime.timedelta(days=1)


def test_moves_that_claim_something_come_on_the_day_or_after_the_opening():
    for told in CAMPAIGNS:
        days = [fact["happened_on"] for fact in told["milestones"]]
        assert days == sorted(days)
        assert days[0] == told["opened_on"]
        for fact in told["milestones"]:
            if any(move["standing"] in EVIDENCED for move in fact.get("moves", [])):
                assert "claim" in fact, fact["title"]["en"]


# Their options name another fact, by a key that the story puts in place.
ABOUT_FACTS = {"official_petition", "vote_drive", "share"}


def test_options_are_what_an_organiser_could_have_chosen():
    forms = [form for told in CAMPAIGNS for form in told.get("forms", [])]
    for form in forms:
        if form["kind"] in ABOUT_FACTS:
            continue
        sent = {
            f"{name}_{language}" if language else name: text
            for name, value in form.get("options", {}).items()
            for language, text in (value.items() if isinstance(value, dict) else [("", value)])
        }
        options = KINDS[form["kind"]].options_form(sent)
        assert options.is_valid(), form["name"]["en"]
        assert set(form.get("options", {})) <= set(options.cleaned_data), form["name"]["en"]
