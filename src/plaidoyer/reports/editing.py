"""The editor's screens of an edition in the back office."""

import base64
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.auth import permission_required

from plaidoyer.campaigns.models import Campaign
from plaidoyer.newsletters import reporting as newsletters
from plaidoyer.reports import contents, editions, pdf, views
from plaidoyer.reports.forms import EditionEditor
from plaidoyer.reports.models import Edition, Heading
from plaidoyer.reports.problems import LANGUAGES


class StaffRequest(HttpRequest):
    """A request that the back office let in."""

    user: User


may_edit = permission_required("reports.change_edition")


@may_edit
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole edition on one screen. Every button saves all of it first, or says why not."""
    edition = get_object_or_404(Edition, pk=pk)
    if edition.published_at:
        return _published(request, edition)
    if request.method != "POST":
        return _screen(request, edition, EditionEditor(edition))
    try:
        with transaction.atomic():
            editor = EditionEditor(editions.open_for_change(edition), request.POST)
            if editor.is_valid():
                editor.save(request.user)
                place = _do(request, edition)
                return redirect(reverse("editions:edit", args=[pk]) + place)
    except editions.RefusedError as error:  # published by somebody else a moment ago
        messages.error(request, " ".join(error.messages))
        return redirect("editions:edit", pk)
    messages.error(request, _("Nothing is saved yet: look at the marked fields."))
    return _screen(request, edition, editor)


def _do(request: StaffRequest, edition: Edition) -> str:
    """Does what the pressed button asks, now that all is saved; the place to show next."""
    verb, _dash, key = request.POST.get("do", "save").partition("-")
    item = _chosen(edition.items, key)
    place = f"#item-{item.pk}" if item else ""
    try:
        match verb:
            case "up" | "down" if item:
                editions.move(item, -1 if verb == "up" else 1)
            case "approve" if item:
                editions.approve(item, request.user)
            case "remove" if item:
                item.delete()
                place = "#items"
            case "add":
                campaign = _chosen(addable(edition), request.POST.get("campaign", ""))
                if campaign is None:
                    raise editions.RefusedError(_("Choose a campaign to add."))
                place = f"#item-{editions.add(edition, campaign, request.user).pk}"
            case "draft":
                editions.draft(edition, request.user)
                place = "#items"
        messages.success(request, _("Saved."))
    except editions.RefusedError as error:
        messages.error(request, " ".join([_("Saved. But:"), *error.messages]))
    return place


def _chosen(rows: Any, key: str) -> Any:
    """The row whose key was sent; none for anything else."""
    return rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 18 else None


def addable(edition: Edition) -> QuerySet[Campaign]:
    """Campaigns that have no item in the edition yet."""
    return Campaign.objects.exclude(items__edition=edition)


@may_edit
@never_cache
@require_safe
def preview(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """The web page as it would be published now."""
    edition, tree = _told(pk, language)
    picture = ""
    if tree["chart"]:
        picture = (
            "data:image/svg+xml;base64," + base64.b64encode(tree["chart"]["svg"].encode()).decode()
        )
    with translation.override(language):
        return views.page(request, tree, edition.slug, preview=True, picture=picture)


@may_edit
@never_cache
@require_safe
def paper(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """The PDF as it would be published now."""
    _edition, tree = _told(pk, language)
    try:
        drawn = pdf.render(tree)
    except pdf.UnprintableError as error:
        text = _("No font of the PDF (%(language)s) has the sign “%(sign)s”: write it in words.")
        messages.error(request, text % {"language": language, "sign": error.sign})
        return redirect("editions:edit", pk)
    return HttpResponse(drawn, content_type="application/pdf")


def _told(pk: int, language: str) -> tuple[Edition, contents.Tree]:
    edition = get_object_or_404(Edition, pk=pk)
    if language not in LANGUAGES:
        raise Http404
    return edition, contents.tell(contents.gather(edition), language)


@may_edit
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks whether to publish, with what is still to be done; the button does it."""
    edition = get_object_or_404(Edition, pk=pk)
    if edition.published_at:
        return redirect("editions:edit", pk)
    if request.method == "POST":
        try:
            editions.publish(edition, request.user)
        except editions.RefusedError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return redirect("editions:publish", pk)
        messages.success(request, _("Published on the web, on paper and by mail."))
        return redirect("editions:edit", pk)
    problems = editions.check_list(edition)
    return _page(request, edition, "publish", problems=problems, readers=newsletters.readers())


def _screen(request: StaffRequest, edition: Edition, editor: EditionEditor) -> HttpResponse:
    """The editor: items under their headings, each with what the facts say beside it."""
    facts = contents.gather(edition)
    own = translation.get_language()
    languages = sorted(LANGUAGES, key=lambda language: language != own)
    trees = [contents.tell(facts, language) for language in languages]
    told: dict[str, list[contents.Tree]] = {}
    for tree in trees:
        for group in tree["groups"]:
            for item in group["items"]:
                told.setdefault(item["anchor"], []).append({"language": tree["language"], **item})
    cards = [
        {
            "form": form,
            "item": form.instance,
            "facts": told.get(f"c-{form.instance.campaign.slug}", []),
            "may_approve": form.instance.edited_by_id != request.user.pk,
        }
        for form in editor.items
    ]
    groups = [
        (heading, [card for card in cards if card["form"].shown_heading == heading])
        for heading in Heading
    ]
    return _page(
        request,
        edition,
        "edit",
        editor=editor,
        groups=[(heading, group) for heading, group in groups if group],
        problems=editions.check_list(edition, facts=facts),
        addable=addable(edition),
    )


def _published(request: StaffRequest, edition: Edition) -> HttpResponse:
    """Where the published edition is read, and how far its mailing has come."""
    told = ["language", "sha256"]
    told += [f"content__{key}" for key in ("title", "web_url", "pdf_url")]
    documents = [
        {key.removeprefix("content__"): value for key, value in row.items()}
        for row in edition.documents.order_by("language").values(*told)
    ]
    mailings = newsletters.progress([edition.mailing]) if edition.mailing else []
    mailing = next(iter(mailings), None)
    return _page(request, edition, "published", documents=documents, mailing=mailing)


def _page(request: StaffRequest, edition: Edition, name: str, **context: Any) -> HttpResponse:
    """One of the editor's screens in Wagtail's frame."""
    context |= {
        "edition": edition,
        "languages": LANGUAGES,
        "header_title": str(edition),
        "header_icon": "doc-full",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("editions:index"), "label": _("Editions")},
            {"url": reverse("editions:edit", args=[edition.pk]), "label": str(edition)},
        ],
    }
    return render(request, f"reports/desk/{name}.html", context)
