"""The day a package was handed over: a milestone, with the package's manifest as its evidence."""

import datetime
import json
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.lib import wording
from plaidoyer.lib.words import Words
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.handovers.models import Handover
from plaidoyer.outcomes.handovers.packages import addressee, in_each
from plaidoyer.outcomes.models import Evidence, Milestone


class AlreadyHandedOverError(ValueError):
    """Its milestone is there."""


def ask(form: ActionForm, target: Target, *, words: Words, by: Any) -> Handover:
    """Asks for the package of `form` for `target`; a job makes it (tasks)."""
    with transaction.atomic():
        handover = Handover.objects.create(form=form, target=target, words=words, asked_by=by)
        app.configure_task("outcomes.make_package").defer(handover_id=handover.pk)
    return handover


@transaction.atomic
def record(
    handover: Handover,
    *,
    happened_on: datetime.date,
    title: Words,
    by: Any,
    receipt: UploadedFile | None = None,
    receipt_title: str = "",
) -> Milestone:
    """Keeps that the package of `handover` was handed over that day.

    Raises AlreadyHandedOverError where it is recorded; its package must be there.
    """
    locked = Handover.objects.select_for_update().get(pk=handover.pk)
    if locked.milestone_id:
        raise AlreadyHandedOverError
    milestone = Milestone.objects.create(
        happened_on=happened_on, kind=Milestone.Kind.HANDOVER, title=title, recorded_by=by
    )
    milestone.campaigns.set([locked.form.campaign_id])
    facts: dict[str, Any] = {
        "publisher": str(Organisation.current())[:200],
        "published_on": happened_on,
        "language": settings.LANGUAGE_CODE,
    }
    with override(settings.LANGUAGE_CODE):
        listed = _("What was handed over, SHA-256 %(hash)s") % {"hash": locked.package.sha256}
        shown = receipt_title or _("Receipt or picture of the hand-over")
    manifest = json.dumps(locked.package.manifest, ensure_ascii=False, indent=2, sort_keys=True)
    Evidence.objects.create(
        milestone=milestone,
        title=listed,
        file=ContentFile(manifest.encode(), name=f"handover-{locked.uid.hex[:12]}.json"),
        **facts,
    )
    if receipt:
        Evidence.objects.create(milestone=milestone, title=shown[:250], file=receipt, **facts)
    locked.milestone = milestone
    locked.save(update_fields=["milestone"])
    return milestone


def proposed_letter(form: ActionForm, target: Target | None) -> Words:
    """A cover letter to begin with, in each language."""

    def said() -> str:
        campaign = form.campaign
        asks = [one for one in campaign.demands.all() if not target or target in one.asked_of()]
        return "\n\n".join(
            [
                _("Dear Sir or Madam,"),
                _("With this letter we hand over to you the petition “%(name)s”.") % {"name": form},
                "\n".join([_("Those who signed ask:"), *(f"– {one}" for one in asks)]),
                _(
                    "The following pages say how many they are, how they were counted and how "
                    "anybody can check it. We ask you for an answer, and will let all of them know "
                    "of it."
                ),
                _("Yours sincerely,"),
            ]
        )

    return in_each(said)


def proposed_title(handover: Handover) -> Words:
    """What happened, in each language."""
    signed = handover.package.manifest["figures"][0]["value"]
    words = Words()
    for language, _name in settings.LANGUAGES:
        with override(language):
            words[language] = _("%(number)s signatures handed over to %(who)s") % {
                "number": wording.number(signed, language),
                "who": addressee(handover.target, language),
            }
    return words
