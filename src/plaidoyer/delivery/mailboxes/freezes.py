"""Everything of a campaign, a form or a target stopped at once, until somebody lets it go on.

From the moment it is placed no letter of it gets a turn; those that had one and have not begun to
leave wait again, and its forms take no acts. What is in the hands of a sender at that moment
leaves within seconds.
"""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery.mailboxes import turns
from plaidoyer.delivery.mailboxes.models import Freeze
from plaidoyer.delivery.models import Letter

Subject = Campaign | ActionForm | Target


def name_of(subject: Subject) -> str:
    """The column of Freeze in which `subject` stands."""
    return {Campaign: "campaign", ActionForm: "form", Target: "target"}[type(subject)]


def letters_of(subject: Subject) -> QuerySet[Letter]:
    """All letters that a freeze of `subject` reaches."""
    path = {"campaign": "target__campaign", "form": "action__form", "target": "target"}
    return Letter.objects.filter(**{path[name_of(subject)]: subject})


def forms_of(subject: Subject) -> QuerySet[ActionForm]:
    """The forms that stop taking acts: none for a target, who may be one of several."""
    if isinstance(subject, Campaign):
        return ActionForm.objects.filter(campaign=subject)
    if isinstance(subject, ActionForm):
        return ActionForm.objects.filter(pk=subject.pk)
    return ActionForm.objects.none()


@transaction.atomic
def place(subject: Subject, *, because: str, by: Any = None) -> Freeze:
    """Stops what leaves of `subject`. A second freeze of the same is the first one."""
    freeze, is_new = Freeze.objects.get_or_create(
        **{name_of(subject): subject},
        lifted_at=None,
        defaults={"because": because, "placed_by": by},
    )
    if not is_new:
        return freeze
    open_ones = forms_of(subject).filter(paused_at=None)
    freeze.paused = list(open_ones.values_list("pk", flat=True))
    open_ones.update(paused_at=freeze.placed_at)
    freeze.save(update_fields=["paused"])
    letters = letters_of(subject)
    # The mail of a day goes on without them.
    letters.filter(digest__envelope__begun_at=None).exclude(digest=None).update(digest=None)
    turns.put_back(letters.filter(turn_at__isnull=False))
    return freeze


@transaction.atomic
def lift(freeze: Freeze, *, by: Any = None) -> bool:
    """Lets it go on, its forms too; False where somebody did so before."""
    open_ones = Freeze.objects.select_for_update().filter(lifted_at=None)
    if not (found := open_ones.filter(pk=freeze.pk).first()):
        return False
    found.lifted_at, found.lifted_by = timezone.now(), by
    found.save(update_fields=["lifted_at", "lifted_by"])
    # What somebody paused for another reason meanwhile stays paused.
    paused = ActionForm.objects.filter(pk__in=found.paused, paused_at=found.placed_at)
    paused.update(paused_at=None)
    return True


def placed() -> QuerySet[Freeze]:
    """Those that hold now, the newest first."""
    freezes = Freeze.objects.filter(lifted_at=None)
    return freezes.select_related("campaign", "form", "target", "placed_by").order_by("-placed_at")
