"""What the answers mean for our mail: SPF, DKIM, DMARC, the way back, the relay, its line.

Gmail, Yahoo and Microsoft ask bulk senders for SPF, DKIM and DMARC that agree with From, for a
relay whose name and address name each other, and for TLS (docs/reference/mail.md).
"""

import base64
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings

from plaidoyer.mail import signatures
from plaidoyer.mail.domains.questions import Questions, SilentError
from plaidoyer.mail.domains.senders import allows, lookups, senders

GOOD, ADVICE, BAD, UNKNOWN = "good", "advice", "bad", "unknown"
# RFC 9989, 4.10: how far up a name is walked for its DMARC record.
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: `key` says which sentence, `facts` what stands in it."""

    key: str
    level: str
    facts: dict[str, Any] = field(default_factory=dict)


def check(domain: str, questions: Questions, selectors: list[str]) -> list[Finding]:
    """All findings on `domain`, in the order in which somebody would mend them."""
    domain = domain.lower().rstrip(".")
    under = [f"{one}._domainkey" for one in selectors]
    questions.prepare(
        [
            (domain, "TXT"),
            (domain, "MX"),
            *((f"{name}.{domain}", "TXT") for name in [*under, "_dmarc", "_mta-sts", "_smtp._tls"]),
        ]
    )
    steps: list[Callable[[], list[Finding]]] = [
        lambda: spf(domain, questions),
        lambda: dkim(domain, questions, selectors),
        lambda: dmarc(domain, questions),
        lambda: way_back(domain, questions),
        lambda: relay(questions),
        lambda: line(domain, questions),
    ]
    found = []
    for name, step in zip(("spf", "dkim", "dmarc", "mx", "relay", "line"), steps, strict=True):
        try:
            found += step()
        except SilentError:
            found.append(Finding(f"{name}.silent", UNKNOWN, {"domain": domain}))
    return found


def spf(domain: str, questions: Questions) -> list[Finding]:
    """Who may send in the name of the domain (RFC 7208)."""
    records = [one for one in questions.ask(domain, "TXT") if is_version(one, "v=spf1")]
    facts: dict[str, Any] = {"domain": domain, "record": f"v=spf1 {_mechanism()} -all"}
    if not records:
        return [Finding("spf.none", BAD, facts)]
    facts["said"] = records[0]
    if len(records) > 1:
        return [Finding("spf.several", BAD, facts)]
    terms = records[0].lower().split()
    if {"+all", "all"} & set(terms):
        return [Finding("spf.everybody", BAD, facts)]
    asked = lookups(records[0], domain, questions)
    if asked > 10:
        return [Finding("spf.long", BAD, facts | {"lookups": asked})]
    outside = _public(questions)
    if outside and not any(allows(records[0], domain, one, questions) for one in outside):
        facts["record"] = f"v=spf1 {_mechanism()} {' '.join(senders(records[0]))}".strip()
        return [Finding("spf.not_relay", ADVICE, facts | {"relay": settings.SMTP_HOST})]
    if not re.search(r"(?:^| )[-~]all$|(?:^| )redirect=", " ".join(terms)):
        return [Finding("spf.open", ADVICE, facts)]
    return [Finding("spf.good", GOOD, facts)]


def _mechanism() -> str:
    host = settings.SMTP_HOST
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"a:{host}" if "." in host else "mx"
    return f"ip{address.version}:{address}" if address.is_global else "mx"


def is_version(text: str, version: str) -> bool:
    """Whether a TXT record is of this kind, and not of one that begins alike."""
    return text.lower() == version or text.lower().startswith(f"{version} ")


def dkim(domain: str, questions: Questions, selectors: list[str]) -> list[Finding]:
    """Whether the world finds the keys we, or the relay, sign with (RFC 6376, 8301, 8463)."""
    if not selectors:
        return [Finding("dkim.relay", UNKNOWN, {"domain": domain})]
    return [_key(domain, questions, selector) for selector in selectors]


def _key(domain: str, questions: Questions, selector: str) -> Finding:
    name = f"{selector}._domainkey.{domain}"
    facts: dict[str, Any] = {"domain": domain, "selector": selector, "name": name}
    facts["record"] = our_record(selector)
    records = questions.ask(name, "TXT")
    tags = next((found for one in records if "p" in (found := read_tags(one))), None)
    if tags is None:
        return Finding("dkim.none", BAD, facts)
    if not tags["p"]:
        return Finding("dkim.revoked", BAD, facts)
    ours = read_tags(facts["record"]).get("p", "") if facts["record"] else ""
    if ours and ours != tags["p"]:
        return Finding("dkim.other", BAD, facts)
    bits = _bits(tags)
    facts["bits"] = bits
    if bits is not None and bits < 1024:
        return Finding("dkim.weak", BAD, facts)
    if bits is not None and bits < 2048:
        return Finding("dkim.short", ADVICE, facts)
    return Finding("dkim.good", GOOD, facts)


def _bits(tags: dict[str, str]) -> int | None:
    """The length of an RSA key; none of another kind; 0 where nobody can read it."""
    if tags.get("k", "rsa") != "rsa":
        return None
    try:
        key = load_der_public_key(base64.b64decode(tags["p"], validate=True))
    except Exception:
        return 0
    return key.key_size if isinstance(key, rsa.RSAPublicKey) else 0


def our_record(selector: str) -> str:
    """The public key of a selector whose private key is here; empty where the relay has it."""
    try:
        return "".join(re.findall(r'"([^"]*)"', signatures.record(selector)))
    except Exception:
        return ""


def read_tags(record: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record, `a=b; c=d`, without white space."""
    pairs = [one.partition("=") for one in record.split(";")]
    return {name.strip().lower(): re.sub(r"\s+", "", value) for name, sign, value in pairs if sign}


