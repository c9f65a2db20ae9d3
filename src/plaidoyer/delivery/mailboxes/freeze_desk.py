"""The screen with the button that stops everything of a campaign, a form or a target at once."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery.mailboxes import freezes
from plaidoyer.delivery.mailboxes.desks import Screen
from plaidoyer.delivery.mailboxes.models import Freeze
from plaidoyer.lib.desk import GroupedChoiceField, Groups
from plaidoyer.lib.fields import LineField

KINDS: dict[str, type[freezes.Subject]] = {
    "campaign": Campaign,
    "form": ActionForm,
    "target": Target,
}


def subjects() -> Groups:
    """What may be frozen: campaigns that run, their forms and their targets."""
    running = Campaign.objects.filter(closed_on=None)
    of_running = {"campaign__in": running}
    targets = Target.objects.filter(**of_running)
    return [
        (_("Campaigns"), [(f"campaign-{one.pk}", str(one)) for one in running]),
        (
            _("Forms"),
            [(f"form-{one.pk}", str(one)) for one in ActionForm.objects.filter(**of_running)],
        ),
        (
            _("Targets"),
            [
                (f"target-{one.pk}", f"{one} ({one.campaign})")
                for one in targets.select_related("campaign", "post", "person", "organization")
            ],
        ),
    ]


class FreezeForm(forms.Form):
    """What is frozen, and why."""

    what = GroupedChoiceField(label=gettext_lazy("What is to stop"))
    because = LineField(
        label=gettext_lazy("Why"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why.")},
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.fields["what"].offer(subjects())  # type: ignore[attr-defined]

    @cached_property
    def subject(self) -> freezes.Subject:
        """What was chosen, once the form is valid."""
        kind, _dash, pk = self.cleaned_data["what"].partition("-")
        found = get_object_or_404(KINDS[kind], pk=pk)
        return cast("freezes.Subject", found)


class FreezesView(Screen):
    """What is frozen now, and the form that freezes more."""

    template_name = "delivery/admin/mailboxes/freezes.html"
    page_title = gettext_lazy("Freezes")
    header_icon = "lock"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = {name: self.request.GET.get(name, "")[:300] for name in ("what", "because")}
        return super().get_context_data(
            **{"freeze": FreezeForm(initial=asked), **kwargs},
            placed=freezes.placed(),
            may_change=self.may_change(),
        )

    def do(self, step: str) -> dict[str, forms.BaseForm]:
        if step == "lift":
            pk = self.request.POST.get("freeze", "")
            found = get_object_or_404(Freeze, pk=pk if pk.isascii() and pk.isdigit() else 0)
            if freezes.lift(found, by=self.request.user):
                messages.success(self.request, _("“%(what)s” goes on.") % {"what": found.subject})
            return {}
        form = FreezeForm(self.request.POST)
        if not form.is_valid():
            return {"freeze": form}
        because = form.cleaned_data["because"]
        placed = freezes.place(form.subject, because=because, by=self.request.user)
        messages.success(self.request, _("“%(what)s” is frozen.") % {"what": placed.subject})
        return {}


def freeze_url(what: str, because: str = "") -> str:
    """The screen with something chosen already, such as form-3."""
    return f"{reverse('freezes')}?{urlencode({'what': what, 'because': because})}"


@hooks.register("register_admin_urls")
def freeze_screens() -> list[URLPattern]:
    return [path("letters/freezes/", FreezesView.as_view(), name="freezes")]


@hooks.register("form_buttons")
def freeze_button(form: ActionForm) -> list[MenuItem]:
    return [MenuItem(_("Freeze"), url=freeze_url(f"form-{form.pk}"), icon_name="lock", priority=90)]
