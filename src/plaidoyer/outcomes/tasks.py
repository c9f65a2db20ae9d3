from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from plaidoyer.outcomes.handovers import packages
from plaidoyer.outcomes.models import Handover


@app.task(name="outcomes.make_package", retry=RetryStrategy(max_attempts=5, wait=5))
def make_package(handover_id: int) -> None:
    packages.make(Handover.objects.get(pk=handover_id))
