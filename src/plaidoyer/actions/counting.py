"""The first rungs of the count ladder, counted behind the request from the rows themselves.

Submitted: acts taken in, each by its moment of arrival; one sent again with its address mended is
the same. Confirmed: acts whose supporter said yes, one for each supporter and form, by the moment
of the yes; what is shown is confirmed less withdrawn. What is held counts nowhere until it is
released. What follows (queued, accepted, bounced, replied) is counted by delivery.

The acts of the last minutes are counted into the journal of minutes, and its minutes into days
(UTC): what it costs depends on how many act now, not on how many ever did.
"""

import datetime
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import Now
from django.utils import timezone

from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm, Minute, Tally

logger = logging.getLogger(__name__)

LOCK = 0x636F756E  # "coun": one count at a time, in however many workers
BEGINNING = datetime.date(1970, 1, 1)

# How long after its moment an act may become visible, at most, without somebody telling.
LATE = datetime.timedelta(minutes=10)

# One statement sees one moment: all three rungs are counted at the same instant. What was known of
# each minute stands beside, so that only minutes that changed are written (a conflict alone would
# lock millions of rows), and minutes that lost their last row count as nothing.
MINUTES = """
WITH held AS (
    SELECT action_id FROM actions_held WHERE released_at IS NULL
), happened (form_id, at, submitted, confirmed, withdrawn, was) AS (
    SELECT form_id, submitted_at, 1, 0, 0, 0
    FROM actions_action WHERE submitted_at >= %(since)s AND corrects_id IS NULL
  UNION ALL
    SELECT form_id, confirmed_at, 0, 1, 0, 0
    FROM actions_confirmation c WHERE confirmed_at >= %(since)s
      AND NOT EXISTS (SELECT FROM held WHERE held.action_id = c.action_id)
  UNION ALL
    SELECT form_id, withdrawn_at, 0, 0, 1, 0
    FROM actions_withdrawal w JOIN actions_confirmation c ON c.withdrawal_id = w.id
    WHERE withdrawn_at >= %(since)s
      AND NOT EXISTS (SELECT FROM held WHERE held.action_id = c.action_id)
  UNION ALL
    SELECT form_id, began_at, submitted, confirmed, withdrawn, 1
    FROM actions_minute WHERE began_at >= %(since)s
)
INSERT INTO actions_minute AS m (form_id, began_at, submitted, confirmed, withdrawn)
SELECT form_id, date_bin('1 minute', at, 'epoch') AS began_at,
    sum(submitted * (1 - was)), sum(confirmed * (1 - was)), sum(withdrawn * (1 - was))
FROM happened GROUP BY 1, 2
HAVING sum(submitted * (1 - 2 * was)) <> 0 OR sum(confirmed * (1 - 2 * was)) <> 0
    OR sum(withdrawn * (1 - 2 * was)) <> 0
ON CONFLICT (form_id, began_at) DO UPDATE SET submitted = excluded.submitted,
    confirmed = excluded.confirmed, withdrawn = excluded.withdrawn
"""
BY_DAY = """
WITH counted AS (
    SELECT form_id, counted_on, sum(submitted) AS submitted, sum(confirmed) AS confirmed,
        sum(withdrawn) AS withdrawn
    FROM (
        SELECT form_id, (began_at AT TIME ZONE 'UTC')::date AS counted_on,
            submitted, confirmed, withdrawn
        FROM actions_minute WHERE began_at >= %(since)s
      UNION ALL
        SELECT form_id, counted_on, 0, 0, 0 FROM actions_tally WHERE counted_on >= %(day)s
    ) AS found GROUP BY form_id, counted_on
)
"""
ROOM = "SELECT set_config('work_mem', current_setting('maintenance_work_mem'), true)"
KEEP = """
INSERT INTO actions_tally (form_id, counted_on, submitted, confirmed, withdrawn, recounted_at)
SELECT *, %(moment)s FROM counted
ON CONFLICT (form_id, counted_on) DO UPDATE SET
    submitted = excluded.submitted, confirmed = excluded.confirmed,
    withdrawn = excluded.withdrawn, recounted_at = excluded.recounted_at
"""
FILL = """
UPDATE actions_actionform f SET filled_at = statement_timestamp()
WHERE filled_at IS NULL AND places <= (
    SELECT sum(confirmed) - sum(withdrawn) FROM actions_tally t WHERE t.form_id = f.id
)
"""
COMPARE = """
SELECT form_id, counted_on, c.submitted - coalesce(t.submitted, 0),
       c.confirmed - coalesce(t.confirmed, 0), c.withdrawn - coalesce(t.withdrawn, 0)
FROM counted c LEFT JOIN actions_tally t USING (form_id, counted_on)
WHERE (c.submitted, c.confirmed, c.withdrawn)
    IS DISTINCT FROM (t.submitted::bigint, t.confirmed::bigint, t.withdrawn::bigint)
  AND counted_on < %(closed)s
ORDER BY form_id, counted_on
"""
ALARM = "The count of form %s on %s was wrong: submitted %+d, confirmed %+d, withdrawn %+d"


