from procrastinate.contrib.django import app

from plaidoyer.complaints import rulings


@app.periodic(cron="40 3 * * *")
@app.task(name="complaints.forget", queueing_lock="complaints.forget")
def forget(timestamp: int) -> None:
    rulings.forget()
