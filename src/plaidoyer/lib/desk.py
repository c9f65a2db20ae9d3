"""The back office's desk: the list, the form with rows and the deletion that every room uses."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel
from wagtail.admin.panels.base import get_form_for_model
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from plaidoyer.lib import countersigning, typed

Groups = list[tuple[str, list[tuple[str, str]]]]


def holders(fact: models.Model) -> list[str]:
    """The names of the kinds of rows that keep `fact` from being deleted; none when it may be."""
    try:
        Collector(using="default").collect([fact])
    except ProtectedError as error:
        rows: Iterable[models.Model] = error.protected_objects
    except RestrictedError as error:
        rows = error.restricted_objects
    else:
        return []
    return sorted({str(row._meta.verbose_name_plural) for row in rows})


def refusal(fact: models.Model) -> str:
    """Why `fact` cannot be deleted, as a sentence; empty when it can."""
    if not (names := holders(fact)):
        return ""
    return str(_("“%(fact)s” cannot be deleted: %(rows)s refer to it.")) % {
        "fact": fact,
        "rows": ", ".join(names),
    }


class GroupedChoiceField(forms.ChoiceField):
    """One choice among few words in groups, set by the form that shows it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": _("Choose one of the list.")})
        super().__init__(**kwargs)

    def offer(self, groups: Groups) -> None:
        """Shows `groups`, each a heading with its (value, words)."""
        self.choices = [("", "—"), *groups]


class Rows(BaseChildFormSet):
    """The rows of a form. One empty row awaits on a new sheet; a row deleted by somebody else
    meanwhile, or one that other facts hold, is told beside it."""

    extra: int
    data: Any

    # The field whose value may stand in one row only; the form says by `value_of` which value a
    # saved row has.
    once = ""
    once_message = _("This stands in another row already.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.extra = 0 if self.instance.pk else self.extra

    def _construct_form(self, i: int, **kwargs: Any) -> forms.BaseForm:
        if self.is_bound and i < self.initial_form_count():
            # Only what this form wrote can come back; anything else is a row that is gone.
            name = f"{self.add_prefix(i)}-{self.model._meta.pk.name}"
            if not re.fullmatch(r"[0-9]{1,18}", self.data.get(name, "")):
                self.data = self.data.copy()
                self.data[name] = ""
        return super()._construct_form(i, **kwargs)

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[self.model._meta.pk.name].error_messages["invalid_choice"] = _(
            "Somebody else deleted this row meanwhile. Delete it here too, or add it anew."
        )

    @property
    def kept(self) -> list[Any]:
        """The forms whose rows will be there once this is saved."""
        gone = self.deleted_forms
        return [
            form
            for form in self.forms
            if form not in gone and (form.instance.pk or form.has_changed())
        ]

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and (reason := refusal(form.instance)):
                # On the form it would be passed over: Django does not judge deleted rows.
                raise ValidationError(reason)
        if not self.once:
            return
        # What somebody else added meanwhile is not in the forms.
        ours = {form.instance.pk for form in self.forms}
        theirs = [row for row in self.get_queryset() if row.pk not in ours]
        seen = {self.form.value_of(row) for row in theirs}
        for form in self.kept:
            value = form.cleaned_data.get(self.once)
            if value and value in seen:
                form.add_error(self.once, self.once_message)
            seen.add(value)


class RowsPanel(InlinePanel):
    """An inline panel with a form and rows of one's own choice."""

    def __init__(
        self,
        *args: Any,
        form: type[WagtailAdminModelForm] = WagtailAdminModelForm,
        rows: type[Rows] = Rows,
        awaiting: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.form, self.rows, self.awaiting = form, rows, awaiting

    def clone_kwargs(self) -> dict[str, Any]:
        ours = {"form": self.form, "rows": self.rows, "awaiting": self.awaiting}
        return {**super().clone_kwargs(), **ours}

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        defer = self.child_edit_handler.get_form_options().get("defer_required_on_fields", [])
        options["formsets"][self.relation_name] |= {
            "form": get_form_for_model(
                self.db_field.related_model, self.form, defer_required_on_fields=defer
            ),
            "formset": self.rows,
            "extra": self.awaiting,
        }
        return options


def begin_at(field: forms.Field, box: int = 0) -> None:
    """Lets the cursor stand in `field` when the page opens; of several boxes, in that one."""
    widget = field.widget
    first = widget.widgets[box] if isinstance(widget, forms.MultiWidget) else widget
    first.attrs["autofocus"] = True


class NewSheet(generic.CreateView):
    """An empty sheet, ready to be written: the cursor stands in its first field."""

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        if not form.is_bound:
            begin_at(form.visible_fields()[0].field)
        return form


class Deletion(generic.DeleteView):
    """Deletes a fact that nothing holds; else says what holds it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.refused() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.refused() or super().post(request, *args, **kwargs)

    def refused(self) -> HttpResponse | None:
        """The way back to the fact, with the reason; nothing when it may be deleted."""
        if not (reason := refusal(self.object)):
            return None
        messages.error(self.request, reason)
        return HttpResponseRedirect(reverse(self.edit_url_name, args=[self.object.pk]))


class Streamed:
    """The rows of a file, read as they are written: a million take no more room than a thousand."""

    CHUNK = 2000

    def __init__(self, rows: Any) -> None:
        self.rows, self.model = rows, rows.model

    def __iter__(self) -> Iterator[Any]:
        # What a search engine found comes in one.
        asked = getattr(self.rows, "iterator", None)
        return asked(chunk_size=self.CHUNK) if asked else iter(self.rows)


class Listing(generic.IndexView):
    """A list whose search goes through related rows and shows each fact once.

    With `taken_out` its file is for those who may export such things ("acts"), and a large one
    takes a second person.
    """

    taken_out = ""

    def search_queryset(self, queryset: models.QuerySet) -> models.QuerySet:
        found = super().search_queryset(queryset)
        return found.distinct() if self.is_searching else found

    @property
    def export_right(self) -> str:
        return f"staff.export_{self.taken_out}"

    @cached_property
    def show_export_buttons(self) -> bool:
        may = not self.taken_out or self.request.user.has_perm(self.export_right)
        return bool(super().show_export_buttons and may)

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """A cell of the file, as no spreadsheet runs it."""
        cell = super().preprocess_field_value(field, value, export_format)
        return typed.harmless(cell) if isinstance(cell, str) else cell

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        return super().as_spreadsheet(Streamed(queryset), spreadsheet_format)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if self.is_export and self.taken_out:
            countersigning.require_export(
                self.request, self.export_right, context["object_list"], self.verbose_name_plural
            )
        return super().render_to_response(context, **kwargs)


class Desk(ModelViewSet):
    """A kind of facts in the back office: its menu, list with filters and search, form."""

    # What the list's file takes out of the house (staff.models.EXPORTS).
    taken_out = ""

    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = Listing
    add_view_class = NewSheet
    delete_view_class = Deletion
    list_per_page = 50

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        more = {"taken_out": self.taken_out} if self.taken_out else {}
        return super().get_index_view_kwargs(**{**more, **kwargs})


class Ledger(Desk):
    """Rows that are read and never edited: their menu, list with filters and search."""

    form_fields: list[str] = []
    # Wagtail would write beside every row of ours which other rows it refers to.
    add_to_reference_index = False

    def get_urlpatterns(self) -> list:
        return [route for route in super().get_urlpatterns() if route.name.startswith("index")]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        without = {f"{name}_url_name": None for name in ("add", "edit", "delete")}
        return super().get_common_view_kwargs(**{**without, **kwargs})

    def register_admin_url_finder(self) -> None:
        """There is no page of one row to be found."""
