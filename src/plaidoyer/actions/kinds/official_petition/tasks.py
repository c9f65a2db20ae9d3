from procrastinate.contrib.django import app

from plaidoyer.actions.kinds.official_petition import reminders


@app.periodic(cron="*/5 * * * *")
@app.task(name="actions.remind_of_petitions", queueing_lock="actions.remind_of_petitions")
def remind_of_petitions(timestamp: int) -> None:
    while reminders.send_due():
        pass
