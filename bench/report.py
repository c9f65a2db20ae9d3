"""How long a report over many acts takes: figures, recount, pages, PDFs, readers' own lines.

Seeds a database of its own by SQL (P7: 10 million acts of a million people on twenty campaigns),
then measures each step and writes JSON to var/bench. Nothing of it is timed in tests.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.stage import VAR_DIR, machine

CAMPAIGNS = 20
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
GOALS = {
    "figures": 0.1,
    "recount": 60.0,
    "page": 0.15,
    "both PDFs": 1.0,
    "personal lines": 120.0,
}

PEOPLE = """
INSERT INTO supporters_supporter (uid, mark, sealed, language, created_at)
SELECT uuidv7(), 'p' || n, '', CASE WHEN n %% 3 = 0 THEN 'fr' ELSE 'en' END, now()
FROM generate_series(1, %s) n
"""
# Each form has its own stretch of the people, so that nobody signs it twice.
ACTS = """
WITH people AS (SELECT min(id) AS first, count(*) AS many FROM supporters_supporter),
acts AS (
    INSERT INTO actions_action (uid, form_id, submitted_at, language, sealed, mark, domain, facts,
        page, via, network, proof)
    SELECT uuidv7(), %(form)s, %(start)s::timestamptz + n * (interval '181 days' / %(many)s), 'en',
        '', (people.first + (n + %(shift)s) %% people.many)::text, '', '{}', '', '', '', ''
    FROM people, generate_series(0, %(many)s - 1) n
    RETURNING id, form_id, submitted_at, mark
)
INSERT INTO actions_confirmation (action_id, form_id, supporter_id, person, seat, confirmed_at)
SELECT id, form_id, mark::bigint, '', 1, submitted_at + interval '1 minute' FROM acts
"""


def seed(acts: int, readers: int) -> Any:
    """The database's people and acts by SQL, its edition by the rooms' own models."""
    from django.contrib.auth.models import User
    from django.db import connection
    from wagtail.models import Site

    from plaidoyer.campaigns.models import Campaign
    from plaidoyer.lib.words import Words
    from plaidoyer.organisation.models import Organisation
    from plaidoyer.reports.models import Edition
    from plaidoyer.testing import make_campaign, make_form, make_minister

    Organisation.objects.create(
        site=Site.objects.get(), name=Words(en="Bench", fr="Banc"), postal_address="1 Quay"
    )
    post = make_minister()
    start = datetime.combine(FIRST, datetime.min.time(), UTC)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [readers])
        for n in range(CAMPAIGNS):
            campaign = make_campaign(slug=f"c{n}", post=post, opened_on=FIRST)
            prove(campaign)
            form = make_form(campaign, opens_at=start)
            many = min(acts // CAMPAIGNS, readers)
            shift = n * readers // CAMPAIGNS
            told = {"form": form.pk, "start": start, "many": many, "shift": shift}
            cursor.execute(ACTS, told)
            print(f"  {(n + 1) * many:>12,} acts", flush=True)
        cursor.execute("ANALYZE")
    texts = {"fr": "Six mois ensemble. " * 30, "en": "Six months together. " * 30}
    Campaign.objects.update(summary=texts)
    parts = ("title", "introduction", "our_part", "thanks", "appeal")
    words = {part: Words(fr="Six mois", en="Six months") for part in parts}
    edition = Edition.objects.create(slug="bench", starts_on=FIRST, ends_on=LAST, **words)
    return edition, User.objects.create(username="ed"), User.objects.create(username="anne")


def prove(campaign: Any) -> None:
    """Three milestones with evidence, the last of which meets the demand."""
    from plaidoyer.lib.words import Words
    from plaidoyer.outcomes.models import Evidence, Milestone, Movement

    for month, standing in ((2, "acknowledged"), (4, "promised"), (6, "met")):
        day = date(2026, month, 3)
        milestone = Milestone.objects.create(
            happened_on=day, kind="decision", title=Words(fr="Un décret", en="A decree")
        )
        milestone.campaigns.add(campaign)
        asked = {"demand": campaign.demands.get(), "target": campaign.targets.get()}
        Movement.objects.create(milestone=milestone, standing=standing, **asked)
        Evidence.objects.create(
            milestone=milestone,
            title="Gazette",
            url="https://gazette.example/1",
            publisher="Ministry",
            published_on=day,
            language="en",
        )


class Steps(dict[str, float]):
    """How many seconds each step took, told as it ends."""

    def time(self, name: str, work: Callable[[], Any], times: int = 1) -> None:
        """Notes the median of how many seconds `work` takes."""
        spent = []
        for _time in range(times):
            began = time.perf_counter()
            work()
            spent.append(time.perf_counter() - began)
        self[name] = statistics.median(spent)
        print(f"{name:>24} {self[name]:>9.3f} {GOALS.get(name, ''):>7}", flush=True)


def measure(edition: Any, ed: Any, anne: Any) -> Steps:
    """Every step of P7, in the order a half-year ends."""
    from django.test import Client

    from plaidoyer.actions import counting
    from plaidoyer.actions.models import ActionForm
    from plaidoyer.reports import contents, counts, editions, pdf
    from plaidoyer.supporters.models import Supporter

    steps = Steps()
    steps.time("first count", lambda: counting.advance(since=FIRST))
    steps.time("recount", counting.recount)
    editions.draft(edition, ed)
    for item in edition.items.all():
        editions.approve(item, anne)
    forms = list(ActionForm.objects.order_by("pk"))
    steps.time("figures", lambda: counts.count(forms, FIRST, LAST), 9)
    steps.time("gather", lambda: contents.gather(edition), 9)
    facts = contents.gather(edition)
    steps.time(
        "tell, drawn (fr + en)", lambda: [contents.tell(facts, code) for code in ("fr", "en")]
    )
    trees = [contents.tell(facts, code) for code in ("fr", "en")]
    steps.time("both PDFs", lambda: [pdf.render(tree, {}) for tree in trees], 3)
    steps.time("publish", lambda: editions.publish(edition, anne))
    edition.refresh_from_db()
    client = Client(SERVER_NAME="localhost")
    assert client.get("/en/reports/bench/").status_code == 200
    steps.time("page", lambda: client.get("/en/reports/bench/"), 15)
    readers = list(Supporter.objects.order_by("pk").values_list("pk", flat=True))
    steps.time("personal lines", lambda: lines(edition.mailing, readers))
    return steps


def lines(mailing: Any, readers: list[int], batch: int = 2000) -> int:
    """Everybody's own line, as copies ask for them; how many have one."""
    from plaidoyer.newsletters import personal_lines

    starts = range(0, len(readers), batch)
    return sum(len(personal_lines.lines(mailing, readers[n : n + batch])) for n in starts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench report", description=__doc__)
    parser.add_argument("--acts", type=int, default=10_000_000, help="acts in all (10 million)")
    parser.add_argument("--readers", type=int, default=1_000_000, help="people (a million)")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from plaidoyer.config import postgres

    cluster = postgres.ensure_url()
    import django

    django.setup()
    from django.contrib.staticfiles.storage import staticfiles_storage

    from tests import databases, relay, servers

    databases.collect_static(VAR_DIR)
    # They may have been looked for before they were there.
    static = staticfiles_storage
    static.hashed_files, static.manifest_hash = static.load_manifest()
    product = servers.Product(VAR_DIR, databases.make_database(cluster, "bench"), relay.Catcher())
    about = {**machine(), "acts": options.acts, "readers": options.readers}
    print(*(f"{name}: {value}" for name, value in about.items()), sep="\n", end="\n\n")
    with product.orm():
        began = time.perf_counter()
        edition, ed, anne = seed(options.acts, options.readers)
        print(f"seeded in {time.perf_counter() - began:.0f} s\n", flush=True)
        figures = measure(edition, ed, anne)
    path = Path(VAR_DIR) / f"report-{datetime.now():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({**about, "seconds": figures}, indent=2) + "\n")
    print(f"\nWritten to {path}")


if __name__ == "__main__":
    main()
