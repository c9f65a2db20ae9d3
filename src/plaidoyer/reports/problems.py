"""What stands between an edition and its publication, told to the people who write it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import EVIDENCED, Milestone, Standing
from plaidoyer.reports import approvals, contents, evidences, pdf, sightings
from plaidoyer.reports.gathering import Entry, Facts
from plaidoyer.reports.models import Edition, Heading, Item

PARTS = ["title", "introduction", "our_part", "thanks", "appeal"]
NEEDED = {"title", "introduction"}
# Headings that say that something was achieved or lost, and the standings that bear them out.
BORNE_OUT_BY = {
    Heading.VICTORY: {Standing.MET},
    Heading.MOVEMENT: {Standing.PROMISED, Standing.PARTLY_MET, Standing.MET},
    Heading.SETBACK: {Standing.REFUSED, Standing.REVERSED},
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to do, and the part of the editor's form where it is done."""

    text: str
    place: str = ""
    # False: told, and left to the editors' judgement.
    blocks: bool = True


def check_list(
    edition: Edition, languages: list[str] | None = None, facts: Facts | None = None
) -> list[Problem]:
    """Everything to be done before `edition` can be published; nothing when it can.

    A text missing in a language, an item nobody else approved, a heading overruled without a
    reason or no longer what the facts give, facts that changed since the words, a claim without
    evidence, a sign no font can draw. An address that does not answer is told and blocks nothing.
    `facts` are those of the edition where they are already gathered.
    """
    languages = languages or edition.languages
    facts = facts or contents.gather(edition)
    found = [*_of_edition(edition, facts, languages)]
    if not facts.entries:
        found.append(Problem(_("There is nothing in this edition yet."), "items"))
    for entry in facts.entries:
        found += _of_item(entry, languages)
    if not found:
        found += _of_paper(facts, languages)
    return [*found, *_of_links(facts)]


def _of_edition(edition: Edition, facts: Facts, languages: list[str]) -> Iterator[Problem]:
    for field in PARTS:
        name = capfirst(getattr(Edition, field).field.verbose_name)
        words: Words = getattr(edition, field)
        if words or field in NEEDED:
            for language in words.missing(languages):
                text = _("“%(part)s” is not written yet (%(language)s).")
                yield Problem(text % {"part": name, "language": _named(language)}, field)
    if not languages:
        yield Problem(_("Choose at least one language."), "head")
    for unknown in (name for name, value in facts.named.items() if value is None):
        text = _("No figure is called “%(name)s”, or it has no value yet.")
        yield Problem(text % {"name": unknown}, "introduction")
    if not facts.organisation.postal_address.strip():
        # Laws against unasked mail (CASL, CAN-SPAM) want it in every mailing.
        yield Problem(_("The organisation’s postal address is missing: every mailing shows it."))


def _of_item(entry: Entry, languages: list[str]) -> Iterator[Problem]:
    item = entry.item
    place, name = f"item-{item.pk}", str(item.title or item.campaign)

    def problem(text: str, **words: Any) -> Problem:
        return Problem(text % {"item": name, **words}, place)

    for language in sorted({code for words in _told(item) for code in words.missing(languages)}):
        text = _("“%(item)s” is not written yet (%(language)s).")
        yield problem(text, language=_named(language))
    if item.heading != item.derived_heading and not item.overrule_reason:
        text = _("“%(item)s” stands under another heading than the facts give, without a reason.")
        yield problem(text)
    if entry.derived != item.derived_heading:
        text = _("The facts of “%(item)s” have changed: by them it is now “%(heading)s”.")
        yield problem(text, heading=entry.derived.label)
    elif changes := sightings.changes(entry):
        text = _("The facts of “%(item)s” have changed since it was written (%(changes)s).")
        told = problem(text, changes="; ".join(changes))
        # A figure is published as it is counted then; only its writers' words may lag behind.
        yield replace(told, blocks=bool(sightings.of_outcomes(entry)))
    for milestone in _unproved(entry):
        text = _("“%(item)s”: there is no evidence for “%(milestone)s”.")
        yield problem(text, milestone=milestone.title)
    wanted = BORNE_OUT_BY.get(Heading(item.heading))
    if wanted and not wanted & entry.evidenced:
        yield problem(_("“%(item)s”: no milestone with evidence bears out this heading."))
    if item.picture_id and entry.picture is None:
        yield problem(_("The picture of “%(item)s” cannot be read: choose another."))
    if approvals.holding(item) is None:
        yield problem(_("“%(item)s” is not approved by a second person as it stands."))


def _told(item: Item) -> Iterator[Words]:
    """The texts of an item that must be there in every language."""
    yield from (item.title, item.text)
    if item.is_major:
        yield item.major_reason
    if item.heading != item.derived_heading:
        yield item.overrule_reason
    if item.picture_id:
        yield item.picture_alt
    if item.quote or item.quote_by:
        yield from (item.quote, item.quote_by)


def _unproved(entry: Entry) -> list[Milestone]:
    """Milestones told in this edition that claim something and have no evidence."""
    return [
        milestone
        for milestone in entry.milestones
        if not milestone.evidence.all()
        and (
            milestone.claim != Milestone.Claim.UNKNOWN
            or any(movement.standing in EVIDENCED for movement in milestone.movements.all())
        )
    ]


def _of_links(facts: Facts) -> Iterator[Problem]:
    """Addresses that did not answer when they were last asked."""
    gone = evidences.dead(facts)
    for entry in facts.entries:
        for address in gone[entry.item.pk]:
            text = _("“%(item)s”: the address %(address)s does not answer.")
            told = {"item": entry.item.title, "address": address}
            yield Problem(text % told, f"item-{entry.item.pk}", blocks=False)


def _of_paper(facts: Facts, languages: list[str]) -> Iterator[Problem]:
    """Asked last: every page is drawn for it."""
    for language in languages:
        try:
            pdf.render(contents.tell(facts, language), facts.pictures)
        except pdf.UnprintableError as error:
            text = _(
                "No font of the PDF (%(language)s) has the sign “%(sign)s”: write it in words."
            )
            yield Problem(text % {"language": _named(language), "sign": error.sign})


def _named(language: str) -> str:
    return str(dict(settings.LANGUAGES).get(language, language))
