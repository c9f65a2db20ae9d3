"""A milestone begins with a link: what it leads to is read, and fills in what is still empty."""

from typing import Any

from django.conf import settings
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from plaidoyer.evidence import readings
from plaidoyer.evidence.models import Reading
from plaidoyer.lib.desk import begin_at

MOST = 10
CODES = [code for code, _name in settings.LANGUAGES]


def asked(request: HttpRequest) -> bool:
    """Whether the form was sent to have its links read, not to be saved."""
    return "read" in request.POST


def filled(request: HttpRequest) -> QueryDict:
    """What was typed, with what the links say where nothing stands yet."""
    data = request.POST.copy()
    for row in range(MOST):
        prefix = f"evidence-{row}-"
        if (url := data.get(f"{prefix}url", "").strip()) and not data.get(f"{prefix}title"):
            _fill(request, data, prefix, url)
    if request.FILES:
        messages.warning(request, _("Please choose the file again: it was not kept."))
    return data


def _fill(request: HttpRequest, data: QueryDict, prefix: str, url: str) -> None:
    try:
        reading = readings.read(url, by=request.user)
    except readings.UnreadableError as error:
        told = _("This link could not be read: %(why)s. Fill in the rest by hand.")
        messages.warning(request, told % {"why": error})
        return
    data[f"{prefix}title"] = reading.title
    data[f"{prefix}publisher"] = data.get(f"{prefix}publisher") or reading.publisher
    if reading.published_on and not data.get(f"{prefix}published_on"):
        data[f"{prefix}published_on"] = reading.published_on.isoformat()
    if reading.language in CODES:
        data[f"{prefix}language"] = reading.language
    _begin(data, reading)


def _begin(data: QueryDict, reading: Reading) -> None:
    """The milestone's own title and day, where nobody has written them."""
    language = reading.language if reading.language in CODES else CODES[0]
    if not any(data.get(f"title_{code}") for code in CODES):
        data[f"title_{language}"] = reading.title
    today = timezone.localdate().isoformat()
    if reading.published_on and data.get("happened_on", today) in {"", today}:
        data["happened_on"] = reading.published_on.isoformat()


def unjudged(form: Any) -> Any:
    """`form` with what was typed and without a word about what is still missing.

    Once its title stands in one language, the cursor is where the next is to be written.
    """
    form._errors = ErrorDict()
    for rows in form.formsets.values():
        for one in rows.forms:
            one._errors = ErrorDict()
        rows._errors, rows._non_form_errors = [{} for _one in rows.forms], ErrorList()
    is_there = [bool(form.data.get(f"title_{code}")) for code in CODES]
    if any(is_there) and not all(is_there):
        begin_at(form.fields["title"], is_there.index(False))
    return form
