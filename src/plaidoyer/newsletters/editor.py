"""The back office's screens for writing a newsletter: write it, look at it, check it, try it."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin.auth import permission_required

from plaidoyer.newsletters import desk, previews, send_desk, writing
from plaidoyer.newsletters.desk import StaffRequest
from plaidoyer.newsletters.forms import MailingForm, Sheet
from plaidoyer.newsletters.models import Mailing, Version
from plaidoyer.newsletters.results import desk as results_desk
from plaidoyer.newsletters.screens import frame

may_write = permission_required("newsletters.change_mailing")


@permission_required("newsletters.add_mailing")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Begins a newsletter with a name; the next screen is where it is written."""
    form = MailingForm(request.POST or None, instance=Mailing(on_web=True))
    if request.method == "POST" and form.is_valid():
        return redirect("writing:write", form.save().pk)
    return render(request, "newsletters/desk/new.html", {"form": form, **frame(_("Newsletter"))})


@may_write
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole newsletter on one screen. Every button saves all of it first, or says why not."""
    mailing = get_object_or_404(Mailing, pk=pk)
    if not may_change(mailing):
        messages.warning(request, _("It is not a draft any more: its words stay as they are."))
        return redirect("mailings:inspect", pk)
    if request.method != "POST":
        return _screen(request, mailing, Sheet(mailing))
    with transaction.atomic():
        Mailing.objects.select_for_update().get(pk=pk)
        sheet = Sheet(mailing, request.POST)
        if sheet.is_valid():
            _save(sheet)
            return redirect(_done(request, mailing, sheet))
    messages.error(request, _("Nothing is saved yet: look at the marked fields."))
    return _screen(request, mailing, sheet)


def may_change(mailing: Mailing) -> bool:
    """Whether its words may still be changed: a draft that was not given ready-made."""
    versions = list(mailing.versions.all())
    ready_made = any(version.html and not version.web and not version.body for version in versions)
    return mailing.state == Mailing.State.DRAFT and not mailing.frozen_at and not ready_made


def _save(sheet: Sheet) -> None:
    sheet.head.save()
    for version in sheet.emptied():
        version.delete()
    writing.save(sheet.written())


def _done(request: StaffRequest, mailing: Mailing, sheet: Sheet) -> str:
    """Does what the pressed button asks, now that all is saved; the place to show next."""
    verb, _dash, key = request.POST.get("do", "save").partition("-")
    if verb == "copy" and key in sheet.versions:
        _copy(request, mailing, key)
        return reverse("writing:write", args=[mailing.pk]) + f"#version-{key}"
    messages.success(request, _("Saved."))
    match verb:
        case "look":
            return reverse("writing:look", args=[mailing.pk])
        case "check":
            desk.ask(mailing)
            return reverse("writing:check", args=[mailing.pk])
    return reverse("writing:write", args=[mailing.pk])


def _copy(request: StaffRequest, mailing: Mailing, language: str) -> None:
    """Copies the blocks of the other language into an empty version."""
    versions = {version.language: version for version in mailing.versions.all()}
    target = versions.get(language) or Version(mailing=mailing, language=language)
    source = next((v for code, v in versions.items() if code != language and v.body), None)
    if source and writing.copy_structure(source, target):
        writing.save([target])
        messages.success(request, _("Saved, and the blocks are copied: translate them one by one."))
    else:
        messages.warning(
            request,
            _("Saved. Nothing was copied: only a version without blocks takes those of another."),
        )


def _screen(request: StaffRequest, mailing: Mailing, sheet: Sheet) -> HttpResponse:
    names = dict(settings.LANGUAGES)
    columns = [
        {
            "code": code,
            "name": names[code],
            "form": form,
            "others": [names[other] for other in sheet.versions if other != code],
            "is_there": bool(form.instance.pk),
        }
        for code, form in sheet.versions.items()
    ]
    media = sum((form.media for form in sheet.versions.values()), sheet.head.media)
    context = {"mailing": mailing, "head": sheet.head, "columns": columns, "media": media}
    return render(
        request, "newsletters/desk/write.html", context | frame(_("Write"), mailing, "write")
    )


app_name = "writing"
urlpatterns = [
    path("new/", new, name="new"),
    path("<int:pk>/write/", write, name="write"),
    path("<int:pk>/look/", previews.look, name="look"),
    path("<int:pk>/look/<slug:language>/<slug:shape>/", previews.part, name="part"),
    path("<int:pk>/check/", desk.check, name="check"),
    path("<int:pk>/try/", desk.send_trial, name="trial"),
    path("<int:pk>/send/", send_desk.send, name="send"),
    path("<int:pk>/send/count/", send_desk.count, name="count"),
    path("<int:pk>/send/progress/", send_desk.progress, name="progress"),
    path("<int:pk>/send/<slug:code>/", send_desk.deed, name="deed"),
    path("<int:pk>/results/", results_desk.results, name="results"),
]
