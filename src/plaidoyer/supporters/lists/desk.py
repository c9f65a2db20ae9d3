"""Lists of readers in the back office: sent, their columns named, seen, taken in, taken back."""

import contextlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from procrastinate.exceptions import AlreadyEnqueued
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from plaidoyer.lib import tables, typed
from plaidoyer.supporters.lists import arrivals, lines
from plaidoyer.supporters.models import ReaderList
from plaidoyer.supporters.tasks import carry_on

SHOWN, REASONS, NUMBERS = 20, 100, 50
may_bring = permission_required("supporters.add_readerlist")


class Upload(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("The list (CSV)"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty."),
        },
    )


class ListForm(tables.Columns):
    """What the columns mean, and what is said of all lines."""

    meanings = lines.MEANINGS
    page = forms.CharField(
        label=gettext_lazy("Where they agreed"),
        max_length=300,
        help_text=gettext_lazy("The page, the event or the paper form: the proof names it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of lines that say none"), choices=settings.LANGUAGES
    )
    tag = forms.CharField(label=gettext_lazy("Tag for all of them"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for code, name in settings.LANGUAGES:
            self.fields[f"sentence_{code}"] = forms.CharField(
                label=_("The sentence they agreed to, in %(language)s") % {"language": name},
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=1000,
                required=False,
            )

    @property
    def about_all(self) -> list[Any]:
        """The boxes for what is said of all lines."""
        names = [f"sentence_{code}" for code, _name in settings.LANGUAGES]
        return [self[name] for name in [*names, "page", "language", "tag", "order"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = {value for name, value in data.items() if name.startswith("column_")}
        for needed in ("email", "agreed_on"):
            if needed not in chosen:
                label = lines.MEANINGS[needed][0]
                self.add_error(None, _("Say which column is “%(meaning)s”.") % {"meaning": label})
        if not any(data.get(f"sentence_{code}") for code, _name in settings.LANGUAGES):
            self.add_error(None, _("Write the sentence they agreed to, as it stood there."))
        return data

    def keep(self, readers: ReaderList) -> None:
        """Notes what was said, once the form is valid."""
        said = self.cleaned_data
        readers.columns, readers.order = self.chosen, said["order"]
        readers.language, readers.tag = said["language"], typed.line(said["tag"])
        readers.page = typed.line(said["page"])
        readers.sentences = {
            code: typed.line(said[f"sentence_{code}"]) for code, _name in settings.LANGUAGES
        }
        # Nothing else: somebody may have it taken in at this moment.
        readers.save(update_fields=["columns", "order", "language", "tag", "page", "sentences"])


def told(readers: ReaderList) -> dict[str, Any]:
    """What a form begins with: as it was said before."""
    columns = {f"column_{n}": meaning for n, meaning in enumerate(readers.columns)}
    sentences = {f"sentence_{code}": words for code, words in readers.sentences.items()}
    facts = {name: getattr(readers, name) for name in ("order", "page", "language", "tag")}
    return columns | sentences | facts


def known() -> QuerySet[ReaderList]:
    """All lists with what they brought, the last first; a file is read where it is asked for."""
    return ReaderList.objects.defer("sealed").annotate(
        brought=Count("newcomers"),
        new=Count("newcomers", filter=Q(newcomers__is_new=True)),
        agreed=Count("newcomers__consent"),
    )


@may_bring
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The door for a list, and those that came before."""
    form = Upload(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        file, most = form.cleaned_data["file"], lines.MEGABYTES * 1_000_000
        raw, by = file.read(most + 1), request.user
        try:
            if len(raw) > most:
                raise tables.UnreadableError
            readers = arrivals.keep(raw, name=file.name, by=by)  # type: ignore[arg-type]
        except tables.UnreadableError:
            words = _("This is no table with headings, or beyond %(lines)d lines or %(size)d MB.")
            form.add_error("file", words % {"lines": lines.MOST, "size": lines.MEGABYTES})
        else:
            return to("reader_list_columns", readers)
    return screen(request, "index", form=form, lists=known()[:SHOWN])


@may_bring
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What its columns mean, and what its readers agreed to."""
    readers = get_object_or_404(ReaderList.objects.exclude(sealed=b""), pk=pk, asked_at=None)
    rows = tables.read(readers.raw)
    initial = told(readers) if readers.columns else {}
    form = ListForm(rows, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        form.keep(readers)
        return to("reader_list", readers)
    return screen(request, "columns", readers=readers, form=form)


@may_bring
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What the list would bring, how far it is, or what it brought; buttons do the next step."""
    readers = get_object_or_404(known(), pk=pk)
    if request.method == "POST":
        return step(request, readers)
    if readers.asked_at or not readers.raw:
        return screen(request, "list", readers=readers)
    if not readers.columns:
        return to("reader_list_columns", readers)
    foreseen = arrivals.foresee(readers)
    return screen(
        request, "preview", readers=readers, foreseen=foreseen, reasons=reasons(foreseen.faults)
    )


def reasons(faults: Sequence[lines.Fault]) -> list[dict[str, Any]]:
    """Why lines are left out, the most frequent first, with the first numbers of such lines."""
    numbers: dict[str, list[int]] = {}
    for fault in faults:
        numbers.setdefault(fault.reason, []).append(fault.number)
    told = sorted(numbers.items(), key=lambda one: -len(one[1]))[:REASONS]
    return [
        {
            "reason": reason,
            "numbers": ", ".join(map(str, those[:NUMBERS])),
            "total": len(those),
            "more": len(those) - NUMBERS,
        }
        for reason, those in told
    ]


def step(request: HttpRequest, readers: ReaderList) -> HttpResponse:
    """Takes the list in, gives it up, or takes it back."""
    match request.POST.get("step"):
        case "take" if readers.columns:
            arrivals.ask(readers)
            wake()
        case "back":
            arrivals.ask_back(readers)
            wake()
        case "give_up":
            if ReaderList.objects.filter(pk=readers.pk, asked_at=None).delete()[0]:
                messages.success(request, _("The list is forgotten."))
                return HttpResponseRedirect(reverse("reader_lists"))
    return to("reader_list", readers)


def wake() -> None:
    """Lets the worker begin at once."""
    # Within a savepoint: that it is asked already would spoil the request's transaction.
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        carry_on.defer()


def to(name: str, readers: ReaderList) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=[readers.pk]))


def screen(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """A screen with its way back; 422 where what was sent is faulty."""
    title = _("Bring readers in")
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("supporters:index"), "label": _("Supporters")},
        {"url": reverse("reader_lists"), "label": title},
    ]
    if readers := context.get("readers"):
        crumbs.append({"url": "", "label": readers.name})
    form = context.get("form")
    status = 422 if form is not None and form.is_bound and not form.is_valid() else 200
    context |= {"header_title": title, "header_icon": "group", "breadcrumbs_items": crumbs}
    return render(request, f"supporters/lists/{name}.html", context, status=status)


def routes() -> list[URLPattern]:
    """The doors."""
    return [
        path("reader-lists/", index, name="reader_lists"),
        path("reader-lists/<int:pk>/", show, name="reader_list"),
        path("reader-lists/<int:pk>/columns/", columns, name="reader_list_columns"),
    ]
