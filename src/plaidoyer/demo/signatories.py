"""Organisations under the open letter, with their logos, and what organisers have read."""

import datetime
import io
import random
from typing import Any

import vl_convert
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from plaidoyer.actions import confirmations, intake, matching, reviews
from plaidoyer.actions.kinds.open_letter import logos
from plaidoyer.actions.models import Action, ActionForm, Review
from plaidoyer.demo import book
from plaidoyer.demo.crowd import SEED, plain
from plaidoyer.lib.words import Words

Organisation = dict[str, Any]

# How many signed on the first day.
FIRST = 41
# These have an address anybody could have: an organiser looks them up.
LOOKED_UP = {"meuniers-sorbe", "passeurs", "velos-aldre"}
SIZES = ("1-9", "1-9", "10-49", "10-49", "50-249")
CALLED = "Appelés à leur bureau, le numéro de leur site ; leur présidence confirme."
# What is left unread for whoever visits the queue.
LEFT_UNREAD = 3

MARKS = {
    "fish": '<path d="M30 100q50-60 110 0q-60 60-110 0zM135 100l40-32v64z"/>',
    "cross": '<path d="M85 40h30v45h45v30h-45v45h-30v-45h-45v-30h45z"/>',
    "waves": '<path d="M20 70q40-36 80 0t80 0v24q-40 36-80 0t-80 0zM32 122q34-32 68 0t68 0v22'
    'q-34 32-68 0t-68 0z"/>',
    "hill": '<path d="M15 150q45-100 85-40q20-50 85 40zM140 60a18 18 0 1 0 1 0z"/>',
    "drop": '<path d="M100 30q60 75 0 130q-60-55 0-130z"/>',
    "sun": '<path d="M100 60a40 40 0 1 0 1 0zM95 20h10v28h-10zM95 152h10v28h-10zM20 95h28v10h-28z'
    'M152 95h28v10h-28z"/>',
    "boat": '<path d="M25 125h150q-15 40-45 40h-60q-30 0-45-40zM95 35h8v80h-8zM110 40q45 30 50 75'
    'h-50z"/>',
}


def sign(form: ActionForm, pages: dict[tuple[int, str], str], *, by: User) -> None:
    """Has every organisation of the book sign `form`; `by` has read all but the last."""
    chance, told = random.Random(f"{SEED} organisations"), book.read("signatories.toml")
    people = book.read("people.toml")
    early = [*told["known"], *local(told, chance)]
    for number, one in enumerate(early):
        act = take_in(form, one, people, chance, pages, moment(form, number))
        if "mark" in one:
            logos.keep(act.organisation_signature, SimpleUploadedFile("logo.png", logo(one)))
        for review in Review.objects.filter(action=act).select_related("action__form"):
            noted = CALLED if one["slug"] in LOOKED_UP else ""
            reviews.decide(review, accept=True, by=by, reason=noted)
    for one in told["waiting"]:
        lately = timezone.now() - datetime.timedelta(hours=5)
        take_in(form, one, people, chance, pages, lately)


def local(told: dict[str, Any], chance: random.Random) -> list[Organisation]:
    """One organisation of each sort in each place."""
    return [
        {
            "slug": f"{sort['slug']}-{plain(place)}",
            "country": "CA",
            "size": chance.choice(SIZES),
            "function": Words(fr="présidence", en="Chair"),
            "name": Words({code: name.format(place=place) for code, name in sort["name"].items()}),
        }
        for sort in told["local"]
        for place in told["places"]
    ]


def moment(form: ActionForm, number: int) -> datetime.datetime:
    """When the organisation of that number signed: the first ones on the first day."""
    if number < FIRST:
        return form.opens_at + datetime.timedelta(minutes=7 * number + 1)
    return form.opens_at + datetime.timedelta(hours=24 + 6 * (number - FIRST))


def take_in(
    form: ActionForm,
    one: Organisation,
    people: dict[str, Any],
    chance: random.Random,
    pages: dict[tuple[int, str], str],
    at: datetime.datetime,
) -> Action:
    """One organisation's act, confirmed by mail a little later."""
    language = "fr" if chance.random() < 0.6 else "en"
    given, family = (chance.choice(people[language][part]) for part in ("given", "family"))
    site = f"{one['slug']}.example"
    domain = "mailbox.example" if one["slug"] in LOOKED_UP else site
    act = intake.append(
        form,
        email=f"{plain(given)}.{plain(family)}@{domain}",
        given_name=given,
        family_name=family,
        language=language,
        page=pages[form.pk, language],
        content={
            "revision": 1,
            "named": chance.random() < 0.5,
            "organisation": {
                "name": one["name"],
                "country": one["country"],
                "website": f"https://{site}",
                "size": one["size"],
            },
            "function": one["function"][language],
        },
        submitted_at=at,
    )
    matching.match([act], at=at)
    confirmations.confirm(act, at=at + datetime.timedelta(minutes=4))
    return act


def logo(one: Organisation) -> bytes:
    """A mark in two colours, as a PNG."""
    dark, light = one["colours"]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="200" height="200">'
        f'<circle cx="100" cy="100" r="96" fill="{light}"/><g fill="{dark}">{MARKS[one["mark"]]}'
        "</g></svg>"
    )
    return io.BytesIO(vl_convert.svg_to_png(svg)).getvalue()


def read_comments(by: User) -> None:
    """What was said, read: all but the last few, so that there is something to read."""
    waiting = list(reviews.waiting().filter(part__in=["comment", "name"]))
    for review in waiting[: max(0, len(waiting) - LEFT_UNREAD)]:
        reviews.decide(review, accept=True, by=by)
