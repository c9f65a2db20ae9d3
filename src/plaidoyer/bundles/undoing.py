"""Taking an import away again, row by row, unless something came to stand on one since."""

from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.bundles.models import BundleImport


class UndoError(ValueError):
    """An import cannot be undone; `reasons` say what stands on it."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def undo(run: BundleImport) -> None:
    """Takes away every row that `run` added. Raises UndoError while anything else needs them."""
    run = BundleImport.objects.select_for_update().get(pk=run.pk)
    if run.undone_at:
        raise UndoError([_("It is undone already.")])
    ours = {(label, key) for label, key in run.added}
    # The last first, so that nothing is left that needs a row of ours but what came since.
    for label, key in reversed(run.added):
        row = apps.get_model(label)._default_manager.filter(pk=key).first()
        if row is None:
            continue
        if reasons := _holders(row, ours):
            raise UndoError(reasons)
        row.delete()
    run.undone_at = timezone.now()
    run.save(update_fields=["undone_at"])


def _holders(row: models.Model, ours: set[tuple[str, int]]) -> list[str]:
    """The kinds of rows that came since and would go with `row`, or keep it from going."""
    collector = Collector(using="default")
    try:
        collector.collect([row])
        touched: list[Any] = [one for some in collector.data.values() for one in some]
        touched += [one for some in collector.fast_deletes for one in some]
    except ProtectedError as error:
        touched = list(error.protected_objects)
    except RestrictedError as error:
        touched = list(error.restricted_objects)
    return sorted(
        {
            str(one._meta.verbose_name_plural)
            for one in touched
            if (one._meta.label_lower, one.pk) not in ours and not one._meta.auto_created
        }
    )
