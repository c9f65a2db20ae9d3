"""Reading a list of members and how they vote, as an organiser pastes it.

A line names a member and a vote: `Ada Vale; yes`. Between them stands a tab, a semicolon or the
last comma. A member is known by both names in either order, with or without a form of address,
by the family name where only one member has it, and by the riding in brackets where two members
have the same name. Votes are understood in French and in English.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.civics.models import Membership, Organization, Person
from plaidoyer.lib import typed
from plaidoyer.lib.addresses import folded
from plaidoyer.parliament.models import Option

SAID = {
    Option.YES: "yes, yea, yeas, aye, ayes, for, in favour, in favor, oui, pour",
    Option.NO: "no, nay, nays, noes, against, non, contre",
    Option.ABSTAIN: "abstain, abstains, abstained, abstention, s’abstient, s’est abstenu",
    Option.ABSENT: "absent, absente, did not vote, n’a pas voté",
    Option.PAIRED: "paired, pairé, pairée",
}
WORDS = {folded(word): option for option, words in SAID.items() for word in words.split(",")}
RIDING = re.compile(r"^(?P<name>.*?)\s*\((?P<riding>[^()]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: whom and what it says, or why it says nothing."""

    number: int
    text: str
    person: Person | None = None
    option: Option | None = None
    reason: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list says, line by line, and whom it leaves out."""

    lines: list[Line]
    missing: list[Person]

    @property
    def understood(self) -> dict[Person, Option]:
        """How each member that was understood votes."""
        return {line.person: line.option for line in self.lines if line.person and line.option}

    @property
    def faults(self) -> list[Line]:
        """The lines that say nothing, with their reasons."""
        return [line for line in self.lines if line.reason]


def read(text: str, legislature: Organization, on: datetime.date) -> Reading:
    """Reads `text` as a list of those who sat in `legislature` on that day. Saves nothing.

    A line that names nobody, two people, somebody a second time or no vote is given with its
    reason; the others stand.
    """
    terms = list(
        Membership.objects.on(on)
        .filter(post__organization=legislature)
        .select_related("person", "post__area")
    )
    known, lines, seen = names(terms), [], set()
    for number, raw in enumerate(typed.BREAKS.split(text), start=1):
        if not (plain := typed.line(raw)):
            continue
        # A tab parts columns; as one line it would be a space like any other.
        line = understood(number, plain, typed.line(raw.replace("\t", ";")), known)
        if line.person and line.person in seen:
            line = Line(number, plain, reason=_("this member stands in the list already"))
        seen.add(line.person)
        lines.append(line)
    members = {term.person for term in terms}
    left = members - seen
    return Reading(lines, sorted(left, key=lambda one: (folded(one.family_name), one.pk)))


def names(terms: Iterable[Membership]) -> dict[str, set[Person]]:
    """Whom each spelling of a name may mean, with and without the riding."""
    known: dict[str, set[Person]] = {}
    for term in terms:
        person = term.person
        given, family = person.given_name, person.family_name
        spellings = {family, given + family, family + given}
        spellings |= {title + given + family for title in person.honorific_prefix.values()}
        spellings |= {title + family for title in person.honorific_prefix.values()}
        for spelling in map(folded, spellings):
            for place in ("", *ridings(term)):
                known.setdefault(f"{spelling}({place}", set()).add(person)
    return known


def ridings(term: Membership) -> set[str]:
    """What a member's riding may be called, in any language."""
    area = term.post.area
    labels = [*term.post.label.values(), *(area.name.values() if area else [])]
    return {folded(label) for label in labels}


def understood(number: int, plain: str, columns: str, known: dict[str, set[Person]]) -> Line:
    """One line, read."""
    separator = ";" if ";" in columns else ","
    name, _found, vote = columns.partition(";") if separator == ";" else columns.rpartition(",")
    option = WORDS.get(folded(vote.strip(' "').split(";")[0]))
    if not name or option is None:
        reason = _("no vote is named: write yes, no, abstains, absent or paired after the name")
        return Line(number, plain, reason=reason)
    people = named(name.strip(' "'), known)
    if len(people) != 1:
        many = _("several members have this name: add the riding in brackets")
        return Line(number, plain, reason=many if people else _("nobody of this name sat that day"))
    return Line(number, plain, person=next(iter(people)), option=option)


def named(name: str, known: dict[str, set[Person]]) -> set[Person]:
    """Whom a name means, with the riding where it has one in brackets."""
    place = ""
    if match := RIDING.match(name):
        name, place = match["name"], folded(match["riding"])
    return known.get(f"{folded(name)}({place}", set())
