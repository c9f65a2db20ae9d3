"""Official petitions, the same for everybody; and the deadlines, as calendars subscribe to them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from plaidoyer.actions.views import personal
from plaidoyer.campaigns.models import Campaign
from plaidoyer.organisation.models import Organisation
from plaidoyer.parliament import courses, feeds, links
from plaidoyer.parliament.models import OfficialPetition
from plaidoyer.website.petitions import reporting

# Facts that change when an organiser notes or imports something.
SECONDS = 60
AN_HOUR = 3600


@require_safe
def petition(request: HttpRequest, public_id: str) -> HttpResponse:
    """One official petition with all that is known of it."""
    petitions = OfficialPetition.objects.filter(is_followed=True)
    found = get_object_or_404(
        petitions.select_related("legislature", "session"), public_id=public_id
    )
    screen = reporting.petition_screen(found, get_language() or "")
    response = render(request, "website/petitions/petition.html", screen)
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def campaign_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The days of a campaign's petitions and expected votes, at an address that stays."""
    campaign = get_object_or_404(Campaign, slug=slug)
    name = _("Deadlines of the campaign “%(name)s”") % {"name": campaign.name}
    return feed(reporting.deadlines_of(campaign), name)


@require_safe
@personal
def own_feed(request: HttpRequest, token: str) -> HttpResponse:
    """All deadlines, for the organiser whose address it is. Any other address is nobody's."""
    if links.owner(token) is None:
        raise Http404
    name = _("Deadlines of %(organisation)s") % {"organisation": Organisation.current().name}
    return feed(courses.all_deadlines(), name)


def feed(deadlines: list[courses.Deadline], name: str) -> HttpResponse:
    """The calendar file in the language of its address."""
    content = feeds.calendar(deadlines, name, get_language() or "en")
    headers = {"Content-Disposition": 'inline; filename="deadlines.ics"'}
    return HttpResponse(content, content_type=feeds.TYPE, headers=headers)
