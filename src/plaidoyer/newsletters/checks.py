"""The check list of a newsletter before it is sent.

An error stands in the way; a warning asks for a tick, kept with who and when; a note only tells.
Nothing here asks another machine: what took time was found out behind the pages (look_over).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.newsletters import contents, links, spam, writing
from plaidoyer.newsletters.mailings import PURPOSE, UNSUBSCRIBE_URL
from plaidoyer.newsletters.models import Acceptance, LinkCheck, Mailing, SpamScore, Version
from plaidoyer.supporters.models import Subscription

ERROR, WARNING, NOTE = "error", "warning", "note"
# Gmail shows no more of a message and hides what follows, the way out too.
CLIPPED_AT = 102 * 1024
LONGEST_SUBJECT = 60
SPAM = 5.0  # where SpamAssassin calls it spam
SPAM_WARNING = 2.0
# What stands for words still to be written, in the ways people mark it.
PLACEHOLDER = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\*\|.*?\|\*|\[\[.*?\]\]|%[A-Z_]{3,}%|\bTODO\b|\bXX+X\b|\bTBD\b"
    r"|\{\s*figure\s*:.*?\}"
    r"|lorem ipsum|\[(?:name|nom|prénom|first ?name|lien|link|date|à compléter|insert[^\]]*)\]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check list."""

    level: str
    words: str

    @property
    def key(self) -> str:
        """What a tick is kept under: other words are to be read anew."""
        return hashlib.sha256(self.words.encode()).hexdigest()[:40]


def run(mailing: Mailing) -> list[Finding]:
    """Everything that is to be said of `mailing` before it is sent, the gravest first.

    A mailing that came ready-made from another room was checked there: nothing is said.
    """
    versions = list(mailing.versions.select_related("mailing", "spam_score").order_by("-language"))
    if versions and not any(_is_written(version) for version in versions):
        return []
    found = [*_languages(versions), *_whole(versions)]
    told = [contents.tell(version) for version in versions]
    for version, one in zip(versions, told, strict=True):
        found += _version(version, one)
    found += _untranslated(told)
    found += _links([address for one in told for address in addresses(one)])
    order = {ERROR: 0, WARNING: 1, NOTE: 2}
    return sorted(found, key=lambda finding: order[finding.level])


def in_the_way(mailing: Mailing) -> list[str]:
    """Why `mailing` must not leave yet: its errors, and the warnings that nobody has accepted."""
    findings = run(mailing)
    ticked = accepted(mailing)
    errors = [finding.words for finding in findings if finding.level == ERROR]
    return errors + [f.words for f in findings if f.level == WARNING and f.key not in ticked]


def accept(mailing: Mailing, keys: set[str], *, by: User) -> int:
    """Keeps that `by` read those warnings of `mailing` and sends it all the same; how many."""
    warnings = [f for f in run(mailing) if f.level == WARNING and f.key in keys]
    rows = [Acceptance(mailing=mailing, warning=f.key, words=f.words, by=by) for f in warnings]
    Acceptance.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def accepted(mailing: Mailing) -> dict[str, Acceptance]:
    """The ticks there are, by the key of their warning."""
    ticks = mailing.acceptances.select_related("by")
    return {tick.warning: tick for tick in ticks}


def look_over(mailing: Mailing, *, again: bool = False) -> None:
    """Asks the addresses and SpamAssassin, which takes time: meant for behind the pages."""
    versions = list(mailing.versions.all())
    told = (contents.tell(version) for version in versions if version.body)
    links.check((address for one in told for address in addresses(one)), again=again)
    for version in versions:
        if version.html:
            spam.check(version)


def addresses(told: contents.Contents) -> list[str]:
    """The addresses that a version leads to, as the public sees them."""
    found = [piece.get("public_url") or piece.get("url") or "" for piece in told.pieces]
    for piece in told.pieces:
        found += re.findall(r'href="(https?://[^"]+)"', piece.get("html", ""))
    return sorted({address.replace("&amp;", "&") for address in found if address[:4] == "http"})


def _is_written(version: Version) -> bool:
    return bool(version.body or version.web or not version.html)


def _languages(versions: list[Version]) -> Iterator[Finding]:
    """What is missing in one of the languages, and who gets what instead."""
    if not versions:
        yield Finding(ERROR, _("Nothing is written yet."))
        return
    there = {version.language for version in versions}
    names = dict(settings.LANGUAGES)
    missing = [code for code in names if code not in there]
    if not missing:
        return
    subscribed = Subscription.objects.open().filter(consent__purpose=PURPOSE)
    counts = dict(subscribed.values_list("supporter__language").annotate(Count("pk")))
    instead = settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in there else min(there)
    for code in missing:
        number = sum(n for language, n in counts.items() if language.split("-")[0] == code)
        words = ngettext(
            "No version: %(missing)s. %(number)s reader of that language gets: %(instead)s.",
            "No version: %(missing)s. %(number)s readers of that language get: %(instead)s.",
            number,
        )
        said = {"missing": names[code], "number": number, "instead": names[instead]}
        yield Finding(WARNING, words % said)


