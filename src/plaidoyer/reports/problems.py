"""What stands between an edition and its publication, told to the people who write it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from plaidoyer.lib.words import Words
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.models import EVIDENCED, Milestone, Standing
from plaidoyer.reports import approvals, contents, headings, pdf
from plaidoyer.reports.models import Edition, Heading, Item

LANGUAGES = [code for code, _name in settings.LANGUAGES]
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


def check_list(
    edition: Edition, languages: list[str] | None = None, facts: contents.Facts | None = None
) -> list[Problem]:
    """Everything to be done before `edition` can be published; nothing when it can.

    A text missing in a language, an item nobody else approved, a heading overruled without a
    reason or no longer what the facts give, a claim without evidence, a sign no font can draw.
    `facts` are those of the edition where they are already gathered.
    """
    languages = languages or LANGUAGES
    items = list(edition.items.select_related("campaign").prefetch_related("approvals"))
    found = [*_of_edition(edition, languages)]
    if not items:
        found.append(Problem(_("There is nothing in this edition yet."), "items"))
    for item in items:
        found += _of_item(edition, item, languages)
    return found or [*_of_paper(facts or contents.gather(edition), languages)]


def _of_edition(edition: Edition, languages: list[str]) -> Iterator[Problem]:
    for field in PARTS:
        name = capfirst(getattr(Edition, field).field.verbose_name)
        words: Words = getattr(edition, field)
        if words or field in NEEDED:
            for language in words.missing(languages):
                text = _("“%(part)s” is not written yet (%(language)s).")
                yield Problem(text % {"part": name, "language": _named(language)}, field)
    if not Organisation.current().postal_address.strip():
        # Laws against unasked mail (CASL, CAN-SPAM) want it in every mailing.
        yield Problem(_("The organisation’s postal address is missing: every mailing shows it."))


def _of_item(edition: Edition, item: Item, languages: list[str]) -> Iterator[Problem]:
    place, name = f"item-{item.pk}", str(item.title or item.campaign)
    told = [item.title, item.text]
    told += [item.major_reason] if item.is_major else []
    told += [item.overrule_reason] if item.heading != item.derived_heading else []
    for language in sorted({code for words in told for code in words.missing(languages)}):
        text = _("“%(item)s” is not written yet (%(language)s).")
        yield Problem(text % {"item": name, "language": _named(language)}, place)
    if item.heading != item.derived_heading and not item.overrule_reason:
        text = _("“%(item)s” stands under another heading than the facts give, without a reason.")
        yield Problem(text % {"item": name}, place)
    found = headings.derive(item.campaign, edition.starts_on, edition.ends_on)
    if found != item.derived_heading:
        text = _("The facts of “%(item)s” have changed: by them it is now “%(heading)s”.")
        yield Problem(text % {"item": name, "heading": found.label}, place)
    for milestone in _unproved(edition, item):
        text = _("“%(item)s”: there is no evidence for “%(milestone)s”.")
        yield Problem(text % {"item": name, "milestone": milestone.title}, place)
    if not _borne_out(edition, item):
        text = _("“%(item)s”: no milestone with evidence bears out this heading.")
        yield Problem(text % {"item": name}, place)
    if approvals.holding(item) is None:
        text = _("“%(item)s” is not approved by a second person as it stands.")
        yield Problem(text % {"item": name}, place)


def _unproved(edition: Edition, item: Item) -> list[Milestone]:
    """Milestones told in this edition that claim something and have no evidence."""
    if item.heading == Heading.RECALLED:
        return []
    told = item.campaign.milestones.holding().filter(
        happened_on__range=(edition.starts_on, edition.ends_on), evidence=None
    )
    told = told.prefetch_related(Prefetch("movements"))
    return [
        milestone
        for milestone in told
        if milestone.claim != Milestone.Claim.UNKNOWN
        or any(movement.standing in EVIDENCED for movement in milestone.movements.all())
    ]


def _borne_out(edition: Edition, item: Item) -> bool:
    """Whether some evidenced milestone says what the chosen heading says."""
    wanted = BORNE_OUT_BY.get(Heading(item.heading))
    return (
        wanted is None
        or item.campaign.milestones.holding()
        .filter(
            happened_on__lte=edition.ends_on,
            evidence__isnull=False,
            movements__demand__campaign=item.campaign,
            movements__standing__in=wanted,
        )
        .exists()
    )


def _of_paper(facts: contents.Facts, languages: list[str]) -> Iterator[Problem]:
    """Asked last: every page is drawn for it."""
    for language in languages:
        try:
            pdf.render(contents.tell(facts, language))
        except pdf.UnprintableError as error:
            text = _(
                "No font of the PDF (%(language)s) has the sign “%(sign)s”: write it in words."
            )
            yield Problem(text % {"language": _named(language), "sign": error.sign})


def _named(language: str) -> str:
    return str(dict(settings.LANGUAGES).get(language, language))
