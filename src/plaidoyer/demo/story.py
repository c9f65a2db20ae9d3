"""Tells the coalition's year into an empty database: facts, pages, acts, reports."""

import datetime
from collections.abc import Sequence
from itertools import batched

import click
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone, translation

from plaidoyer.actions import (
    areas,
    confirmations,
    counting,
    intake,
    matching,
    reporting,
    sharing,
)
from plaidoyer.actions.kinds.vote_drive import counts
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Campaign
from plaidoyer.demo import (
    answers,
    arvane,
    assembly,
    book,
    giving,
    newsletters,
    outcomes,
    pages,
    parcel,
    seats,
    signatories,
    votes,
)
from plaidoyer.demo.arvane import Cause
from plaidoyer.demo.crowd import Crowd, Plan
from plaidoyer.demo.stage import told
from plaidoyer.figures import values
from plaidoyer.lib import wording
from plaidoyer.lib.words import Words
from plaidoyer.reports import editions
from plaidoyer.reports.models import Edition
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import ConsentWording

# The whole year, or one act of sixty.
SCALES = {"full": 1, "small": 1 / 60}
FEWEST = 15
BATCH = 1000
# Before this day the forms did not ask whether one wants to hear from the coalition.
CONSENT_ASKED_FROM = datetime.date(2026, 5, 1)


@transaction.atomic
def tell(scale: str) -> None:
    """Fills an empty, migrated database: with the whole story or, interrupted, with nothing.

    Every row comes from the verbs that real people's acts use, with moments in the past. The
    report's mailing is left to the worker. `scale`: "full" or "small". Raises
    click.ClickException when there are campaigns already.
    """
    if Campaign.objects.exists():
        raise click.ClickException("The database is not empty: the story needs one that is.")
    with told("Campaigns"):
        country = book.read("organisation.toml")
        site = pages.open_site()
        staff = arvane.hire(country["staff"])
        arvane.found(country["organisation"], site)
        offices = arvane.elect(country["offices"])
        members = seats.fill(book.read("seats.toml"), offices)
        assembly.fill(book.read("assembly.toml"), offices)
        decided = book.read("votes.toml")
        motions = votes.fill(decided, offices, members)
        books = [votes.refer(one, motions) for one in book.campaigns()]
        told_of, sheets = book.read("outcomes.toml"), book.read("editions.toml")["editions"]
        parcel.bring(books, country, told_of, sheets, by=staff["ed"])
        arvane.record(by=staff["ed"])
        causes = {one["slug"]: Cause(one, offices, scale=SCALES[scale]) for one in books}
        assembly.list_others(book.read("petitions.toml"), offices)
        votes.choose(decided["asked"], motions, causes)
        outcomes.tell(told_of, causes, country["publishers"], staff)
    with told("Pages and pictures"):
        index = pages.open_texts(site.root_page.specific)
        for cause in causes.values():
            pages.open_campaign(index, cause)
    plans = plan(list(causes.values()), SCALES[scale])
    winter, summer = sheets
    spring = next(n for n, one in enumerate(plans) if one.at.date() > winter["ends_on"])
    [letter] = causes["three-ministers"].forms
    with told("Organisations"):
        signatories.sign(letter, pages.addresses(), by=staff["ed"])
    for sheet, acts in ((winter, plans[:spring]), (summer, plans[spring:])):
        act(acts)
        with told(f"Report {sheet['slug']}"):
            report(sheet["slug"], causes, editor=staff["ed"], second=staff["anne"])
    signatories.read_comments(by=staff["ed"])
    with told("Replies and a hand-over"):
        answers.tell(causes, by=staff["ed"])
        answers.leave()
        answers.hand_over(causes, by=staff["ed"])
    with told("Gifts"):
        giving.collect(by=staff["anne"], scale=SCALES[scale])
    with told("Newsletters"):
        newsletters.write()
    values.recount()
    with connection.cursor() as cursor:
        # Else the first visitors would wait on plans made for empty tables.
        cursor.execute("ANALYZE")


def plan(causes: Sequence[Cause], scale: float) -> list[Plan]:
    """Every act of the story, in the order it happened."""
    wanted = {
        form: (cause, max(FEWEST, round(sheet["acts"] * scale)))
        for cause in causes
        for form, sheet in zip(cause.forms, cause.book.get("forms", []), strict=True)
        if sheet["acts"]
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
    """Does what is planned, in batches, and counts it."""
    addresses, sentences = pages.addresses(), {code: consent(code) for code in ("fr", "en")}
    label = f"  {len(plans):,} acts ".ljust(34, ".")
    with click.progressbar(length=len(plans), label=label) as bar:
        for batch in batched(plans, BATCH):
            take_in({send(one, addresses, sentences).pk: one for one in batch})
            bar.update(len(batch))
    counting.advance(since=plans[0].at.date())
    areas.recount()
    sharing.recount()
    counts.recount()


def take_in(plans: dict[int, Plan]) -> None:
    """Matches acts, given with their plans, confirms most of them and withdraws a few."""
    acts = Action.objects.in_bulk(plans)
    matching.match(acts.values(), at=max(act.submitted_at for act in acts.values()))
    confirmed = {key: one.confirmed_at for key, one in plans.items() if one.confirmed_at}
    confirmations.confirm_many(
        [acts[key] for key in confirmed], at=lambda action: confirmed[action.pk]
    )
    for key, one in plans.items():
        if one.withdrawn_at:
            confirmations.withdraw(acts[key], at=one.withdrawn_at)


def consent(language: str) -> ConsentWording:
    """The sentence beside the box of every form."""
    with translation.override(language):
        sentence = reporting.consent_sentence()
    return consents.wording(consents.NEWSLETTER, language, sentence)


def send(
    one: Plan, addresses: dict[tuple[int, str], str], sentences: dict[str, ConsentWording]
) -> Action:
    """One act, as the form's view takes it in."""
    who = one.who
    ticked = who.says_yes and one.at.date() >= CONSENT_ASKED_FROM
    return intake.append(
        one.form,
        email=one.email,
        given_name=who.given_name,
        family_name=who.family_name,
        language=who.language,
        page=addresses[one.form.pk, who.language],
        postal_code=who.postal_code,
        content=one.content,
        consent_wording=sentences[who.language] if ticked else None,
        via=one.via,
        submitted_at=one.at,
    )


def report(slug: str, causes: dict[str, Cause], *, editor: User, second: User) -> None:
    """One edition, a draft of the bundle: its headings found anew, its figures written in by
    `editor`, approved by `second`, published."""
    edition = Edition.objects.get(slug=slug)
    values.recount()
    editions.draft(edition, by=editor)
    for item in edition.items.select_related("campaign"):
        acts = sum(
            counting.confirmed_between(form, edition.starts_on, edition.ends_on)
            for form in causes[item.campaign.slug].forms
        )
        item.text = Words(
            {
                language: text.replace("{acts}", wording.figure(acts, language))
                for language, text in item.text.items()
            }
        )
        item.edited_by = editor
        item.save()
        editions.approve(item, by=second)
    editions.publish(edition, by=second)
