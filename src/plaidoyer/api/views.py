"""The doors for other sites: a form in a frame, the script that puts it there, oEmbed.

No door asks for a cookie or sets one, so everything works where browsers keep those of a frame
apart or refuse them. A frame is what `frame-ancestors` lets it be: nobody else's page can wear it.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.etree import ElementTree as ET

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_cache_control
from django.utils.csp import CSP, build_policy
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions import afterwards, reporting
from plaidoyer.actions import views as actions
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm
from plaidoyer.api import embeds
from plaidoyer.lib.words import languages
from plaidoyer.organisation.models import Organisation

MINUTES = 600
View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """Shows what `view` answers in the frame of the form, on the sites that may have it there.

    Templates take their surroundings and the address to send to from the request; a thank-you
    that the view leads to is the one in the frame.
    """

    @csrf_exempt
    @xframe_options_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def wrapped(request: HttpRequest, public_id: str, **more: Any) -> HttpResponse:
        request.frame = "api/frame.html"  # type: ignore[attr-defined]
        request.act_url = reverse("embed_frame", args=[public_id])  # type: ignore[attr-defined]
        response = view(request, public_id, **more)
        if location := response.headers.get("Location"):
            response["Location"] = within(public_id, location)
        else:
            form = ActionForm.objects.filter(public_id=public_id).only("embedded_on").first()
            ours = [str(CSP.SELF), *(embeds.allowed(form) if form else [])]
            policy: dict[str, Any] = settings.SECURE_CSP | {"frame-ancestors": ours}
            response[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
        return response

    return wrapped


def within(public_id: str, location: str) -> str:
    """Where a redirect leads that must not leave the frame: to the thank-you inside of it."""
    path, mark, query = location.partition("?")
    try:
        found = resolve(path)
    except Resolver404:
        return location
    if found.view_name != "actions:thanks":
        return location
    return reverse("embed_thanks", args=[public_id, found.kwargs["token"]]) + mark + query


@framed
def frame(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form without what stands around our pages; takes the act as its own page does."""
    if request.method == "POST":
        return actions.act(request, public_id)
    form = ActionForm.objects.filter(public_id=public_id).select_related("campaign").first()
    if form is None:
        return render(request, "actions/unknown_form.html", status=404)
    page = reporting.page_of(form)
    kind = KINDS[form.kind]
    if page:
        context = page.get_context(request)
    else:
        context = reporting.act_screen(form, None, kind.form(form) if kind.form else None)
    response = render(request, "actions/action_page.html", context)
    patch_cache_control(response, public=True, max_age=10)
    return response


@framed
def thanks(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The thank-you, in the frame."""
    return afterwards.thanks(request, token)


@require_safe
def script(request: HttpRequest, public_id: str) -> HttpResponse:
    """Puts the form where its tag stands and gives it its height; the same for everybody."""
    form = ActionForm.objects.filter(public_id=public_id).first()
    if form is None:
        raise Http404(public_id)
    titles = {code: form.name.in_language(code) for code, _name in languages()}
    context = {"titles": json.dumps(titles), "public_id": json.dumps(public_id)}
    response = render(request, "api/embed.js", context, content_type="text/javascript")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=MINUTES)
    return response


@require_safe
def oembed(request: HttpRequest, form: str = "") -> HttpResponse:
    """What stands behind the address of a form's page, as JSON or XML (https://oembed.com)."""
    asked = form or request.GET.get("format") or "json"
    if not (url := request.GET.get("url")):
        return HttpResponse("url is missing\n", status=400, content_type="text/plain")
    if asked not in {"json", "xml"}:
        return HttpResponse("json or xml\n", status=501, content_type="text/plain")
    if (page := embeds.page_at(url)) is None:
        return HttpResponse("no form of ours\n", status=404, content_type="text/plain")
    told = embeds.oembed(
        page,
        width=pixels(request.GET.get("maxwidth")) or embeds.WIDTH,
        height=pixels(request.GET.get("maxheight")) or embeds.HEIGHT,
        provider=Organisation.current().name.in_language(page.locale.language_code),
    )
    response = JsonResponse(told) if asked == "json" else as_xml(told)
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=MINUTES)
    return response


def pixels(text: str | None) -> int:
    """A number of pixels; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0


def as_xml(told: dict[str, object]) -> HttpResponse:
    """The same as XML."""
    root = ET.Element("oembed")
    for name, value in told.items():
        ET.SubElement(root, name).text = str(value)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="text/xml; charset=utf-8")