def _whole(versions: list[Version]) -> Iterator[Finding]:
    """What is said of the mailing as a whole."""
    if not spam.program() and versions:
        yield Finding(NOTE, _("SpamAssassin is not installed here: no score was computed."))
    pieces = {block.block_type for version in versions for block in version.body}
    if versions and "appeal" not in pieces:
        yield Finding(NOTE, _("There is no appeal in it: nobody is asked to give."))


def _version(version: Version, told: contents.Contents) -> Iterator[Finding]:
    """What is said of one version, each sentence with its language before it."""
    language = dict(settings.LANGUAGES).get(version.language, version.language)
    for finding in (*_words(version), *_pieces(told), *_size(version), *_score(version)):
        said = {"language": language, "finding": finding.words}
        yield Finding(finding.level, _("%(language)s: %(finding)s") % said)


def _words(version: Version) -> Iterator[Finding]:
    if not version.subject.strip():
        yield Finding(ERROR, _("the subject is missing."))
    subjects = writing.subjects(version)
    for subject in filter(None, subjects):
        if len(subject) > LONGEST_SUBJECT:
            words = _("the subject “%(subject)s” has %(length)s characters; phones show about 40.")
            yield Finding(WARNING, words % {"subject": subject, "length": len(subject)})
    if not version.preheader.strip():
        yield Finding(NOTE, _("there is no line after the subject: mailboxes show the greeting."))
    if not version.body:
        yield Finding(ERROR, _("there is no block yet."))
    elif UNSUBSCRIBE_URL not in version.html or UNSUBSCRIBE_URL not in version.text:
        yield Finding(ERROR, _("there is no way to unsubscribe in it. Save it again."))
    preheader = contents.words(version.preheader, version.language)
    said = " ".join((*subjects, preheader, version.text))
    for left in sorted(set(PLACEHOLDER.findall(said)))[:5]:
        words = _("“%(words)s” looks like something still to be filled in.")
        yield Finding(ERROR, words % {"words": left})


def _pieces(told: contents.Contents) -> Iterator[Finding]:
    for title in told.missing:
        words = _("the page “%(title)s” has no page in this language: its block is left out.")
        yield Finding(ERROR, words % {"title": title})
    for piece in told.pieces:
        if piece["kind"] == "picture" and not piece["alt"].strip():
            yield Finding(ERROR, _("a picture has no words that say what it shows."))
        if piece["kind"] == "appeal" and not piece["url"]:
            yield Finding(
                ERROR, _("the appeal has no link: give the page to give in the settings.")
            )


def _size(version: Version) -> Iterator[Finding]:
    size = len(version.html.encode())
    if size > CLIPPED_AT:
        words = _("it has %(size)s kB; beyond 102 kB Gmail hides the rest, the way out too.")
        yield Finding(WARNING, words % {"size": -(-size // 1024)})


def _score(version: Version) -> Iterator[Finding]:
    """What SpamAssassin said, if it was asked about the version as it is."""
    score: SpamScore | None = getattr(version, "spam_score", None)
    if score is None or score.digest != spam.digest(version):
        if spam.program() and version.html:
            yield Finding(NOTE, _("SpamAssassin has not looked at it yet."))
        return
    words = _("SpamAssassin gives it %(score)s points; from %(limit)s on it is taken for spam.")
    level = ERROR if score.score >= SPAM else WARNING if score.score >= SPAM_WARNING else NOTE
    yield Finding(level, words % {"score": round(score.score, 1), "limit": SPAM})


def _untranslated(told: list[contents.Contents]) -> Iterator[Finding]:
    """Paragraphs that say the same words in two languages: copied and not translated."""
    seen: dict[str, str] = {}
    for one in told:
        for piece in one.pieces:
            words = piece.get("html") or piece.get("text") or " ".join(piece.get("lines", []))
            if len(words) > 12 and seen.setdefault(words, one.language) != one.language:
                shown = re.sub(r"<[^>]+>", "", words)[:60]
                yield Finding(
                    WARNING, _("“%(words)s…” stands in both languages.") % {"words": shown}
                )


def _links(wanted: list[str]) -> Iterator[Finding]:
    """What the addresses answered when they were last asked."""
    kept = {check.url: check for check in LinkCheck.objects.filter(url__in=wanted)}
    unknown = []
    for address in sorted(set(wanted)):
        check = kept.get(address)
        if check is None or check.outcome == LinkCheck.Outcome.UNKNOWN:
            unknown.append(address)
        elif check.outcome == LinkCheck.Outcome.DEAD:
            words = _("The link %(address)s %(why)s.")
            # Of another site it may be our view of it that is wrong: somebody has to look.
            level = ERROR if links.is_own(address) else WARNING
            yield Finding(level, words % {"address": address, "why": check.detail})
        elif check.outcome == LinkCheck.Outcome.REFUSED:
            words = _("The link %(address)s was not checked: %(why)s.")
            yield Finding(WARNING, words % {"address": address, "why": check.detail})
    if unknown:
        words = ngettext(
            "%(number)s link was not checked: %(addresses)s",
            "%(number)s links were not checked: %(addresses)s",
            len(unknown),
        )
        said = {"number": len(unknown), "addresses": ", ".join(unknown[:5])}
        yield Finding(WARNING, words % said)
