from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from plaidoyer.actions.guards import holds, networks

AGAIN = RetryStrategy(max_attempts=10, exponential_wait=3)


@app.task(name="actions.apply_hold", retry=AGAIN)
def apply_hold(hold_id: int) -> None:
    holds.apply(hold_id)


@app.task(name="actions.lift_hold", retry=AGAIN)
def lift_hold(hold_id: int) -> None:
    holds.unapply(hold_id)


@app.periodic(cron="* * * * *")
@app.task(name="actions.keep_network_keys", queueing_lock="actions.keep_network_keys")
def keep_network_keys(timestamp: int) -> None:
    networks.keep_keys()


@app.periodic(cron="25 * * * *")
@app.task(name="actions.forget_networks", queueing_lock="actions.forget_networks")
def forget_networks(timestamp: int) -> None:
    networks.forget()
