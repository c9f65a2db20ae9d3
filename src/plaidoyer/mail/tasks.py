from procrastinate import JobContext
from procrastinate.contrib.django import app

from plaidoyer.mail import batches, crews, recoveries

# What comes back is read by these.
from plaidoyer.mail.inbound import tasks as incoming  # noqa: F401


@app.periodic(cron="* * * * * */2")
@app.task(name="mail.send_due", queueing_lock="mail.send_due", pass_context=True)
def send_due(context: JobContext, timestamp: int) -> None:
    crews.send_due(stop=context.should_abort)


@app.periodic(cron="* * * * * */10")
@app.task(name="mail.recover", queueing_lock="mail.recover")
def recover(timestamp: int) -> None:
    recoveries.recover()


@app.periodic(cron="* * * * * */5")
@app.task(name="mail.sweep", queueing_lock="mail.sweep")
def sweep(timestamp: int) -> None:
    while batches.sweep():
        pass