def dmarc(domain: str, questions: Questions) -> list[Finding]:
    """What receivers shall do with forgeries, found by walking up the name (RFC 9989, 4.10).

    From, DKIM's d= and the envelope are all of this one domain, so what we send is aligned, even
    strictly, as soon as SPF or DKIM holds.
    """
    facts: dict[str, Any] = {
        "domain": domain,
        "name": f"_dmarc.{domain}",
        "record": f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}",
    }
    held = _policy(domain, questions)
    if held is None:
        return [Finding("dmarc.none", BAD, facts)]
    at, said, several = held
    tags = read_tags(said)
    facts |= {"at": at, "said": said}
    if several:
        return [Finding("dmarc.several", BAD, facts)]
    policy = tags.get("sp" if at != domain and "sp" in tags else "p", "none").lower()
    facts["policy"] = policy
    if "rua" not in tags:
        facts["record"] = f"{said.rstrip('; ')}; rua=mailto:postmaster@{domain}"
        return [Finding("dmarc.unheard", ADVICE, facts)]
    if "pct" in tags:
        return [Finding("dmarc.old", ADVICE, facts)]
    if policy not in {"quarantine", "reject"}:
        facts["record"] = re.sub(r"\bp\s*=\s*none", "p=quarantine", said, flags=re.IGNORECASE)
        return [Finding("dmarc.watching", GOOD, facts)]
    return [Finding("dmarc.good", GOOD, facts)]


def _policy(domain: str, questions: Questions) -> tuple[str, str, bool] | None:
    """Where the record that holds for `domain` stands, itself, and whether it has a rival there."""
    labels = domain.split(".")
    walk = [labels]
    if len(labels) > MOST_LABELS:
        walk.append(labels[-(MOST_LABELS - 1) :])
    while len(walk[-1]) > 1:
        walk.append(walk[-1][1:])
    for one in walk:
        at = ".".join(one)
        found = questions.ask(f"_dmarc.{at}", "TXT")
        records = [
            said for said in found if re.match(r"v\s*=\s*DMARC1\s*(;|$)", said, re.IGNORECASE)
        ]
        # A registry's record speaks of names that are not registered, not of ours.
        if records and (at == domain or read_tags(records[0]).get("psd") != "y"):
            return at, records[0], len(records) > 1
    return None


def way_back(domain: str, questions: Questions) -> list[Finding]:
    """Whether bounces and replies find us: the MX of the domain that their addresses have."""
    exchangers = [one.split() for one in questions.ask(domain, "MX")]
    hosts = [one[1].rstrip(".").lower() for one in sorted(exchangers, key=_preference)]
    host = re.sub(r"^https?://|[:/].*$", "", settings.BASE_URL)
    facts: dict[str, Any] = {"domain": domain, "record": f"10 {host}.", "hosts": ", ".join(hosts)}
    if hosts == [""]:
        return [Finding("mx.null", BAD, facts)]
    if not hosts:
        level = ADVICE if settings.MAIL_PROVIDERS else BAD
        return [Finding("mx.none", level, facts)]
    for one in hosts:
        if not questions.addresses(one):
            return [Finding("mx.nowhere", BAD, facts | {"host": one})]
    return [Finding("mx.good", GOOD, facts)]


def _preference(exchanger: list[str]) -> tuple[int, str]:
    return int(exchanger[0]), exchanger[1]


def relay(questions: Questions) -> list[Finding]:
    """Whether the relay's address and name name each other (FCrDNS), and how we speak to it."""
    host = settings.SMTP_HOST
    if not host:
        return [Finding("relay.none", BAD)]
    outside = _public(questions)
    if not outside:
        return [Finding("relay.inside", UNKNOWN, {"relay": host})]
    tls = Finding("relay.plain", BAD, {"relay": host})
    if settings.SMTP_SECURITY != "none":
        tls = Finding("relay.secret", GOOD, {"relay": host})
    for address in outside[:4]:
        names = questions.names(address)
        facts = {"relay": host, "address": address, "names": ", ".join(names)}
        if not names:
            return [tls, Finding("relay.nameless", ADVICE, facts)]
        if not any(address in questions.addresses(name) for name in names[:3]):
            return [tls, Finding("relay.one_way", ADVICE, facts)]
    return [tls, Finding("relay.named", GOOD, {"relay": host, "address": outside[0]})]


def _public(questions: Questions) -> list[str]:
    """The relay's addresses that the world sees; none where it stands beside us."""
    host = settings.SMTP_HOST
    if not host or host == "localhost":
        return []
    return [one for one in questions.addresses(host) if ipaddress.ip_address(one).is_global]


def line(domain: str, questions: Questions) -> list[Finding]:
    """Whether others are told to write to us under TLS only, and to report when they cannot."""
    facts = {"domain": domain}
    sts = any(
        is_version(one.replace(";", " "), "v=STSv1".lower())
        for one in questions.ask(f"_mta-sts.{domain}", "TXT")
    )
    rpt = any(
        is_version(one.replace(";", " "), "v=TLSRPTv1".lower())
        for one in questions.ask(f"_smtp._tls.{domain}", "TXT")
    )
    return [
        Finding("sts.good" if sts else "sts.none", GOOD if sts else ADVICE, facts),
        Finding(
            "tlsrpt.good" if rpt else "tlsrpt.none",
            GOOD if rpt else ADVICE,
            facts | {"record": f"v=TLSRPTv1; rua=mailto:postmaster@{domain}"},
        ),
    ]
