"""The door through which counted links lead: to addresses we wrote ourselves, and no others."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plaidoyer.actions.views import personal
from plaidoyer.lib import tokens
from plaidoyer.newsletters.models import Link
from plaidoyer.newsletters.results import clicks

# Names by which programs that check links call themselves.
PROGRAM = re.compile(
    r"bot\b|crawl|spider|scan|preview|fetch|curl|wget|python|java/|go-http|okhttp|libwww|httpclient"
    r"|headless|proofpoint|mimecast|barracuda|safelinks|symantec|urldefense|virus|monitor",
    re.IGNORECASE,
)


@require_safe
@personal
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Leads on; a GET is counted, a HEAD is not. Nothing of who asks is kept."""
    try:
        uid = tokens.read(clicks.PURPOSE, token)
    except tokens.BadTokenError:
        return render(request, "newsletters/unknown.html", status=404)
    link = Link.objects.filter(uid=uid).first()
    if link is None:
        return render(request, "newsletters/unknown.html", status=404)
    if request.method == "GET":
        clicks.note(link, is_program=is_program(request))
    return HttpResponse(status=302, headers={"Location": link.url})


def is_program(request: HttpRequest) -> bool:
    """Whether what asks is most likely no person: it says so, or no person's browser asks so."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(PROGRAM.search(agent)) or "Accept-Language" not in request.headers
