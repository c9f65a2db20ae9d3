"""What a finding says, in the reader's language, and the record to copy into the DNS."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.mail.domains.checks import Finding


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a DNS zone: at `name` shall stand `value`."""

    name: str
    type: str
    value: str

    def __str__(self) -> str:
        """As a line of a zone file; text in strings of 255 characters at most."""
        value = self.value
        if self.type == "TXT":
            value = " ".join(f'"{value[i : i + 250]}"' for i in range(0, len(value), 250))
        return f"{self.name}. IN {self.type} {value}"


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words."""

    level: str
    title: str
    words: str
    record: Record | None


TITLES: dict[str, str | Promise] = {
    "spf": _("Who may send for us (SPF)"),
    "dkim": _("Our signature (DKIM)"),
    "dmarc": _("What shall happen to forgeries (DMARC)"),
    "mx": _("The way back (MX)"),
    "relay": _("The relay"),
    "line": _("The line to us"),
    "sts": _("Only under TLS (MTA-STS)"),
    "tlsrpt": _("Reports on TLS (TLS-RPT)"),
}
SILENT = _("No name server answered, so nothing is known. Is there a network?")
WORDS: dict[str, str | Promise] = {
    "spf.good": _("The record is in order: %(said)s"),
    "spf.none": _("There is no SPF record at %(domain)s: large providers refuse such mail."),
    "spf.several": _("%(domain)s has several SPF records, so none counts. Leave one."),
    "spf.everybody": _("The record lets everybody send in your name. End it with -all."),
    "spf.long": _(
        "The record asks %(lookups)s questions or more; after 10 receivers take it for void."
        " Take out what you do not use."
    ),
    "spf.not_relay": _(
        "The record does not seem to name the relay %(relay)s. If mail leaves from there, add it."
    ),
    "spf.open": _("The record does not say what others may not do. End it with -all."),
    "dkim.good": _("The key of selector %(selector)s is published, and long enough."),
    "dkim.relay": _(
        "Plaidoyer does not sign by itself. If your relay signs for %(domain)s, all is well: look"
        " for “dkim=pass” and “d=%(domain)s” in a mail that you got. If nobody signs, large"
        " providers refuse your mail: make a key with `plaidoyer mail make-key`."
    ),
    "dkim.none": _(
        "Nothing stands at %(name)s: nobody can check what selector %(selector)s signs."
    ),
    "dkim.revoked": _("The key of selector %(selector)s is published as revoked."),
    "dkim.other": _("The key published for selector %(selector)s is not the one we sign with."),
    "dkim.weak": _("The key of selector %(selector)s cannot be read or is too short to count."),
    "dkim.short": _("The key of selector %(selector)s has %(bits)s bits; 2048 are the custom."),
    "dmarc.good": _("The record at %(at)s is in order, and what we send agrees with it: %(said)s"),
    "dmarc.watching": _(
        "The record at %(at)s is enough to send to many: %(said)s. Once its reports show no"
        " stranger for some weeks, p=quarantine keeps forgers out."
    ),
    "dmarc.none": _("There is no DMARC record for %(domain)s: large providers refuse bulk mail."),
    "dmarc.several": _("Several DMARC records stand at %(at)s, so none counts. Leave one."),
    "dmarc.unheard": _("The record at %(at)s names nobody to send reports to (rua)."),
    "dmarc.old": _("The record at %(at)s has pct, which nobody reads any more (RFC 9989)."),
    "mx.good": _("Bounces and replies come to %(hosts)s."),
    "mx.none": _(
        "%(domain)s takes no mail: bounces and replies are lost, and mail to addresses that are"
        " gone never stops."
    ),
    "mx.null": _("%(domain)s says that it takes no mail (null MX): bounces and replies are lost."),
    "mx.nowhere": _("Mail for %(domain)s shall go to %(host)s, which has no address."),
    "relay.none": _("No relay is set (SMTP_HOST): no mail leaves."),
    "relay.inside": _(
        "The relay %(relay)s has no public address, so we cannot see from where your mail comes"
        " into the world. Its address there needs a name that leads back to it (PTR)."
    ),
    "relay.plain": _("Mail goes to %(relay)s in the clear. Set SMTP_SECURITY to starttls or tls."),
    "relay.secret": _("Mail goes to %(relay)s under TLS, and its certificate is checked."),
    "relay.named": _("%(address)s has a name that leads back to it."),
    "relay.nameless": _(
        "%(address)s has no name (PTR). If your mail comes into the world from there, ask its"
        " hoster for one."
    ),
    "relay.one_way": _(
        "%(address)s calls itself %(names)s, which does not lead back to it. Ask its hoster."
    ),
    "sts.good": _("Others are told to write to %(domain)s under TLS only."),
    "sts.none": _("Not needed, but good: a policy that others write to %(domain)s under TLS only."),
    "tlsrpt.good": _("Others report when they cannot write to %(domain)s under TLS."),
    "tlsrpt.none": _("Not needed, but good: reports from others who cannot reach you under TLS."),
}
TYPES = {"mx": "MX"}
# Where a record stands, besides the domain itself and what the facts name.
PLACES = {"tlsrpt": "_smtp._tls."}
# Those whose record is a proposal to publish.
PROPOSED = {
    *("spf.none", "spf.several", "spf.everybody", "spf.not_relay", "spf.open"),
    *("dkim.none", "dkim.revoked", "dkim.other", "dkim.weak", "dkim.short"),
    *("dmarc.none", "dmarc.unheard", "dmarc.watching"),
    *("mx.none", "mx.null", "tlsrpt.none"),
}


def say(finding: Finding) -> Said:
    """`finding` in words of the language in force."""
    subject = finding.key.partition(".")[0]
    words = SILENT if finding.key.endswith(".silent") else WORDS.get(finding.key, finding.key)
    return Said(
        finding.level,
        str(TITLES.get(subject, subject)),
        str(words) % finding.facts if finding.facts else str(words),
        _record(finding, subject),
    )


def _record(finding: Finding, subject: str) -> Record | None:
    facts = finding.facts
    if finding.key not in PROPOSED or not facts.get("record"):
        return None
    name = facts.get("name") or PLACES.get(subject, "") + facts["domain"]
    return Record(name, TYPES.get(subject, "TXT"), facts["record"])
