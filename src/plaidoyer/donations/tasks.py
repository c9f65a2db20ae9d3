from procrastinate.contrib.django import app

from plaidoyer.donations import privacy
from plaidoyer.donations.cards import offering, reconciling, refunding, settling
from plaidoyer.donations.receipts import issuing


@app.periodic(cron="* * * * * */10")
@app.task(name="donations.receipts", queueing_lock="donations.receipts")
def issue_receipts(timestamp: int) -> None:
    issuing.issue_due()
    issuing.amend_due()


@app.periodic(cron="* * * * *")
@app.task(name="donations.cards", queueing_lock="donations.cards")
def settle_cards(timestamp: int) -> None:
    settling.settle_waiting()
    if offering.has_keys():
        refunding.send_waiting()


@app.periodic(cron="20 2 * * *")
@app.task(name="donations.reconcile", queueing_lock="donations.reconcile")
def reconcile(timestamp: int) -> None:
    if offering.has_keys():
        reconciling.reconcile()


@app.periodic(cron="25 3 * * *")
@app.task(name="donations.forget", queueing_lock="donations.forget")
def forget(timestamp: int) -> None:
    privacy.forget()
