"""Segments in the back office: the list, and the screen that puts one together."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from plaidoyer.civics.models import Area
from plaidoyer.lib.desk import Desk
from plaidoyer.lib.fields import LineField
from plaidoyer.newsletters.segments import builder, readers, trees
from plaidoyer.newsletters.segments.conditions import StaleError, open_to
from plaidoyer.newsletters.segments.models import Segment
from plaidoyer.newsletters.segments.trees import Group, Tree
from plaidoyer.supporters import tags

MOST_AREAS = 1500


class NameForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )

    def __init__(self, segment: Segment, *args: Any, **kwargs: Any) -> None:
        self.segment = segment
        super().__init__(*args, **{"initial": {"name": segment.name}, **kwargs})

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Segment.objects.filter(name=name).exclude(pk=self.segment.pk).exists():
            raise forms.ValidationError(_("Another segment has this name."))
        return name


class TagForm(forms.Form):
    tag = LineField(
        label=gettext_lazy("Tag"),
        max_length=60,
        error_messages={"required": gettext_lazy("Name the tag.")},
    )


class SegmentDesk(Desk):
    model = Segment
    name = "segments"
    icon = "group"
    menu_label = gettext_lazy("Segments")
    add_to_admin_menu = False
    form_fields = ["name"]
    list_display = [
        TitleColumn("name", label=gettext_lazy("Name"), url_name="segments:edit"),
        Column("definition", label=gettext_lazy("Who"), accessor=lambda one: told(one)),
        DateColumn("changed_at", label=gettext_lazy("Changed"), sort_key="changed_at"),
    ]
    search_fields = ["name"]
    search_backend_name = None
    ordering = ["name"]

    def get_urlpatterns(self) -> list[URLPattern]:
        ours = [
            path("new/", edit, name="add"),
            path("edit/<int:pk>/", edit, name="edit"),
            path("count/", count, name="count"),
            path("tag/<int:pk>/", tag, name="tag"),
        ]
        kept = ("index", "delete", "usage")
        rest = [one for one in super().get_urlpatterns() if str(one.name).startswith(kept)]
        return [*rest, *ours]


def told(segment: Segment) -> str:
    """The definition in one line."""
    try:
        groups = trees.said(trees.read(segment.tree))
    except StaleError:
        return _("refers to something that is not there any more")
    if not groups:
        return _("everybody who is subscribed")
    word = f" {trees.between(trees.read(segment.tree))} "
    return word.join(f"({'; '.join(one.rules)})" for one in groups)


@permission_required("newsletters.change_segment")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The segment; each button shows it again, changed or counted, and only "save" keeps it."""
    segment = get_object_or_404(Segment, pk=pk) if pk else Segment()
    kept = trees.read(segment.tree) if pk else Tree((Group(),))
    require(request, kept)
    if request.method != "POST":
        return screen(request, segment, kept, NameForm(segment), judged=bool(pk))
    tree, deed = builder.typed(request.POST), request.POST.get("do", "")
    require(request, tree)
    names = NameForm(segment, request.POST)
    if deed == "save" and names.is_valid() and builder.is_right(builder.boxes(tree, judged=True)):
        segment.name, segment.tree = names.cleaned_data["name"], trees.written(tree)
        segment.changed_at = timezone.now()
        segment.save()
        messages.success(request, _("The segment is saved."))
        return HttpResponseRedirect(reverse("segments:edit", args=[segment.pk]))
    judged = deed in ("save", "count")
    tree = tree if judged else builder.done(tree, deed, request.POST)
    require(request, tree)
    if deed != "save":
        names = NameForm(segment)
        names.initial["name"] = request.POST.get("name", "")[:120]
    return screen(request, segment, tree, names, judged=judged)


def require(request: HttpRequest, tree: Tree) -> None:
    """Raises PermissionDenied where the tree finds by what this person may not know."""
    if not trees.may_see(request.user, tree):
        raise PermissionDenied


def screen(
    request: HttpRequest, segment: Segment, tree: Tree, names: forms.Form, *, judged: bool
) -> HttpResponse:
    """The whole screen, counted where it is right."""
    groups = builder.boxes(tree, judged=judged)
    wrong = (judged and not builder.is_right(groups)) or bool(names.errors)
    title = str(segment) if segment.pk else _("New segment")
    context = {
        "segment": segment,
        "tree": tree,
        "groups": groups,
        "names": names,
        "tag_form": TagForm(),
        "conditions": open_to(request.user),
        "areas": Area.objects.order_by("identifier")[:MOST_AREAS],
        "header_title": title,
        "header_icon": "group",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("segments:index"), "label": _("Segments")},
            {"url": "", "label": title},
        ],
        **counted(tree, is_right=judged and builder.is_right(groups)),
    }
    status = 422 if wrong and request.method == "POST" else 200
    return render(request, "newsletters/desk/segments/edit.html", context, status=status)


def counted(tree: Tree, *, is_right: bool) -> dict[str, Any]:
    """How many there are and who, in words; nothing while something is wrong or takes too long."""
    if not is_right:
        return {"counted": None}
    try:
        with transaction.atomic():
            found = readers.counted(readers.within(tree))
    except (StaleError, DatabaseError):
        return {"counted": None}
    return {"counted": found, "said": trees.said(tree), "between": trees.between(tree)}


@permission_required("newsletters.change_segment")
@require_POST
def count(request: HttpRequest) -> JsonResponse:
    """How many a definition finds, while it is being written; changes nothing."""
    tree = builder.typed(request.POST)
    require(request, tree)
    context = counted(tree, is_right=builder.is_right(builder.boxes(tree, judged=True)))
    found = context["counted"]
    html = render_to_string("newsletters/desk/segments/_count.html", context, request)
    return JsonResponse({"total": found.total if found else None, "html": html})


@permission_required("newsletters.change_segment")
@require_POST
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a tag on everybody who is in the segment now."""
    segment = get_object_or_404(Segment, pk=pk)
    require(request, trees.read(segment.tree))
    form = TagForm(request.POST)
    if form.is_valid():
        number = tags.put(form.cleaned_data["tag"], readers.members(segment))
        words = _("%(number)d supporters now have the tag “%(tag)s” who did not have it.")
        messages.success(request, words % {"number": number, "tag": form.cleaned_data["tag"]})
    else:
        messages.error(request, form.errors["tag"][0])
    return HttpResponseRedirect(reverse("segments:edit", args=[pk]))
