"""One SMTP session with the relay (RFC 5321), on the level of its single commands."""

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings


class LostError(Exception):
    """The session could not be opened, or broke; the server's last word is not known."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said: its code, and code and words in one line."""

    code: int
    words: str

    @classmethod
    def of(cls, code: int, text: bytes) -> Self:
        line = f"{code} {text.decode('utf-8', 'replace')}"
        return cls(code, re.sub(r"[\x00-\x1f\x7f\s]+", " ", line).strip()[:500])


class Relay:
    """An open, greeted and signed-in session, used again and again until it is lost."""

    def __init__(self) -> None:
        """Opens the session that the settings SMTP_* ask for. Raises LostError."""
        security = settings.SMTP_SECURITY
        ours: dict[str, Any] = {
            "local_hostname": settings.MAIL_DOMAIN,
            "timeout": settings.SMTP_TIMEOUT,
        }
        secret = ssl.create_default_context() if security != "none" else None
        try:
            if security == "tls":
                self.session: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.SMTP_HOST, settings.SMTP_PORT, context=secret, **ours
                )
            else:
                self.session = smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, **ours)
        except (OSError, smtplib.SMTPException) as error:
            raise LostError(str(error)) from error
        try:
            if security == "starttls":
                self.session.starttls(context=secret)
            self.session.ehlo_or_helo_if_needed()
            if settings.SMTP_USER:
                self.session.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise LostError(str(error)) from error

    def command(self, line: str, *, wanted: int = 2) -> Reply:
        """Says one command; the reply is of the `wanted` hundred, 4xx or 5xx. Raises LostError."""
        return self.exchange(f"{line}\r\n".encode("ascii"), wanted)

    def pour(self, message: bytes) -> Reply:
        """Sends the body and waits for the server's verdict. Raises LostError: then in doubt."""
        stuffed = re.sub(rb"^\.", b"..", message, flags=re.MULTILINE)
        return self.exchange(stuffed + b".\r\n", 2)

    def forget(self) -> None:
        """Withdraws what was offered."""
        with contextlib.suppress(LostError):
            self.command("RSET")

    def exchange(self, said: bytes, wanted: int) -> Reply:
        try:
            self.session.send(said)
            reply = Reply.of(*self.session.getreply())
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise LostError(str(error)) from error
        if reply.code // 100 not in {wanted, 4, 5}:
            self.close()
            raise LostError(reply.words)
        if reply.code == 421:  # the server says that it closes the session
            self.close()
        return reply

    @property
    def is_open(self) -> bool:
        """Whether another message may be tried on it."""
        return self.session.sock is not None

    def close(self, *, politely: bool = False) -> None:
        """Ends the session, `politely` with QUIT."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if politely and self.is_open:
                self.session.quit()
        self.session.close()
