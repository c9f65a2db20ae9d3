from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from plaidoyer.civics import fetching, lookups
from plaidoyer.civics.models import Lookup

# A provider that is busy (503) is left alone for longer and longer.
AGAIN = RetryStrategy(max_attempts=8, exponential_wait=5)


@app.task(name="civics.look_up", retry=AGAIN)
def look_up(lookup_id: int) -> None:
    for lookup in Lookup.objects.filter(pk=lookup_id):
        lookups.look_up(lookup, fetching.get)


@app.periodic(cron="35 3 * * *")
@app.task(name="civics.forget_lookups", queueing_lock="civics.forget_lookups")
def forget_lookups(timestamp: int) -> None:
    lookups.forget()
