"""The supporters of the story, and when each of them acts: all from one seed, so ever the same."""

import datetime
import math
import random
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from plaidoyer.actions.kinds.call.outcomes import OUTCOMES
from plaidoyer.actions.kinds.letter import texts
from plaidoyer.actions.kinds.letter.seats import is_by_code
from plaidoyer.actions.models import ActionForm
from plaidoyer.civics import places
from plaidoyer.civics.models import Post
from plaidoyer.demo import book
from plaidoyer.demo.arvane import Cause

SEED = "Arvane"
FRENCH = 0.6
WITH_CONSENT = 0.5
UNCONFIRMED = 0.06
# Somebody acts again on the same form, having forgotten, with another spelling of the address.
TWICE = 0.015
WITHDRAWN = 0.004
OWN_WORDS = 0.35
# Those who let their name be shown where they are asked.
NAMED = 0.6
REMINDED = 0.12
# Acts for each supporter, all campaigns together.
FAITHFUL = 2.2
# How many of a hundred come by which link; most by none of ours.
VIAS = {
    "": 46,
    "whatsapp": 17,
    "facebook": 12,
    "mail": 9,
    "link": 7,
    "letter": 4,
    "bluesky": 3,
    "share": 2,
}
HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 11, 10, 9, 9, 13, 12, 9, 8, 8, 10, 12, 15, 18, 17, 12, 6)
WEEKDAYS = (1.0, 1.0, 1.0, 0.95, 0.85, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody invented."""

    given_name: str
    family_name: str
    email: str
    postal_code: str
    language: str
    says_yes: bool

    def retyped(self) -> str:
        """The same mailbox, typed otherwise."""
        local, _at, domain = self.email.partition("@")
        return f"{local.title()}+rivieres@{domain}"


@dataclass(frozen=True, slots=True)
class Plan:
    """An act that will be told: who does what, when, and what comes of it."""

    at: datetime.datetime
    cause: Cause
    form: ActionForm
    who: Supporter
    email: str
    confirmed_at: datetime.datetime | None
    withdrawn_at: datetime.datetime | None
    content: dict[str, Any]
    # By which link they came (actions.sharing).
    via: str


class Crowd:
    """Everybody who could act, as many as the acts to be told need."""

    def __init__(self, acts: int) -> None:
        self.chance = random.Random(SEED)
        # Apart, so that how people come changes nothing of who comes.
        self.ways = random.Random(f"{SEED} ways")
        self.words = random.Random(f"{SEED} words")
        self.names = book.read("people.toml")
        self.seats: dict[str, list[Post]] = {}
        self.supporters = [self._supporter(number) for number in range(int(acts / FAITHFUL))]

    def _supporter(self, number: int) -> Supporter:
        chance = self.chance
        language = "fr" if chance.random() < FRENCH else "en"
        given = chance.choice(self.names[language]["given"])
        family = chance.choice(self.names[language]["family"])
        code = f"AR{chance.randint(1, 9)} {chance.randint(1, 9)}{chance.choice('ABDEHLN')}"
        return Supporter(
            given_name=given,
            family_name=family,
            email=f"{plain(given)}.{plain(family)}.{number}@supporters.example",
            postal_code=f"{code}{chance.choice('PQRSTWX')}" if chance.random() < 0.7 else "",
            language=language,
            says_yes=chance.random() < WITH_CONSENT,
        )

    def plan(
        self, cause: Cause, form: ActionForm, acts: int, until: datetime.datetime
    ) -> list[Plan]:
        """The acts on one form, spread over its days, most of them by different people."""
        twice = int(acts * TWICE)
        people = self.chance.sample(self.supporters, acts - twice)
        again = self.chance.sample(people, twice)
        moments = sorted(self._moments(cause, form, acts, until))
        plans = [
            self._plan(cause, form, who, who.email if n < len(people) else who.retyped(), at, until)
            for n, (who, at) in enumerate(zip(people + again, moments, strict=True))
        ]
        self._comment(cause, form, plans)
        return plans

    def _comment(self, cause: Cause, form: ActionForm, plans: list[Plan]) -> None:
        """Lets some of those who act say why, in the words of the book."""
        told = cause.book["forms"][cause.forms.index(form)].get("comments", {})
        for language, reasons in told.items():
            of_language = [one for one in plans if one.who.language == language]
            said = self.words.sample(of_language, min(len(reasons), len(of_language)))
            for one, text in zip(said, reasons, strict=False):
                one.content["comment"] = text

    def _moments(
        self, cause: Cause, form: ActionForm, acts: int, until: datetime.datetime
    ) -> list[datetime.datetime]:
        """When people act: much at the opening and after each news, less at night and weekends."""
        first, last = form.opens_at, min(form.closes_at or until, until)
        days = [first.date() + datetime.timedelta(n) for n in range((last - first).days + 1)]
        news = [milestone["happened_on"] for milestone in cause.book["milestones"]]
        weights = [
            WEEKDAYS[day.weekday()]
            * (
                0.12
                + 2.5 * math.exp(-(day - days[0]).days / 5)
                + sum(math.exp(-(day - on).days / 3) for on in news if on <= day)
            )
            for day in days
        ]
        moments: list[datetime.datetime] = []
        while len(moments) < acts:
            (day,) = self.chance.choices(days, weights)
            (hour,) = self.chance.choices(range(24), HOURS)
            time = datetime.time(hour, self.chance.randrange(60), self.chance.randrange(60))
            at = timezone.make_aware(datetime.datetime.combine(day, time))
            if first <= at < last:
                moments.append(at)
        return moments

    def _plan(
        self,
        cause: Cause,
        form: ActionForm,
        who: Supporter,
        email: str,
        at: datetime.datetime,
        until: datetime.datetime,
    ) -> Plan:
        minutes = self.chance.lognormvariate(2, 1.4)
        confirmed_at = min(at + datetime.timedelta(minutes=minutes), until)
        withdrawn_at = min(confirmed_at + datetime.timedelta(days=self.chance.random() * 20), until)
        return Plan(
            at=at,
            cause=cause,
            form=form,
            who=who,
            email=email,
            confirmed_at=None if self.chance.random() < UNCONFIRMED else confirmed_at,
            withdrawn_at=withdrawn_at if self.chance.random() < WITHDRAWN else None,
            content=self._content(cause, form, who),
            via=self.ways.choices(list(VIAS), list(VIAS.values()))[0],
        )

    def _content(self, cause: Cause, form: ActionForm, who: Supporter) -> dict[str, Any]:
        """What an act of this kind says."""
        if form.kind == "letter":
            return self._letter(cause, form, who)
        if form.kind == "vote_drive":
            return self._letter(cause, form, who) | {
                "targets": [cause.targets["assembly"].pk],
                "posts": [seat.pk for seat in self._seats(who, cause)],
            }
        if form.kind == "call":
            target = self.chance.choice(list(cause.targets.values()))
            return {"target": target.pk, "outcome": self.chance.choice(list(OUTCOMES))}
        if form.kind == "official_petition":
            return {"answer": "remind" if self.chance.random() < REMINDED else "signed"}
        asked = form.kind == "open_letter" or form.options.get("names")
        named = {"named": True} if asked and self.words.random() < NAMED else {}
        return {**named, **({"revision": 1} if form.kind == "open_letter" else {})}

    def _seats(self, who: Supporter, cause: Cause) -> list[Post]:
        """Who represents somebody, where the postal code tells; looked up once for each code."""
        area = who.postal_code[:3]
        if area not in self.seats:
            assembly = cause.targets["assembly"].organization
            assert assembly is not None
            self.seats[area] = places.representatives(places.areas(area), assembly)[:1]
        return self.seats[area]

    def _letter(self, cause: Cause, form: ActionForm, who: Supporter) -> dict[str, Any]:
        """The proposed letter; now and then somebody begins it in their own words."""
        body = form.options["body"][who.language]
        if form.options["body_editable"] and self.chance.random() < OWN_WORDS:
            body = f"{self.chance.choice(self.names[who.language]['own_words'])}\n\n{body}"
        offered = form.options["body"][who.language]
        subjects = texts.subjects(form.options, who.language)
        written = {
            # Not by chance, which would change who comes after.
            "subject": subjects[len(who.email) % len(subjects)],
            "body": body,
            "targets": [target.pk for target in cause.targets.values()],
            "own_words": texts.own_share(body, [offered]),
        }
        if is_by_code(form):
            written["posts"] = [seat.pk for seat in self._seats(who, cause)]
        return written


def plain(name: str) -> str:
    """The name as it is written in an address: "Hélène" is "helene"."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return letters.lower().replace(" ", "")
