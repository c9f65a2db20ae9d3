"""How much one supporter may send: no second letter to the same reader in one campaign, and a few
letters a day. What is above waits, and leaves when there is room; nothing of it is lost."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from plaidoyer.actions.models import Action, Confirmation, ConfirmationQuerySet
from plaidoyer.delivery.models import Letter

# Acts of one supporter that become letters within a day; one act may write to a whole house.
MOST_A_DAY = 5
DAY = datetime.timedelta(days=1)


def within(confirmations: Sequence[Confirmation]) -> list[Confirmation]:
    """Those of `confirmations`, in their order, whose letters may be written now."""
    sent = Counter(sent_lately(one.supporter_id for one in confirmations))
    already = set(
        Letter.objects.filter(action__in=[one.action_id for one in confirmations])
        .values_list("action", flat=True)
        .distinct()
    )
    may = []
    for one in confirmations:
        if one.action_id not in already and sent[one.supporter_id] >= MOST_A_DAY:
            continue
        sent[one.supporter_id] += one.action_id not in already
        may.append(one)
    return may


def sent_lately(supporters: Iterable[int]) -> dict[int, int]:
    """How many acts of each supporter became letters within a day."""
    lately = Letter.objects.filter(
        action__confirmation__supporter__in=set(supporters),
        written_at__gt=timezone.now() - DAY,
    )
    counted = lately.values_list("action__confirmation__supporter")
    return dict(counted.annotate(acts=Count("action", distinct=True)).order_by())


def had(acts: Sequence[Action]) -> set[tuple[int, int, int | None]]:
    """To whom the supporters of `acts` have written by another act of theirs: supporter, target,
    office. A target belongs to one campaign."""
    supporters = [act.confirmation.supporter_id for act in acts]
    others = Letter.objects.filter(action__confirmation__supporter__in=supporters)
    others = others.filter(action__confirmation__withdrawal=None, cancelled_by=None)
    others = others.exclude(action__in=[act.pk for act in acts])
    return set(others.values_list("action__confirmation__supporter", "target", "post"))


def free(confirmations: ConfirmationQuerySet) -> ConfirmationQuerySet:
    """Those that neither cap keeps back at this moment."""
    theirs = Letter.objects.filter(action__confirmation__supporter=OuterRef("supporter"))
    lately = theirs.filter(written_at__gt=timezone.now() - DAY).order_by()
    acts = lately.values("action__confirmation__supporter")
    number = acts.annotate(number=Count("action", distinct=True)).values("number")
    same = theirs.filter(target__campaign=OuterRef("form__campaign"))
    counted = confirmations.annotate(lately=Coalesce(Subquery(number), 0))
    return counted.filter(~Exists(same), lately__lt=MOST_A_DAY)
