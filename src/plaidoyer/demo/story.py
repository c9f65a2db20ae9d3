"""Tells the coalition's year into an empty database: facts, pages, acts, reports."""

import datetime
import time
from collections.abc import Sequence
from itertools import batched
from typing import Any, Literal

import click
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation

from plaidoyer.actions import confirmations, counting, intake, matching, reporting
from plaidoyer.campaigns.models import Campaign
from plaidoyer.demo import arvane, book, pages
from plaidoyer.demo.arvane import Cause
from plaidoyer.demo.crowd import Crowd, Plan
from plaidoyer.lib import wording
from plaidoyer.lib.words import Words
from plaidoyer.reports import editions
from plaidoyer.reports.models import Edition
from plaidoyer.supporters import consents

Scale = Literal["small", "full"]
# The whole year, or one act of sixty.
SCALES: dict[str, float] = {"full": 1, "small": 1 / 60}
FEWEST = 15
BATCH = 1000
# Before this day the forms did not ask whether one wants to hear from the coalition.
CONSENT_ASKED_FROM = datetime.date(2026, 5, 1)


@transaction.atomic
def tell(scale: Scale) -> None:
    """Fills an empty, migrated database: with the whole story or, interrupted, with nothing.

    Every row comes from the verbs that real people's acts use, with moments in the past. Letters
    and the report's mailing are left to the worker. Raises click.ClickException when there are
    campaigns already.
    """
    if Campaign.objects.exists():
        raise click.ClickException("The database is not empty: the story needs one that is.")
    began, country = time.monotonic(), book.read("organisation.toml")
    site = pages.open_site()
    staff = arvane.hire(country["staff"])
    arvane.found(country["organisation"], site)
    offices = arvane.elect(country["offices"])
    causes = {told["slug"]: Cause(told, offices, scale=SCALES[scale]) for told in book.campaigns()}
    for cause in causes.values():
        arvane.record(cause.book, causes, country["publishers"], by=staff["ed"])
    index = pages.open_texts(site.root_page.specific)
    for cause in causes.values():
        pages.open_campaign(index, cause)
    click.echo(f"{len(causes)} campaigns with their milestones and pages")

    plans = plan(list(causes.values()), SCALES[scale])
    winter, summer = book.read("editions.toml")["editions"]
    spring = next(n for n, one in enumerate(plans) if one.at.date() > winter["ends_on"])
    act(plans[:spring])
    report(winter, causes, staff["ed"], staff["anne"])
    act(plans[spring:])
    report(summer, causes, staff["ed"], staff["anne"])
    click.echo(f"Told in {time.monotonic() - began:.0f} s")


def plan(causes: Sequence[Cause], scale: float) -> list[Plan]:
    """Every act of the story, in the order it happened."""
    wanted = {
        form: (cause, max(FEWEST, round(told["acts"] * scale)))
        for cause in causes
        for form, told in zip(cause.forms, cause.book.get("forms", []), strict=True)
    }
    crowd = Crowd(sum(acts for _cause, acts in wanted.values()))
    until = timezone.now()
    plans = [
        one
        for form, (cause, acts) in wanted.items()
        for one in crowd.plan(cause, form, acts, until)
    ]
    return sorted(plans, key=lambda one: one.at)


def act(plans: Sequence[Plan]) -> None:
    """Takes the acts in, matches them, confirms most, withdraws a few, and counts."""
    addresses = pages.addresses()
    sentences = {}
    for language in ("fr", "en"):
        with translation.override(language):
            sentence = reporting.consent_sentence()
            sentences[language] = consents.wording(consents.NEWSLETTER, language, sentence)
    with click.progressbar(length=len(plans), label=f"{len(plans):,} acts") as bar:
        for batch in batched(plans, BATCH):
            told = {}
            for one in batch:
                who, asked = one.who, one.at.date() >= CONSENT_ASKED_FROM
                action = intake.append(
                    one.form,
                    email=one.email,
                    given_name=who.given_name,
                    family_name=who.family_name,
                    language=who.language,
                    page=addresses[one.form.pk, who.language],
                    postal_code=who.postal_code,
                    content=one.content,
                    consent_wording=sentences[who.language] if who.says_yes and asked else None,
                    submitted_at=one.at,
                )
                told[action] = one
            matching.match(told, at=batch[-1].at)
            moments = {action.pk: one.confirmed_at for action, one in told.items()}
            confirmations.confirm_many(
                [action for action in told if moments[action.pk]],
                at=lambda action, moments=moments: moments[action.pk],
            )
            for action, one in told.items():
                if one.withdrawn_at:
                    confirmations.withdraw(action, at=one.withdrawn_at)
            bar.update(len(batch))
    counting.advance(since=plans[0].at.date())


def report(sheet: dict[str, Any], causes: dict[str, Cause], editor: User, second: User) -> Edition:
    """One edition: drafted from the facts, written by `editor`, approved by `second`, published."""
    edition = Edition.objects.create(
        slug=sheet["slug"],
        title=sheet["title"],
        starts_on=sheet["starts_on"],
        ends_on=sheet["ends_on"],
        introduction=sheet["introduction"],
        our_part=sheet["our_part"],
        thanks=sheet["thanks"],
        appeal=sheet["appeal"],
    )
    editions.draft(edition, by=editor)
    for item in edition.items.select_related("campaign"):
        cause = causes[item.campaign.slug]
        told = cause.book["items"][edition.slug]
        acts = sum(
            counting.confirmed_between(form, edition.starts_on, edition.ends_on)
            for form in cause.forms
        )
        item.title = told["title"]
        item.text = Words(
            {
                language: text.replace("{acts}", wording.figure(acts, language))
                for language, text in told["text"].items()
            }
        )
        item.is_major = "major_reason" in told
        item.major_reason = told.get("major_reason", Words())
        item.save()
        editions.approve(item, by=second)
    click.echo(f"Report “{edition.title['en']}”")
    return editions.publish(edition, by=second)
