"""What each letter of an act says: decided when the supporter sees it, and kept with the act.

The text in the form is what goes, except to those for whom a rule has another. A supporter who
changed the text has their own words sent: a rule's text or another language's version then yields
to them. Thanks do not yield, since an ally must not be blamed, and neither does a rule by which
nobody writes. All of it is shown before it leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from plaidoyer.actions.kinds.letter import rules, texts
from plaidoyer.actions.kinds.letter.letters import Addressee, Key, Recipient
from plaidoyer.actions.kinds.letter.rules import Effect, Rule
from plaidoyer.lib import typed
from plaidoyer.lib.words import Words


@dataclass(frozen=True, slots=True)
class Draft:
    """What the supporter wrote, in the language of the page."""

    subject: str
    body: str
    language: str
    points: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """What a letter says instead of the supporter's text."""

    subject: str
    body: str
    language: str
    thanks: bool = False


def decide(
    draft: Draft, rule: Rule | None, options: Mapping[str, Any], writes_in: str = ""
) -> Text | None:
    """What somebody gets whom `rule` fits and who writes in that language; None: the draft itself.

    Not asked about those whom a rule excludes.
    """
    offered = Words(options.get("body") or {})
    changed = draft.body not in map(typed.paragraphs, offered.values())
    if rule is None or rule.effect is Effect.EXCLUDE or not rule.body:
        # A subject in their own words would stand above a letter in another language.
        if changed or counterpart(draft, options, draft.language) is None:
            return None
        language, body = texts.best(offered, writes_in, draft.language)
        if language == draft.language:
            return None
        return Text(
            subject(draft, Words(), options, language),
            pointed(draft, body, options, language),
            language,
        )
    if rule.effect is Effect.TEXT and changed:
        return None
    language, body = texts.best(rule.body, writes_in, draft.language)
    thanks = rule.effect is Effect.THANK
    body = body if thanks else pointed(draft, body, options, language)
    return Text(subject(draft, rule.subject, options, language), body, language, thanks)


def pointed(draft: Draft, body: str, options: Mapping[str, Any], language: str) -> str:
    """`body` with the points that were ticked, in its language."""
    return texts.with_points(body, texts.chosen(texts.points(options, language), draft.points))


def subject(draft: Draft, own: Words, options: Mapping[str, Any], language: str) -> str:
    """The rule's own subject, else that of the draft in the language of the letter, if offered."""
    return (
        own.in_language(language).split("\n")[0]
        or counterpart(draft, options, language)
        or draft.subject
    )


def counterpart(draft: Draft, options: Mapping[str, Any], language: str) -> str | None:
    """The draft's subject in `language`; None where the supporter wrote it."""
    there = texts.subjects(options, language)
    for code in (draft.language, *(options.get("subject") or {})):
        here = texts.subjects(options, code)
        if draft.subject in here and here.index(draft.subject) < len(there):
            return there[here.index(draft.subject)]
    return None


def plan(
    draft: Draft,
    options: Mapping[str, Any],
    to: Sequence[Addressee],
    recipients: Mapping[Key, Recipient],
) -> dict[str, Any]:
    """What an act keeps of its letters: `subject`, `body`, `own_words`, and what differs by whom.

    `texts` are the other texts, `letters` says who gets which: [target, post, number];
    `left_out` says who gets none, and why: [target, post, reason].
    """
    written = rules.read(options)
    facts = rules.facts(written, to, recipients)
    kept: dict[str, Any] = {"texts": [], "letters": [], "left_out": []}
    for addressee in to:
        rule = rules.first(written, facts[addressee.key])
        if rule and rule.effect is Effect.EXCLUDE:
            kept["left_out"].append([*addressee.key, rule.body.in_language(draft.language)])
            continue
        person = recipients[addressee.key].person
        writes_in = person.preferred_language if person else ""
        if text := decide(draft, rule, options, writes_in):
            told = asdict(text)
            if told not in kept["texts"]:
                kept["texts"].append(told)
            kept["letters"].append([*addressee.key, kept["texts"].index(told)])
    offered = [*(options.get("body") or {}).values(), *(options.get("points") or {}).values()]
    own = texts.own_share(draft.body, [text for text in offered if text])
    return {
        "subject": draft.subject,
        "body": pointed(draft, draft.body, options, draft.language),
        **({"own_words": own} if own else {}),
        **{name: rows for name, rows in kept.items() if rows},
    }
