"""How fast mail may leave, to the relay and to each provider, for all senders together.

MAIL_RATES names most messages a second; without, as fast as the relay takes them. A provider that
pushes back again and again is left alone for a minute, then longer; so is the relay.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection

from plaidoyer.lib.addresses import SAME_DOMAIN
from plaidoyer.mail.models import Bucket
from plaidoyer.mail.pieces import End, Leased
from plaidoyer.mail.relay import Reply

RELAY = "relay"
# A bucket holds what leaves in so many seconds, and one message at least.
BURST_SECONDS = 2
# So many push-backs of one provider among the ends of a moment, and most of its ends.
MOST_PUSHES = 5
REST_SECONDS = {RELAY: 10}
PROVIDER_REST_SECONDS = 60
MOST_STRIKES = 6  # doubled each time: 64 times as long at most


def provider(address: str) -> str:
    """The domain whose servers take mail for `address`, in lower case."""
    domain = address.rpartition("@")[2].lower()
    return SAME_DOMAIN.get(domain, domain)


def waits(leased: Sequence[Leased]) -> dict[int, float]:
    """Those of `leased`, by id, that may not leave yet, and for how many seconds."""
    rests = _rests()
    if not settings.MAIL_RATES and not rests:
        return {}
    later = {
        one.pk: rests[name]
        for one in leased
        for name in (RELAY, provider(one.to_address))
        if name in rests
    }
    for name, rate in sorted(settings.MAIL_RATES.items()):
        wanting = [
            one
            for one in leased
            if one.pk not in later and name in {RELAY, provider(one.to_address)}
        ]
        granted = take(name, rate, len(wanting)) if wanting else 0
        for number, one in enumerate(wanting[granted:], 1):
            # A whole second at least: to lease the same again and again would be the real work.
            later[one.pk] = max(1.0, number / rate)
    return later


def take(name: str, rate: float, wanted: int) -> int:
    """How many of `wanted` messages may leave now at `rate` a second, whoever else asks."""
    burst = max(1.0, rate * BURST_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mail_bucket (name, tokens, filled_at, strikes)"
            " VALUES (%s, %s, clock_timestamp(), 0) ON CONFLICT (name) DO NOTHING",
            [name, burst],
        )
        # The row is locked before it is read, so that two senders never take the same.
        cursor.execute(
            """
            WITH held AS MATERIALIZED (
                SELECT name, least(%(burst)s, tokens + %(rate)s
                    * extract(epoch FROM clock_timestamp() - filled_at)::float) AS there
                FROM mail_bucket WHERE name = %(name)s FOR UPDATE
            )
            UPDATE mail_bucket b SET tokens = there - least(%(wanted)s, floor(there)),
                filled_at = clock_timestamp()
            FROM held WHERE b.name = held.name RETURNING least(%(wanted)s, floor(there))::int
            """,
            {"burst": burst, "rate": rate, "name": name, "wanted": wanted},
        )
        return cursor.fetchone()[0]


def _rests() -> dict[str, float]:
    """Who is left alone, and for how many seconds from now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, extract(epoch FROM rests_until - now())::float FROM mail_bucket"
            " WHERE rests_until > now()"
        )
        return dict(cursor.fetchall())


def note(ends: Iterable[End]) -> None:
    """Looks whether the relay or a provider pushes back, and leaves it alone for a while."""
    pushes: Counter[str] = Counter()
    passes: Counter[str] = Counter()
    for end in ends:
        name = provider(end.piece.leased.to_address)
        if end.reply.code == 421:
            pushes[RELAY] += 1
        elif is_push_back(end.reply):
            pushes[name] += 1
        elif 200 <= end.reply.code < 300:
            passes[name] += 1
            passes[RELAY] += 1
    for name, number in sorted(pushes.items()):
        if number >= MOST_PUSHES and number > passes[name]:
            _rest(name)
    if recovered := [name for name in passes if name not in pushes]:
        Bucket.objects.filter(name__in=recovered, strikes__gt=0).update(strikes=0)


def is_push_back(reply: Reply) -> bool:
    """Whether the server says "slower": 4.7.x is policy, 4.3.2 and 4.5.3 are too much at once."""
    words = reply.words[4:]
    return 400 <= reply.code < 500 and words.startswith(("4.7.", "4.3.2", "4.5.3"))


def _rest(name: str) -> None:
    first = REST_SECONDS.get(name, PROVIDER_REST_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO mail_bucket AS b (name, tokens, filled_at, strikes, rests_until)
            VALUES (%(name)s, 0, now(), 1, now() + make_interval(secs => %(first)s))
            ON CONFLICT (name) DO UPDATE SET
                strikes = least(b.strikes + 1, %(most)s),
                rests_until = now() + make_interval(secs => %(first)s * power(2, b.strikes))
            WHERE b.rests_until IS NULL OR b.rests_until < now()
            """,
            {"name": name, "first": first, "most": MOST_STRIKES},
        )
