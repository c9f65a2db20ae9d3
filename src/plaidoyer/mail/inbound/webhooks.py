"""The door for providers: django-anymail verifies and normalises what they post, we store it.

Its views hand each event to what they call a signal; ours is an object that stores a row, so that
nothing listens from afar.
"""

import importlib
import json
import logging
from typing import Any

from anymail.inbound import AnymailInboundMessage
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.mail.inbound import doors, keeping, reports, understanding

logger = logging.getLogger(__name__)

# Module and view of each provider, for what became of our mails and for mail that comes in. Left
# out are those that would have us fetch what came from them.
VIEWS = {
    ("brevo", "events"): "brevo.BrevoTrackingWebhookView",
    ("mailersend", "events"): "mailersend.MailerSendTrackingWebhookView",
    ("mailersend", "mail"): "mailersend.MailerSendInboundWebhookView",
    ("mailgun", "events"): "mailgun.MailgunTrackingWebhookView",
    ("mailgun", "mail"): "mailgun.MailgunInboundWebhookView",
    ("mailjet", "events"): "mailjet.MailjetTrackingWebhookView",
    ("mailjet", "mail"): "mailjet.MailjetInboundWebhookView",
    ("postal", "events"): "postal.PostalTrackingWebhookView",
    ("postal", "mail"): "postal.PostalInboundWebhookView",
    ("postmark", "events"): "postmark.PostmarkTrackingWebhookView",
    ("postmark", "mail"): "postmark.PostmarkInboundWebhookView",
    ("sendgrid", "events"): "sendgrid.SendGridTrackingWebhookView",
    ("sendgrid", "mail"): "sendgrid.SendGridInboundWebhookView",
    ("sparkpost", "events"): "sparkpost.SparkPostTrackingWebhookView",
    ("sparkpost", "mail"): "sparkpost.SparkPostInboundWebhookView",
}
TOLD = {"bounced", "rejected", "failed", "deferred", "complained", "autoresponded"}


class Store:
    """Stands where anymail's views have their signal: an event becomes a row."""

    def send(self, *, event: Any, esp_name: str, **_rest: Any) -> None:
        """Keeps one event that tells something; others, such as deliveries, are let go."""
        provider = esp_name.lower().replace(" ", "")[:12]
        if event.event_type == "inbound":
            keep_mail(event.message, provider)
        elif event.event_type in TOLD:
            keep_event(event, provider)


def keep_mail(message: AnymailInboundMessage, provider: str) -> None:
    """Stores a mail that came to an address of ours; none of ours: let go."""
    named = [message.envelope_recipient, *(to.addr_spec for to in [*message.to, *message.cc])]
    raw = message.as_bytes()
    sender = message.envelope_sender
    if sender is None:
        sender = message.from_email.addr_spec if message.from_email else ""
    for recipient in dict.fromkeys(to for to in named if to and doors.is_ours(to)):
        keeping.keep(raw, via=provider, recipient=recipient, sender=sender)


def keep_event(event: Any, provider: str) -> None:
    """Stores what a provider says of one of our mails, found by our Message-ID where it has it."""
    said = json.dumps(plain(event.esp_event), default=str, sort_keys=True)
    uids = reports.named(f"{said} {event.message_id}".encode("utf-8", "replace"))
    kept = {
        "event": event.event_type,
        "reason": event.reject_reason,
        "words": event.mta_response or event.description or "",
        "recipient": event.recipient,
        "uids": [str(uid) for uid in uids],
        "id": event.event_id or said,
    }
    raw = json.dumps(kept, default=str, sort_keys=True).encode("utf-8", "replace")
    keeping.keep(raw, via=f"{understanding.EVENT}:{provider}")


def plain(said: Any) -> Any:
    """What a provider posted, without the class of its form."""
    return said.dict() if hasattr(said, "dict") else said


# A provider posts without a cookie: the password in its address, or its signature, is the proof.
@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def webhook(request: HttpRequest, provider: str, what: str) -> HttpResponse:
    """Takes what a configured provider posts; the row is committed before the answer."""
    name = VIEWS.get((provider, what))
    if provider not in settings.MAIL_PROVIDERS or not name:
        raise Http404
    module, _dot, view = name.partition(".")
    found = getattr(importlib.import_module(f"anymail.webhooks.{module}"), view)
    # Mails with attachments are longer than what Django lets a form be.
    if not (request.content_type or "").startswith(("multipart/", "application/x-www-form")):
        request._body = request.read(keeping.MOST_BYTES * 2)
    try:
        with transaction.atomic():
            return found.as_view(signal=Store())(request)
    except SuspiciousOperation:
        return HttpResponse("The signature or password is not right.", status=403)
    except DatabaseError:
        return HttpResponse("Please try again later.", status=503)
    except keeping.TooLongError:
        return HttpResponse("Too long.", status=413)
    except Exception as error:
        logger.warning("What %s posted cannot be read: %s", provider, type(error).__name__)
        return HttpResponse("This cannot be read.", status=400)
