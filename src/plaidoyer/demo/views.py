"""The mails that the demo caught."""

from typing import Any

from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from plaidoyer.demo.maildir import Mail, Maildir
from plaidoyer.staff import codes
from plaidoyer.website.context import OWN_NAMES, Alternate

PER_PAGE = 50
# A mail's HTML runs nothing and loads nothing; only its links work.
LOCKED = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; frame-ancestors 'self'"
)


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The caught mails, the newest first."""
    to = request.GET.get("to", "").strip()[:254]
    found = Maildir(settings.DEMO_MAILDIR).mails(to)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return show(request, "demo/mails.html", {"page": page, "to": to})


@require_safe
def mail(request: HttpRequest, key: int) -> HttpResponse:
    """One caught mail: its headers, its text, its HTML, and as it came."""
    return show(request, "demo/mail.html", {"mail": caught(key)})


@require_safe
@xframe_options_sameorigin
def html(request: HttpRequest, key: int) -> HttpResponse:
    """The HTML of a caught mail, for the frame in its page; a link opens in place of the page."""
    page = f'<base target="_top">{caught(key).html}'
    return HttpResponse(page, headers={"Content-Security-Policy": LOCKED})


def caught(key: int) -> Mail:
    """The mail that came as `key`. Raises Http404."""
    if found := Maildir(settings.DEMO_MAILDIR).mail(key):
        return found
    raise Http404


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page in the visitor's language, or in the one asked for in the address."""
    language = request.GET.get("lang", "")
    chosen = language if language in dict(settings.LANGUAGES) else ""
    with translation.override(chosen or translation.get_language()):
        alternates = [
            Alternate(code, OWN_NAMES.get(code, code), f"{request.path}?lang={code}", True)
            for code, _name in settings.LANGUAGES
        ]
        more = {"alternates": alternates, "lang": chosen}
        response = render(request, template, {**context, **more})
    response["Cache-Control"] = "no-store"
    return response


class SecondStep(AuthenticateView):
    """The second step of a sign-in, with the code that the phone of the demo's staff would show."""

    template_name = "demo/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["code"] = codes.of(self.stage.login.user)
        context["form"].fields["code"].initial = context["code"]
        return context
