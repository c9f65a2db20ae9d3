from procrastinate.contrib.django import app

from plaidoyer.reports import evidences, schedules
from plaidoyer.reports.models import Edition


@app.periodic(cron="* * * * *")
@app.task(name="reports.tick", queueing_lock="reports.tick")
def tick(timestamp: int) -> None:
    schedules.tick()


@app.task(name="reports.check_links")
def check_links(edition_id: int) -> None:
    evidences.check(Edition.objects.get(pk=edition_id))
