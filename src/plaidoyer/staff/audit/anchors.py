"""The end of the ledger of consents, kept in the audit log each night: who shortens one chain has
to shorten the other too, whose own end is in the public log."""

from plaidoyer.staff.audit import writing
from plaidoyer.staff.audit.models import AuditEntry
from plaidoyer.supporters import chains

VERB, WHAT = "chain", "supporters.consent"


def keep() -> None:
    """Writes the end as it stands now, where it is another than the last one kept."""
    end = str(chains.head() or "")
    if end and end != last():
        writing.write(None, VERB, WHAT, note=end)


def last() -> str:
    """The end that was kept last; empty before the first night."""
    kept = AuditEntry.objects.filter(verb=VERB, what=WHAT).order_by("-pk").first()
    return kept.note if kept else ""
