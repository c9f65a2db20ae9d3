from procrastinate.contrib.django import app

from plaidoyer.actions import areas, counting, matching, sharing

# The jobs of the guards and of the public log are found with these.
from plaidoyer.actions.guards import tasks as guards  # noqa: F401
from plaidoyer.actions.ledger import tasks as ledger  # noqa: F401

# Six fields: seconds stand last. A queueing lock keeps one job waiting at most.


@app.periodic(cron="* * * * * */2")
@app.task(name="actions.match_pending", queueing_lock="actions.match_pending")
def match_pending(timestamp: int) -> None:
    while matching.match_pending():
        pass


@app.periodic(cron="45 3 * * *")
@app.task(name="actions.match_stragglers", queueing_lock="actions.match_stragglers")
def match_stragglers(timestamp: int) -> None:
    while matching.match_pending(reach=None):
        pass


@app.periodic(cron="* * * * * */5")
@app.task(name="actions.advance_counts", queueing_lock="actions.advance_counts")
def advance_counts(timestamp: int) -> None:
    counting.advance()


@app.periodic(cron="15 4 * * *")
@app.task(name="actions.recount", queueing_lock="actions.recount")
def recount(timestamp: int) -> None:
    counting.recount()


@app.periodic(cron="*/10 * * * *")
@app.task(name="actions.count_areas", queueing_lock="actions.count_areas")
def count_areas(timestamp: int) -> None:
    areas.recount()


@app.periodic(cron="*/2 * * * *")
@app.task(name="actions.count_channels", queueing_lock="actions.count_channels")
def count_channels(timestamp: int) -> None:
    sharing.recount()
