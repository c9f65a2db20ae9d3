from procrastinate.contrib.django import app

from plaidoyer.vault import rotation


@app.periodic(cron="50 3 * * *")
@app.task(name="vault.sweep", queueing_lock="vault.sweep")
def sweep(timestamp: int) -> None:
    rotation.sweep()
