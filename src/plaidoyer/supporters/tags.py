"""Tags: words that organisers put on supporters and take off again."""

from django.db import transaction
from django.db.models import QuerySet

from plaidoyer.supporters.models import Supporter, Tag, Tagging


@transaction.atomic
def put(name: str, supporters: QuerySet[Supporter]) -> int:
    """Gives the tag called `name`, made where there is none, to `supporters`; how many had it not.

    A few statements, and a thousand rows each.
    """
    tag, _new = Tag.objects.get_or_create(name=" ".join(name.split())[:60])
    before = tag.taggings.count()
    ids = supporters.values_list("pk", flat=True).iterator(chunk_size=5000)
    Tagging.objects.bulk_create(
        (Tagging(tag=tag, supporter_id=pk) for pk in ids), batch_size=5000, ignore_conflicts=True
    )
    return tag.taggings.count() - before
