"""What a supporter changes on their page: who they are, and whether we may write."""

from django.db import transaction

from plaidoyer.newsletters import unsubscriptions
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import ConsentWording, Correction, Supporter
from plaidoyer.vault import fields


@transaction.atomic
def correct(supporter: Supporter, **facts: str) -> Correction | None:
    """Keeps what is new of `facts` (columns of the supporter), dated; none when nothing is.

    What they did stays as they sent it.
    """
    supporter = Supporter.objects.select_for_update(no_key=True).get(pk=supporter.pk)
    changed = [name for name, value in facts.items() if getattr(supporter, name) != value]
    if not changed or supporter.is_erased:
        return None
    for name in changed:
        setattr(supporter, name, facts[name])
    supporter.save(update_fields=fields.columns(Supporter, changed))
    return Correction.objects.create(supporter=supporter, facts=changed)


@transaction.atomic
def answer(supporter: Supporter, ticked: ConsentWording | None, *, page: str) -> None:
    """A yes where a wording was ticked, else a no; neither where it was so before."""
    supporter = Supporter.objects.select_for_update(no_key=True).get(pk=supporter.pk)
    if ticked is None:
        unsubscriptions.unsubscribe(supporter, page=page)
    elif not (is_subscribed(supporter) or supporter.is_erased):
        wording = consents.kept(ticked)
        assert wording is not None
        consents.give(supporter, purpose=consents.NEWSLETTER, wording=wording, page=page)


def is_subscribed(supporter: Supporter) -> bool:
    """Whether our mails go to them now."""
    return supporter.subscriptions.open().exists()
