from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope


@require_POST
@permission_required("mail.change_envelope", raise_exception=True)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """An organiser knows what became of an envelope in doubt, or has it sent again."""
    envelope = get_object_or_404(Envelope, pk=pk)
    arrived = request.POST.get("verdict") == "arrived"
    if not envelopes.settle(envelope, arrived=arrived):
        messages.warning(request, _("It is not in doubt any more: somebody was faster."))
    elif arrived:
        log(envelope, "mail.arrived", user=request.user)
        messages.success(request, _("Noted: it arrived."))
    else:
        log(envelope, "mail.sent_again", user=request.user)
        messages.success(request, _("It leaves again, under the same Message-ID."))
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else "mail:index")
