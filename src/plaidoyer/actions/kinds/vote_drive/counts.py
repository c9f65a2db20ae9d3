"""How many people wrote to each member, counted behind the request, and how that is told.

A small number could point at somebody, so none under ten is ever told, and up to a hundred only
the tens are.
"""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds.vote_drive.models import MemberTally
from plaidoyer.lib import wording

FEWEST, EXACT_FROM = 10, 100
LOCK = 0x64726976  # "driv": one count at a time, in however many workers

# Acts to the same members have the same list: these are grouped first, so that 35,000 letters to
# 338 members are not twelve million rows. What lost its last letter counts as nothing.
COUNT = """
WITH lists AS (
    SELECT c.form_id, a.facts->'posts' AS posts, count(*) AS people
    FROM actions_confirmation c
    JOIN actions_action a ON a.id = c.action_id
    JOIN actions_actionform f ON f.id = c.form_id
    WHERE f.kind = 'vote_drive' AND c.withdrawal_id IS NULL
      AND jsonb_typeof(a.facts->'posts') = 'array'
      AND NOT EXISTS (
          SELECT FROM actions_held h WHERE h.action_id = c.action_id AND h.released_at IS NULL
      )
    GROUP BY 1, 2
), counted AS (
    SELECT form_id, post::bigint AS post_id, sum(people) AS people
    FROM lists, jsonb_array_elements_text(posts) AS post GROUP BY 1, 2
  UNION ALL
    SELECT form_id, post_id, 0 FROM actions_membertally
)
INSERT INTO actions_membertally (form_id, post_id, people, recounted_at)
SELECT form_id, post_id, sum(people), statement_timestamp() FROM counted
JOIN civics_post p ON p.id = post_id GROUP BY 1, 2
ON CONFLICT (form_id, post_id) DO UPDATE SET
    people = excluded.people, recounted_at = excluded.recounted_at
"""


def recount() -> None:
    """Counts every member of every drive again. Does nothing while another count is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone()[0]:
            cursor.execute(COUNT)


def by_post(form_id: int) -> dict[int, int]:
    """How many wrote to each member of one drive, by the office's id; one query."""
    tallies = MemberTally.objects.filter(form=form_id)
    return dict(tallies.values_list("post_id", "people"))


def told(people: int, language: str) -> str:
    """A count as it may be shown: "fewer than 10", "at least 40", "more than 1,200"."""
    if people < FEWEST:
        return _("fewer than %(number)s") % {"number": FEWEST}
    if people < EXACT_FROM:
        return _("at least %(number)s") % {"number": people // FEWEST * FEWEST}
    return wording.figure(people, language)
