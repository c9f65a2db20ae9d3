from procrastinate.contrib.django import app

from plaidoyer.staff import sessions
from plaidoyer.staff.audit import writing


@app.periodic(cron="* * * * *")
@app.task(name="staff.seal", queueing_lock="staff.seal")
def seal(timestamp: int) -> None:
    writing.seal()


@app.periodic(cron="15 4 * * *")
@app.task(name="staff.tidy", queueing_lock="staff.tidy")
def tidy(timestamp: int) -> None:
    writing.seal(everything=True)
    sessions.forget()
