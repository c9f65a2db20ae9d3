"""What browsers are told about every answer, so that little can go wrong where one is deceived.

Content security policies are of level 3 (https://www.w3.org/TR/CSP3/). Public pages are kept by
caches and are the same for everybody, so they carry no nonce: nothing of theirs is inline.
"""

from typing import Any

from django.utils.csp import CSP

Policy = dict[str, Any]

# Of what nothing is said may come from nowhere.
PUBLIC: Policy = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    # No script of ours makes markup of text, and no other may.
    "require-trusted-types-for": ["'script'"],
    "trusted-types": [CSP.NONE],
}
# The script by which wagtail-localize ticks all languages at once, as it stands in its page.
CHOOSES_ALL = "'sha256-Zi6020hVNJQUtMOgLuIImaOaART6TyIrghPC9PESpjg='"
# Wagtail begins its fields by scripts inside of its pages (website.middleware gives them the
# nonce), writes styles beside elements, and makes markup of text.
BACK_OFFICE: Policy = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE, CHOOSES_ALL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}

# Powers of a browser that nothing here uses; keys (publickey-credentials) and sharing are used.
UNUSED = (
    *("accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture"),
    *("encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer"),
    *("microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)


def headers(encrypted_seconds: int, with_subdomains: bool) -> dict[str, str]:
    """What is said with every answer that does not say otherwise itself.

    How long browsers know that this host speaks TLS (RFC 6797) is said where it does.
    """
    said = {
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{power}=()" for power in UNUSED),
        "X-Permitted-Cross-Domain-Policies": "none",
    }
    if encrypted_seconds:
        more = "; includeSubDomains; preload" if with_subdomains else ""
        said["Strict-Transport-Security"] = f"max-age={encrypted_seconds}{more}"
    return said
