from procrastinate.contrib.django import app

from plaidoyer.figures import values


@app.periodic(cron="*/5 * * * *")
@app.task(name="figures.recount", queueing_lock="figures.recount")
def recount(timestamp: int) -> None:
    values.recount()