@dataclass(frozen=True, slots=True)
class Count:
    """How many, at which moment."""

    value: int
    counted_at: datetime.datetime


def advance(since: datetime.date | None = None, *, wait: bool = False) -> None:
    """Counts what happened lately, or from the day `since` on (an import tells its first).

    Reads only the rows since ten minutes before the newest minute it knows. Does nothing while
    another count is at it, unless told to wait for its end: that one may have begun before what
    is to be counted.
    """
    with transaction.atomic():
        if lock(wait):
            began = midnight(since) if since else newest() - LATE
            moment = count_minutes(began)
            run(BY_DAY + KEEP, min(began.date(), yesterday()), moment)
            run(FILL)


def recount() -> int:
    """Counts every minute again and heals what was wrong; how many days of forms were.

    Each is an alarm in the log: a day that was over had another count than its rows. Today and
    yesterday may lag and are no alarm. Reads everything; meant for the night.
    """
    with transaction.atomic():
        if not lock():
            return 0
        moment = count_minutes(midnight(BEGINNING))
        wrong = run(BY_DAY + COMPARE, BEGINNING)
        for day in wrong:
            logger.error(ALARM, *day)
        run(BY_DAY + KEEP, BEGINNING, moment)
    return len(wrong)


def count_minutes(since: datetime.datetime) -> datetime.datetime:
    """Counts the rows since a moment into the journal of minutes; as of which moment."""
    with connection.cursor() as cursor:
        # Millions of minutes at once fit into what upkeep may take, and not into a page's share.
        cursor.execute(ROOM)
        cursor.execute("SELECT statement_timestamp()")
        moment = cursor.fetchone()[0]
        cursor.execute(MINUTES, {"since": since})
    return moment


def newest() -> datetime.datetime:
    """The newest minute of the journal that is not to come; without one, the beginning."""
    known = Minute.objects.filter(began_at__lte=Now()).aggregate(newest=Max("began_at"))
    return known["newest"] or midnight(BEGINNING) + LATE


def confirmed(forms: Iterable[ActionForm]) -> dict[int, Count]:
    """What counts on each form, by its id, and when it was counted; one query, and those of the
    kinds that count otherwise.

    A form that was never counted yet had nothing when it opened.
    """
    now, forms = timezone.now(), list(forms)
    counts = {form.pk: Count(0, min(form.opens_at, now)) for form in forms}
    totals = (
        Tally.objects.filter(form__in=list(counts))
        .values("form")
        .annotate(value=Sum(F("confirmed") - F("withdrawn")), counted_at=Max("recounted_at"))
    )
    for total in totals:
        counts[total["form"]] = Count(total["value"], total["counted_at"])
    for kind in {KINDS[form.kind] for form in forms if form.kind in KINDS}:
        if kind.counts:
            counts |= kind.counts([form for form in forms if form.kind == kind.name])
    return counts


def confirmed_between(form: ActionForm, start: datetime.date, end: datetime.date) -> int:
    """What began to count on `form` from day to day, both included, less what was withdrawn."""
    return sum(count for _day, count in per_day(form, start, end))


def per_day(
    form: ActionForm, start: datetime.date, end: datetime.date
) -> list[tuple[datetime.date, int]]:
    """Confirmed less withdrawn for every day from `start` to `end`, both included."""
    days = Tally.objects.filter(form=form, counted_on__range=(start, end))
    found = dict(days.values_list("counted_on", F("confirmed") - F("withdrawn")))
    span = range((end - start).days + 1)
    return [(day, found.get(day, 0)) for day in (start + datetime.timedelta(n) for n in span)]


def lock(wait: bool = False) -> bool:
    """Whether this transaction may count."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def run(
    query: str, since: datetime.date = BEGINNING, moment: datetime.datetime | None = None
) -> list[tuple[Any, ...]]:
    """Runs one of the queries above over the days from `since` on."""
    days = {"since": midnight(since), "day": since, "closed": yesterday(), "moment": moment}
    with connection.cursor() as cursor:
        cursor.execute(query, days)
        return cursor.fetchall() if cursor.description else []


def midnight(day: datetime.date) -> datetime.datetime:
    """When a UTC day begins."""
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def yesterday() -> datetime.date:
    """The UTC day before this one."""
    return datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
