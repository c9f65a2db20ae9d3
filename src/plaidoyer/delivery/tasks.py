from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from plaidoyer.actions.models import Action
from plaidoyer.delivery import bounces, letters, placements
from plaidoyer.delivery.mailboxes import digests, turns
from plaidoyer.delivery.replies import surveys

AGAIN = RetryStrategy(max_attempts=10, exponential_wait=3)


@app.task(name="delivery.write_letters", retry=AGAIN)
def write_letters(action_ids: list[int]) -> None:
    letters.write(Action.objects.filter(id__in=action_ids))


@app.task(name="delivery.cancel_letters", retry=AGAIN)
def cancel_letters(action_ids: list[int]) -> None:
    letters.cancel(Action.objects.filter(id__in=action_ids))


@app.periodic(cron="* * * * * */20")
@app.task(name="delivery.release_letters", queueing_lock="delivery.release_letters")
def release_letters(timestamp: int) -> None:
    while letters.release():
        pass


@app.periodic(cron="* * * * * */20")
@app.task(name="delivery.mend_letters", queueing_lock="delivery.mend_letters")
def mend_letters(timestamp: int) -> None:
    while letters.mend():
        pass


@app.periodic(cron="20 * * * *")
@app.task(name="delivery.place_letters", queueing_lock="delivery.place_letters")
def place_letters(timestamp: int) -> None:
    placements.place_known()


@app.periodic(cron="* * * * *")
@app.task(name="delivery.note_bounces", queueing_lock="delivery.note_bounces")
def note_bounces(timestamp: int) -> None:
    while bounces.note():
        pass


# In the morning of eastern Canada.
@app.periodic(cron="0 14 * * *")
@app.task(name="delivery.ask_writers", queueing_lock="delivery.ask_writers")
def ask_writers(timestamp: int) -> None:
    surveys.ask()


@app.periodic(cron="* * * * * */10")
@app.task(name="delivery.give_turns", queueing_lock="delivery.give_turns")
def give_turns(timestamp: int) -> None:
    turns.go_round()


@app.periodic(cron="* * * * *")
@app.task(name="delivery.make_digests", queueing_lock="delivery.make_digests")
def make_digests(timestamp: int) -> None:
    digests.make_due()
