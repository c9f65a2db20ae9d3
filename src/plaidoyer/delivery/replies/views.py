"""The doors of a writer: tell of a reply, answer when asked, stop being asked.

The secret in each address is the key, as elsewhere: no cookie, no session, no CSRF token. Opening
a page changes nothing; only its buttons do.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.actions.views import SeeOther, personal, unavailable_when_down
from plaidoyer.delivery.mailboxes import progress
from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies import collecting, surveys
from plaidoyer.delivery.replies.forms import ReplyForm
from plaidoyer.delivery.replies.models import Survey, SurveyAnswer, SurveyStop
from plaidoyer.lib.tokens import BadTokenError
from plaidoyer.mail import reporting as mail
from plaidoyer.mail import returns
from plaidoyer.supporters.privacy import ErasedError

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """A page behind a secret; a broken one says so."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @personal
    @unavailable_when_down
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except BadTokenError:
            return render(request, "actions/unknown_link.html", status=404)

    return wrapped


@door
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """A writer says what came back for one letter, or that we may quote it no more."""
    letter = collecting.letter(token)
    if not letter.body:
        raise ErasedError
    if request.method != "POST":
        return reply_page(request, letter, ReplyForm(letter))
    if ended := request.POST.get("end_quotation", ""):
        told = letter.replies.filter(pk=int(ended)) if ended.isdecimal() else letter.replies.none()
        for one in told[:1] if len(ended) < 18 else ():
            collecting.end_quotation(one, page=request.path[:300])
        return SeeOther(f"{request.path}?done=quote")
    form = ReplyForm(letter, request.POST)
    if not form.is_valid():
        return reply_page(request, letter, form, status=422)
    try:
        collecting.tell(letter, language=get_language() or "", page="", **form.cleaned_data)
    except collecting.TooManyError:
        form.add_error(None, _("You have told us enough of this letter: thank you."))
        return reply_page(request, letter, form, status=422)
    return SeeOther(f"{request.path}?done=told")


def reply_page(
    request: HttpRequest, letter: Letter, form: ReplyForm, status: int = 200
) -> HttpResponse:
    """What its writer reads of one letter, and may tell."""
    assert letter.envelope is not None  # its token names it
    context = {
        "letter": letter,
        "form": form,
        "state": mail.told(letter.envelope),
        "copy_address": returns.reply_address(letter.envelope),
        "told": letter.replies.order_by("-id"),
        "done": request.GET.get("done", ""),
    }
    return render(request, "delivery/replies/reply.html", context, status=status)


@door
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """A writer answers whether their letters were; each answer is one press."""
    asked = surveys.read(token)
    if asked.supporter.is_erased:
        raise ErasedError
    letters = surveys.letters(asked)
    if request.method == "POST":
        said, uid = request.POST.get("answer", ""), request.POST.get("letter", "")
        chosen = [one for one in letters if surveys.name(asked, one) == uid]
        if not chosen or said not in SurveyAnswer.Answer.values:
            return survey_page(request, asked, letters, status=422)
        surveys.answer(asked, chosen[0], said)
        return SeeOther(f"{request.path}?done#top")
    return survey_page(request, asked, letters)


def survey_page(
    request: HttpRequest, asked: Survey, letters: list[Letter], status: int = 200
) -> HttpResponse:
    """Every letter with its buttons, and what was answered so far."""
    last, stand = surveys.last_answers(letters), progress.told(letters)
    rows = [
        {
            "letter": one,
            "name": surveys.name(asked, one),
            "state": stand[one.pk],
            "answer": last.get(one.pk, ""),
            # What came back to a letter in the mail of a day has no address of its own.
            "token": collecting.token(one.envelope) if one.envelope else "",
        }
        for one in letters
    ]
    context = {
        "rows": rows,
        "choices": SurveyAnswer.Answer.choices,
        "is_done": "done" in request.GET and bool(last),
        "went_wrong": status != 200,
        "stop_url": surveys.stop_path(asked),
    }
    return render(request, "delivery/replies/survey.html", context, status=status)


@door
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """One button, or the mail program's: no such question any more."""
    asked = surveys.read(token)
    if asked.supporter.is_erased:
        raise ErasedError
    if request.method == "POST":
        surveys.stop(asked.supporter)
    is_done = SurveyStop.objects.filter(supporter=asked.supporter).exists()
    return render(request, "delivery/replies/stop.html", {"is_done": is_done})
