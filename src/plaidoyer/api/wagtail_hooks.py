"""The back office's page about a form on other sites: where it may stand, and what to copy."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin.ui.menus import MenuItem

from plaidoyer.actions.models import ActionForm
from plaidoyer.api import embeds


@require_safe
@permission_required("actions.change_actionform", raise_exception=True)
def embedding(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the form may stand, the lines to copy in each language, and how it looks there."""
    form = get_object_or_404(ActionForm, pk=pk)
    context = {
        "form": form,
        "allowed": embeds.allowed(form),
        "snippets": embeds.snippets(form),
        "page_title": _("Embed on other sites"),
        "page_subtitle": str(form),
        "header_title": f"{_('Embed on other sites')}: {form}",
        "header_icon": "code",
        "edit_url": reverse("forms:edit", args=[form.pk]),
    }
    return render(request, "api/admin/embedding.html", context)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [path("forms/<int:pk>/embedding/", embedding, name="embedding")]


@hooks.register("form_buttons")
def buttons(form: ActionForm) -> list[MenuItem]:
    url = reverse("embedding", args=[form.pk])
    return [MenuItem(_("Embed"), url=url, icon_name="code", priority=30)]
