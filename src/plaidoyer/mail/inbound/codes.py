"""What a server's code (RFC 3463) says of an address, and after how many the address is given up.

The numbers are those senders publish (Engaging Networks: mailbox 1, quota 3, routing 4, policy
never; CSA: three hard bounces at most), see docs/reference/mail.md.
"""

import re

# Enhanced: class.subject.detail. Without: the three digits of RFC 5321.
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
BASIC = re.compile(r"(?<![\d.])([45])([0-5])(\d)(?![\d.])[ -]")
# 550, 551 and 553 are said of the address (RFC 5321, 4.2.3) when nothing more exact is.
OF_ADDRESS = {"550", "551", "553"}
# Codes that stand under 5.1 and are about us, who send.
OF_SENDER = {"1.7", "1.8"}


def found(*texts: str) -> str:
    """The most telling code in `texts`, the first of them before the others; empty for none.

    `x.0.0` and `5.x` without detail tell less than any other, so a later text may be better.
    """
    vague = ""
    for text in texts:
        for one in ENHANCED.finditer(text):
            code = one[0]
            if code[2:] != "0.0":
                return code
            vague = vague or code
    for text in texts:
        if basic := BASIC.search(text + " "):
            digits = basic[0][:3]
            if digits in OF_ADDRESS and not vague.startswith("4"):
                return "5.1.0"
            vague = vague or f"{digits[0]}.0.0"
    return vague


def patience(code: str) -> int | None:
    """How many mails to one address may come back with such a code before it is given up.

    1 is at once; None is never: what is wrong then is not the address.
    """
    if not (parts := ENHANCED.fullmatch(code)):
        return 3
    grade, subject, detail = parts.groups()
    if f"{subject}.{detail}" in OF_SENDER:
        return None
    if subject == "1" or f"{subject}.{detail}" == "2.1":
        return 1 if grade == "5" else 3
    if subject == "0":
        return 3 if grade == "5" else 4
    return {"2": 3, "3": 4, "4": 4}.get(subject)
