"""SPF as far as we need it (RFC 7208): whom a record allows, and how much it asks of receivers."""

import ipaddress

from plaidoyer.mail.domains.questions import Questions

MOST_LOOKUPS = 10
COSTLY = ("include:", "a:", "a/", "mx:", "mx/", "exists:", "redirect=", "ptr")
DEEP = 10


def senders(record: str) -> list[str]:
    """The terms of a record but for its version."""
    return record.split()[1:]


def lookups(record: str, domain: str, questions: Questions, depth: int = 0) -> int:
    """How many questions a receiver asks to judge by `record`; more than ten make it void."""
    count = 0
    for term in senders(record):
        term = term.lstrip("+-~?").lower()
        if term in {"a", "mx"} or term.startswith(COSTLY):
            count += 1
        if depth < DEEP and count <= MOST_LOOKUPS and (inner := _inner(term, questions)):
            count += lookups(inner[1], inner[0], questions, depth + 1)
    return count


def _inner(term: str, questions: Questions) -> tuple[str, str] | None:
    """The domain and record that `term` refers to."""
    for prefix in ("include:", "redirect="):
        if term.startswith(prefix) and "%" not in term:
            domain = term.removeprefix(prefix)
            for one in questions.ask(domain, "TXT"):
                if one.lower().startswith("v=spf1"):
                    return domain, one
    return None


def allows(record: str, domain: str, address: str, questions: Questions, depth: int = 0) -> bool:
    """Whether `record` lets `address` send; what it says by macros is taken for a yes."""
    for term in senders(record):
        if term[0] in "-~?":
            continue
        term = term.lstrip("+").lower()
        if "%" in term or _matches(term, domain, address, questions):
            return True
        inner = _inner(term, questions) if depth < DEEP else None
        if inner and allows(inner[1], inner[0], address, questions, depth + 1):
            return True
    return False


def _matches(term: str, domain: str, address: str, questions: Questions) -> bool:
    name, _, rest = term.partition(":")
    if name in {"ip4", "ip6"}:
        return _within(address, rest)
    name, _, length = term.partition("/")
    name, _, host = name.partition(":")
    if name == "a":
        return any(
            _within(address, _block(one, length)) for one in questions.addresses(host or domain)
        )
    if name == "mx":
        hosts = [one.split()[1].rstrip(".") for one in questions.ask(host or domain, "MX")]
        found = [one for each in hosts[:10] if each for one in questions.addresses(each)]
        return any(_within(address, _block(one, length)) for one in found)
    return False


def _block(address: str, length: str) -> str:
    return f"{address}/{length}" if length.isdigit() and ":" not in address else address


def _within(address: str, block: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(block, strict=False)
    except (ValueError, TypeError):
        return False
