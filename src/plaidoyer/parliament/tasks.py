from procrastinate.contrib.django import app

from plaidoyer.parliament import fetches, notices


@app.periodic(cron="30 7 * * *")
@app.task(name="parliament.tell_of_deadlines", queueing_lock="parliament.tell_of_deadlines")
def tell_of_deadlines(timestamp: int) -> None:
    notices.tell()


@app.periodic(cron="10 6 * * *")
@app.task(name="parliament.fetch_counts", queueing_lock="parliament.fetch_counts")
def fetch_counts(timestamp: int) -> None:
    fetches.fetch_all()
