"""What the page of a share kit shows, and what is counted for it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from plaidoyer.actions import sharing
from plaidoyer.actions.counting import Count
from plaidoyer.actions.models import ActionForm, ActionPage
from plaidoyer.lib.words import Words


def passed_on(kits: Sequence[ActionForm]) -> dict[int, ActionForm]:
    """The form that each kit passes on, by the kit's key; one query."""
    chosen = {kit.options.get("form") for kit in kits}
    found = {form.public_id: form for form in ActionForm.objects.filter(public_id__in=chosen)}
    return {
        kit.pk: found[public_id] for kit in kits if (public_id := kit.options.get("form")) in found
    }


def counts(kits: Sequence[ActionForm]) -> dict[int, Count]:
    """Acts on the forms that are passed on, by those who came by a link of any kit; two queries."""
    forms = passed_on(kits)
    brought = sharing.brought(forms.values())
    return {kit: brought[form.pk] for kit, form in forms.items()}


def shown(kit: ActionForm) -> dict[str, Any]:
    """The links, words and pictures; no kit while the form has no page or takes no acts."""
    language = get_language() or ""
    form = passed_on([kit]).get(kit.pk)
    live = ActionPage.objects.live().public().filter(form=form).select_related("locale")
    pages = {page.locale.language_code: page for page in live} if form else {}
    page = pages.get(language)
    if form is None or page is None or not form.is_open:
        return {"kit": None, "kit_page": page}
    names = dict(settings.LANGUAGES)
    return {
        "kit": sharing.kit(page.get_full_url(), page.title),
        "kit_page": page,
        "kit_words": Words(kit.options.get("words") or {}).in_language(language),
        "kit_pictures": [
            (names.get(code, code), reverse("picture", args=[form.public_id, code]))
            for code in sorted(pages, key=lambda code: code != language)
        ],
    }
