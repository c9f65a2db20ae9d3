from procrastinate.contrib.django import app

from plaidoyer.actions.ledger import logs


@app.periodic(cron="* * * * *")
@app.task(name="actions.log_counted", queueing_lock="actions.log_counted")
def log_counted(timestamp: int) -> None:
    logs.log_all()
