from procrastinate.contrib.django import app

from plaidoyer.mail.domains import health
from plaidoyer.mail.inbound import keeping, reading


@app.periodic(cron="* * * * * */5")
@app.task(name="mail.read_incoming", queueing_lock="mail.read_incoming")
def read_incoming(timestamp: int) -> None:
    while reading.read_waiting() == reading.MOST:
        pass


@app.periodic(cron="35 3 * * *")
@app.task(name="mail.forget_incoming", queueing_lock="mail.forget_incoming")
def forget_incoming(timestamp: int) -> None:
    while keeping.forget():
        pass


@app.periodic(cron="50 4 * * *")
@app.task(name="mail.check_domain", queueing_lock="mail.check_domain")
def check_domain(timestamp: int) -> None:
    health.keep()
