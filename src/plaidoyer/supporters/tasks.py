from procrastinate.contrib.django import app

from plaidoyer.supporters import chains, consents, retention


@app.periodic(cron="* * * * *")
@app.task(name="supporters.seal", queueing_lock="supporters.seal")
def seal(timestamp: int) -> None:
    chains.seal()


@app.periodic(cron="10 4 * * *")
@app.task(name="supporters.retention", queueing_lock="supporters.retention")
def retain(timestamp: int) -> None:
    retention.run()


@app.periodic(cron="5 * * * *")
@app.task(name="supporters.expire", queueing_lock="supporters.expire")
def expire(timestamp: int) -> None:
    consents.expire()
