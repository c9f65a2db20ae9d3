"""Bank files in the back office: uploaded, understood, seen, booked, undone; and open lines."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from plaidoyer.donations import codes
from plaidoyer.donations.bank import formats, imports, matching, notices
from plaidoyer.donations.models import BankImport, BankLine, Donation
from plaidoyer.donations.screens import Changing, back
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.words import currencies

COLUMNS = {
    formats.DATE: _("Day"),
    formats.AMOUNT: _("Amount that came"),
    formats.NAME: _("Name"),
    formats.WORDS: _("Message"),
    formats.CURRENCY: _("Currency"),
}
ORDERS = [
    ("ymd", _("year, month, day")),
    ("dmy", _("day, month, year")),
    ("mdy", _("month, day, year")),
]
FAULTS = {
    "amount": _("The amount cannot be read."),
    "date": _("The day cannot be read."),
    "currency": _("Gifts are not taken in this currency."),
}
ABOVE: list[tuple[str, Any]] = [("gifts_bank", _("Bank"))]
SHOWN = 12


class UploadForm(forms.Form):
    """A bank's file."""

    file = forms.FileField(
        label=_("The bank’s file (CSV)"),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )


class FormatForm(forms.Form):
    """Which column of a bank's file says what."""

    name = forms.CharField(label=_("Bank"), max_length=100)
    currency = forms.ChoiceField(label=_("Currency of the account"), choices=currencies)
    order = forms.ChoiceField(label=_("Order in dates"), choices=ORDERS)

    def __init__(self, found: list[list[str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        width = max(len(row) for row in found)
        header = found[0] if formats.has_header(found) else []
        columns = [
            (str(n), header[n] if n < len(header) and header[n] else gettext("Column %d") % (n + 1))
            for n in range(width)
        ]
        for part, label in COLUMNS.items():
            needed = part in {formats.DATE, formats.AMOUNT}
            choices = columns if needed else [("", "—"), *columns]
            self.fields[f"column_{part}"] = forms.ChoiceField(
                label=label, choices=choices, required=needed
            )

    def mapping(self) -> dict[str, int | str]:
        """The columns, once the form is valid."""
        said = self.cleaned_data
        places = {part: int(place) for part in COLUMNS if (place := said[f"column_{part}"]) != ""}
        return {**places, "order": said["order"]}


class BankScreen(Changing):
    """Files, and the lines that are nobody's gift yet."""

    template_name = "donations/desk/bank.html"
    page_title = _("Bank")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"form": UploadForm(label_suffix=""), **kwargs},
            uploads=BankImport.objects.select_related("format", "uploaded_by").order_by("-pk")[
                :SHOWN
            ],
            open_lines=BankLine.objects.filter(payment=None, set_aside_at=None).count(),
            notice_name=GivingSettings.current().notice_name,
            notice_domain=settings.MAIL_DOMAIN,
            notices=notices.latest(),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, label_suffix="")
        if not form.is_valid():
            return self.faulty(form)
        file = form.cleaned_data["file"]
        try:
            upload = imports.upload(
                file.read(formats.MOST_BYTES + 1), name=file.name, by=request.user
            )
        except formats.UnreadableError:
            form.add_error("file", gettext("This is no table of a bank: export it as CSV."))
            return self.faulty(form)
        step = "gifts_bank_preview" if upload.format else "gifts_bank_format"
        return back(request, step, upload.pk)


class FormatScreen(Changing):
    """Says which column says what, with the file's first rows beside."""

    template_name = "donations/desk/format.html"
    page_title = _("Columns")
    above = ABOVE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.upload = get_object_or_404(
            BankImport.objects.exclude(sealed=b""), pk=kwargs["pk"], booked_at=None
        )
        self.found = formats.rows(bytes(self.upload.raw))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = self.upload.format
        guessed = known.mapping if known else formats.guess(self.found)
        named = {"name": known.name, "currency": known.currency} if known else {"currency": "CAD"}
        columns = {f"column_{part}": place for part, place in guessed.items()}
        form = FormatForm(
            self.found, initial={**columns, **named, "order": guessed.get("order", "ymd")}
        )
        return super().get_context_data(
            **{"form": form, **kwargs}, upload=self.upload, rows=self.found[:6]
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FormatForm(self.found, request.POST)
        if not form.is_valid():
            return self.faulty(form)
        facts = {name: form.cleaned_data[name] for name in ("name", "currency")}
        imports.remember(self.upload, mapping=form.mapping(), **facts)
        return back(request, "gifts_bank_preview", self.upload.pk)


class PreviewScreen(Changing):
    """What each line of a file is thought to be; a POST books what is ticked."""

    template_name = "donations/desk/preview.html"
    page_title = _("Whose gifts are these?")
    above = ABOVE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.upload = get_object_or_404(
            BankImport.objects.select_related("format"), pk=kwargs["pk"]
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.upload.booked_at or not self.upload.raw:
            return back(request, "gifts_bank_done", self.upload.pk)
        if self.upload.format is None:
            return back(request, "gifts_bank_format", self.upload.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines, faulty = imports.keep_lines(self.upload)
        fresh = [line for line in lines if line.payment_id is None and not line.set_aside_at]
        twins = matching.twins(fresh)
        found = matching.propose([line for line in fresh if line.pk not in twins])
        told = [
            {"line": line, "twin": twins.get(line.pk), "found": found.get(line.pk)}
            for line in fresh
        ]
        return super().get_context_data(
            **kwargs,
            upload=self.upload,
            lines=told,
            known=len(lines) - len(fresh),
            faults=[(line.number, FAULTS[line.fault]) for line in faulty],
            certain=matching.CERTAIN,
            matched=len(found),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.upload.booked_at:
            return back(request, "gifts_bank_done", self.upload.pk)
        if request.POST.get("step") == "give_up":
            BankImport.objects.filter(pk=self.upload.pk).update(sealed=b"")
            return back(request, "gifts_bank")
        lines, _faulty = imports.keep_lines(self.upload)
        for key, twin in matching.twins(lines).items():
            imports.set_aside(BankLine(pk=key), gettext("known by its notice"), twin)
        number = imports.book_all(self.upload, ticked(request, lines), by=request.user)
        words = ngettext("%d gift is booked.", "%d gifts are booked.", number) % number
        messages.success(request, words)
        return back(request, "gifts_bank_done", self.upload.pk)


def ticked(request: HttpRequest, lines: list[BankLine]) -> dict[int, Donation]:
    """Which line is to be booked as whose gift: as the page said it, by the gift's reference."""
    said = {line.pk: request.POST.get(f"line-{line.pk}", "") for line in lines}
    wanted = {key: codes.normal(code) for key, code in said.items() if code}
    gifts = {
        gift.code: gift
        for gift in Donation.objects.filter(code__in=wanted.values()).select_related("fund")
    }
    return {key: gifts[code] for key, code in wanted.items() if code in gifts}


class DoneScreen(Changing):
    """A file that was booked: its lines and gifts, and the way back."""

    template_name = "donations/desk/booked.html"
    page_title = _("Booked file")
    above = ABOVE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.upload = get_object_or_404(
            BankImport.objects.select_related("format"), pk=kwargs["pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.upload.lines.select_related("payment__donation__fund").order_by("number")
        return super().get_context_data(
            **kwargs,
            upload=self.upload,
            booked=[line for line in lines if line.payment_id],
            left=[line for line in lines if not line.payment_id],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = imports.undo(self.upload, by=request.user)
        words = ngettext("%d booking is void.", "%d bookings are void.", number) % number
        messages.success(request, words)
        return back(request, "gifts_bank_lines")


class LinesScreen(Changing):
    """Lines that are nobody's gift yet: each is given to a gift by its reference, or set aside."""

    template_name = "donations/desk/lines.html"
    page_title = _("Open lines")
    above = ABOVE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = list(BankLine.objects.filter(payment=None, set_aside_at=None)[:200])
        found = matching.propose(lines) if lines else {}
        told = [{"line": line, "found": found.get(line.pk)} for line in lines]
        return super().get_context_data(**kwargs, lines=told, certain=matching.CERTAIN)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        line = get_object_or_404(BankLine, pk=request.POST.get("line") or 0)
        if request.POST.get("step") == "aside":
            imports.set_aside(line, request.POST.get("because", "")[:200] or gettext("no gift"))
            return back(request, "gifts_bank_lines")
        code = codes.normal(request.POST.get("code", ""))
        gift = Donation.objects.filter(code=code).select_related("fund").first()
        if gift is None:
            messages.error(request, gettext("No gift has this reference."))
        else:
            self.book(request, line, gift)
        return back(request, "gifts_bank_lines")

    def book(self, request: HttpRequest, line: BankLine, gift: Donation) -> None:
        try:
            imports.book(line, gift, by=request.user)
            messages.success(request, gettext("Booked."))
        except imports.DoneError:
            messages.warning(request, gettext("Somebody else has done this meanwhile."))


def routes() -> list[URLPattern]:
    return [
        path("giving/bank/", BankScreen.as_view(), name="gifts_bank"),
        path("giving/bank/lines/", LinesScreen.as_view(), name="gifts_bank_lines"),
        path("giving/bank/<int:pk>/columns/", FormatScreen.as_view(), name="gifts_bank_format"),
        path("giving/bank/<int:pk>/", PreviewScreen.as_view(), name="gifts_bank_preview"),
        path("giving/bank/<int:pk>/booked/", DoneScreen.as_view(), name="gifts_bank_done"),
    ]
