from procrastinate.contrib.django import app

from plaidoyer.staff import sessions
from plaidoyer.staff.audit import anchors, writing
from plaidoyer.supporters import chains


@app.periodic(cron="* * * * *")
@app.task(name="staff.seal", queueing_lock="staff.seal")
def seal(timestamp: int) -> None:
    writing.seal()


@app.periodic(cron="15 4 * * *")
@app.task(name="staff.tidy", queueing_lock="staff.tidy")
def tidy(timestamp: int) -> None:
    chains.seal(everything=True)
    anchors.keep()
    writing.seal(everything=True)
    sessions.forget()
