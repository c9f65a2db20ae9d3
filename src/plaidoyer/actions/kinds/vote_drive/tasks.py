from procrastinate.contrib.django import app

from plaidoyer.actions.kinds.vote_drive import closing, counts


@app.periodic(cron="* * * * *")
@app.task(name="actions.close_drives", queueing_lock="actions.close_drives")
def close_drives(timestamp: int) -> None:
    closing.close_drives()


@app.periodic(cron="* * * * *")
@app.task(name="actions.count_members", queueing_lock="actions.count_members")
def count_members(timestamp: int) -> None:
    counts.recount()
