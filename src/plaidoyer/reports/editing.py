"""The editor's screens of an edition in the back office."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.campaigns.models import Campaign
from plaidoyer.reports import contents, editions, frame, pdf, publishing, sightings, tasks, views
from plaidoyer.reports.forms import EditionEditor
from plaidoyer.reports.frame import StaffRequest, may_edit
from plaidoyer.reports.gathering import Facts
from plaidoyer.reports.models import Edition, Heading


@may_edit
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole edition on one screen. Every button saves all of it first, or says why not."""
    edition = get_object_or_404(Edition, pk=pk)
    if edition.published_at:
        return publishing.published(request, edition)
    if request.method != "POST":
        return _editor(request, edition, EditionEditor(edition))
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
    return _editor(request, edition, editor)


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
            case "approve":
                place = "#to-do"
                ticked = [_chosen(edition.items, key) for key in request.POST.getlist("read")]
                editions.approve_all(list(filter(None, ticked)), request.user)
            case "right" if item:
                editions.still_right(item)
            case "reuse" if item:
                editions.reuse(item, request.user)
            case "links":
                tasks.check_links.defer(edition_id=edition.pk)
                messages.info(request, _("The addresses are being asked; look again in a minute."))
            case "order":
                editions.order(edition, _keys(request.POST.get("order", "")))
                place = "#items"
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


def _keys(sent: str) -> list[int]:
    """Keys as the page sends an order: digits parted by commas; nothing else is read."""
    return [int(key) for key in sent.split(",") if key.isdecimal() and len(key) < 18]


def addable(edition: Edition) -> QuerySet[Campaign]:
    """Campaigns that have no item in the edition yet."""
    return Campaign.objects.exclude(items__edition=edition)


@may_edit
@never_cache
@require_safe
def preview(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """The web page as it would be published now."""
    facts, tree = _told(pk, language)
    with translation.override(language):
        return views.page(request, tree, facts.edition.slug, preview=facts.pictures)


@may_edit
@never_cache
@require_safe
def paper(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """The PDF as it would be published now."""
    facts, tree = _told(pk, language)
    try:
        drawn = pdf.render(tree, facts.pictures)
    except pdf.UnprintableError as error:
        text = _("No font of the PDF (%(language)s) has the sign “%(sign)s”: write it in words.")
        messages.error(request, text % {"language": language, "sign": error.sign})
        return redirect("editions:edit", pk)
    return HttpResponse(drawn, content_type="application/pdf")


def _told(pk: int, language: str) -> tuple[Facts, contents.Tree]:
    edition = get_object_or_404(Edition, pk=pk)
    if language not in edition.languages:
        raise Http404
    facts = contents.gather(edition)
    return facts, contents.tell(facts, language)


def _editor(request: StaffRequest, edition: Edition, editor: EditionEditor) -> HttpResponse:
    """The editor: items under their headings, each with what the facts say beside it."""
    facts = contents.gather(edition)
    own = translation.get_language()
    languages = sorted(edition.languages, key=lambda language: language != own)
    trees = [contents.tell(facts, language, draw=False) for language in languages]
    changes = {entry.item.pk: sightings.changes(entry) for entry in facts.entries}
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
            "changes": changes.get(form.instance.pk, []),
            "may_approve": form.instance.edited_by_id != request.user.pk,
        }
        for form in editor.items
    ]
    groups = [
        (heading, [card for card in cards if card["form"].shown_heading == heading])
        for heading in Heading
    ]
    return frame.screen(
        request,
        edition,
        "edit",
        editor=editor,
        may_approve=any(c["may_approve"] and not c["form"].approval for c in cards),
        groups=[(heading, group) for heading, group in groups if group],
        problems=editions.check_list(edition, facts=facts),
        addable=addable(edition),
    )
