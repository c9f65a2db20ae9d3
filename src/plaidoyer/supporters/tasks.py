from procrastinate.contrib.django import app

from plaidoyer.supporters import chains, consents, retention
from plaidoyer.supporters.lists import arrivals


@app.periodic(cron="* * * * *")
@app.task(name="supporters.seal", queueing_lock="supporters.seal")
def seal(timestamp: int) -> None:
    chains.seal()


@app.periodic(cron="10 4 * * *")
@app.task(name="supporters.retention", queueing_lock="supporters.retention")
def retain(timestamp: int) -> None:
    retention.run()
    arrivals.forget()


@app.periodic(cron="5 * * * *")
@app.task(name="supporters.expire", queueing_lock="supporters.expire")
def expire(timestamp: int) -> None:
    consents.expire()


# Every minute too: whatever stopped it, a list is gone on with.
@app.periodic(cron="* * * * *")
@app.task(name="supporters.carry_on", queueing_lock="supporters.carry_on")
def carry_on(timestamp: int = 0) -> None:
    arrivals.carry_on()
