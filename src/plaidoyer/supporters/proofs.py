"""The consent ledger as a proof: every yes and no with its wording, basis, page and moment.

Whoever sends must be able to prove it: GDPR article 7(1), CASL section 13.
"""

from collections.abc import Iterator
from typing import Any

from plaidoyer.supporters.models import Consent

COLUMNS = (
    *("consent", "supporter", "email", "purpose", "answer", "basis", "expires_at"),
    *("wording", "wording_language", "page", "answered_at"),
)


def rows(email_mark: str = "") -> Iterator[dict[str, Any]]:
    """The answers in their order, of everybody or of one address; memory stays small.

    Of somebody erased the address is missing: the proof names nobody.
    """
    answers = Consent.objects.select_related("supporter", "wording").order_by("pk")
    if email_mark:
        answers = answers.filter(supporter__mark=email_mark)
    for one in answers.iterator(chunk_size=2000):
        yield {
            "consent": one.pk,
            "supporter": str(one.supporter.uid),
            "email": one.supporter.email,
            "purpose": one.purpose,
            "answer": one.answer,
            "basis": one.basis,
            "expires_at": one.expires_at,
            "wording": one.wording.text if one.wording else "",
            "wording_language": one.wording.language if one.wording else "",
            "page": one.page,
            "answered_at": one.answered_at,
        }
