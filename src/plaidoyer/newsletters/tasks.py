from procrastinate.contrib.django import app

from plaidoyer.newsletters import checks, schedules
from plaidoyer.newsletters.models import Mailing


@app.task(name="newsletters.look_over")
def look_over(mailing_id: int, again: bool = False) -> None:
    checks.look_over(Mailing.objects.get(pk=mailing_id), again=again)


@app.periodic(cron="* * * * * */5")
@app.task(name="newsletters.tick", queueing_lock="newsletters.tick")
def tick(timestamp: int) -> None:
    schedules.tick()
