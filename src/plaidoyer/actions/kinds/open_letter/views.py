"""The doors of an open letter: who signed, what changed, and where a logo is sent."""

import csv
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions import messages, names, reporting, views
from plaidoyer.actions.kinds.open_letter import (
    logos,
    organisations,
    revisions,
    screens,
)
from plaidoyer.actions.kinds.open_letter import (
    signatories as lists,
)
from plaidoyer.actions.kinds.open_letter.models import OrganisationSignature, Revision
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib import typed

PER_PAGE = 50
PEOPLE, ORGANISATIONS = "people", "organisations"
# A picture of the longest kind with the frame around it; more is not even read.
LONGEST_BODY = logos.LONGEST + 20_000


def letter(public_id: str) -> ActionForm:
    """The open letter of that address. Raises Http404."""
    found = ActionForm.objects.select_related("campaign")
    return get_object_or_404(found, public_id=public_id, kind="open_letter")


def shared[R: HttpResponse | StreamingHttpResponse](response: R) -> R:
    """Lets caches keep what is the same for everybody a moment."""
    patch_cache_control(response, public=True, max_age=20)
    return response


@require_safe
def signatories(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who signed, organisations or people: searched, sorted, fifty on a page."""
    form = letter(public_id)
    signed = screens.signed(form)
    of = request.GET.get("of", "")
    if of not in (PEOPLE, ORGANISATIONS):
        of = ORGANISATIONS if signed["organisations"] or not takes(form, "persons") else PEOPLE
    search = typed.line(request.GET.get("q", ""))[: lists.LONGEST_SEARCH]
    sort = request.GET.get("sort", "")
    sort = sort if sort in lists.SORTS else "name"
    found = (lists.people if of == PEOPLE else lists.organisations_of)(form, search, sort)
    sheet = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    rows: list[Any] = list(sheet.object_list)
    if of == ORGANISATIONS:
        organisations.with_logos(rows)
    context = {
        "action_form": form,
        "page": reporting.page_of(form),
        "of": of,
        "signed": signed,
        "search": search,
        "sort": sort,
        "sheet": sheet,
        "rows": [(one, names.place(one)) for one in rows] if of == PEOPLE else rows,
        "query": urlencode({"of": of, "q": search, "sort": sort}) + "&",
        "takes_people": takes(form, "persons"),
        "takes_organisations": takes(form, "organisations"),
    }
    return shared(render(request, "open_letter/signatories.html", context))


def takes(form: ActionForm, who: str) -> bool:
    """Whether "persons" or "organisations" may sign."""
    return bool(form.options.get(who, True))


class Echo:
    """Gives back each line that is written to it."""

    def write(self, line: str) -> str:
        return line


@require_safe
def data(request: HttpRequest, public_id: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The public list for other programs: signatories.csv, signatories.json."""
    form = letter(public_id)
    if kind == "json":
        body = json.dumps({"signatories": list(lists.rows(form))}, ensure_ascii=False)
        return shared(HttpResponse(body, content_type="application/json"))
    if kind != "csv":
        raise Http404(kind)
    response = StreamingHttpResponse(
        table(form, get_language() or ""), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="signatories-{public_id}.csv"'
    return shared(response)


def table(form: ActionForm, language: str) -> Iterator[str]:
    """The lines of the list, in `language`: they are read after the view has answered."""
    with override(language):
        lines = [list(lists.columns().values()), *(list(r.values()) for r in lists.rows(form))]
    writer = csv.writer(Echo())
    # The mark lets spreadsheets read accents rightly.
    yield "\ufeff"
    for line in lines:
        yield writer.writerow([typed.harmless(cell) for cell in line])


@require_safe
def all_revisions(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every text the letter has had, and what each changed."""
    form, language = letter(public_id), get_language() or ""
    texts = list(Revision.objects.filter(form=form))
    pairs = zip(texts, [None, *texts], strict=False)
    told = [
        {
            "revision": now,
            "text": now.text.in_language(language),
            "language": screens.written_in(now.text, language),
            "changes": list(
                revisions.changes(before.text.in_language(language), now.text.in_language(language))
            )
            if before
            else [],
        }
        for now, before in pairs
    ]
    context = {"action_form": form, "page": reporting.page_of(form), "told": told[::-1]}
    return shared(render(request, "open_letter/revisions.html", context))


class LogoForm(forms.Form):
    """One picture."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, at most 1 MB. An organiser looks at it before it shows."),
        error_messages={
            "required": _("Choose a picture."),
            "empty": _("This file is empty. Choose another one."),
            "missing": _("Choose a picture."),
        },
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@views.personal
@views.unavailable_when_down
def logo(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Takes the logo of an organisation from whoever signed for it."""
    action = views.holder_of(screens.LOGO, token)
    signature = OrganisationSignature.objects.filter(
        action=action, action__confirmation__withdrawal=None, form__public_id=public_id
    ).first()
    if action is None or signature is None:
        return render(request, "actions/unknown_link.html", status=404)
    if request.method != "POST":
        return logo_page(request, signature, LogoForm())
    too_large = int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY
    # A body that is too large is left unread: no file of it is written.
    form = LogoForm({}, MultiValueDict()) if too_large else LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            logos.keep(signature, form.cleaned_data["logo"])
            return views.SeeOther(messages.confirmation_path(action))
        except logos.BadLogoError:
            form.add_error("logo", unfit())
    elif too_large:
        form.errors["logo"] = form.error_class([unfit()])
    return logo_page(request, signature, form, status=422)


def unfit() -> str:
    return str(_("This is no picture we can show. Send a PNG, JPEG or WebP of at most 1 MB."))


def logo_page(
    request: HttpRequest, signature: OrganisationSignature, form: LogoForm, status: int = 200
) -> HttpResponse:
    """Where the logo is chosen."""
    context = {
        "signature": signature,
        "form": form,
        "back": messages.confirmation_path(signature.action),
    }
    return render(request, "open_letter/logo.html", context, status=status)
