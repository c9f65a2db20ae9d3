from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from plaidoyer.actions.kinds.open_letter import revisions
from plaidoyer.actions.kinds.open_letter.models import Revision

AGAIN = RetryStrategy(max_attempts=10, exponential_wait=3)


@app.task(name="actions.tell_revision", retry=AGAIN)
def tell_revision(revision_id: int) -> None:
    while revisions.tell(Revision.objects.get(id=revision_id)):
        pass
