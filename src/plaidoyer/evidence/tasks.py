from procrastinate.contrib.django import app

from plaidoyer.evidence import links, notices, readings


@app.periodic(cron="40 2 * * *")
@app.task(name="evidence.check_links", queueing_lock="evidence.check_links")
def check_links(timestamp: int) -> None:
    links.check()
    notices.tell()


@app.periodic(cron="50 3 * * *")
@app.task(name="evidence.forget_unused", queueing_lock="evidence.forget_unused")
def forget_unused(timestamp: int) -> None:
    readings.forget_unused()
