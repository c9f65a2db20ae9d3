"""A name server on the loopback that says what a test wants the world to say."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = dict[tuple[str, str], list[str]]


class NameServer(threading.Thread):
    """Answers by UDP from `zone`: name and type to records as a zone file has them."""

    def __init__(self, zone: Zone) -> None:
        super().__init__(daemon=True)
        self.zone = zone
        self.asked: list[tuple[str, str]] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                wire, sender = self.socket.recvfrom(4096)
                self.socket.sendto(self.answer(wire), sender)
            except OSError:  # Closed, be it between a question and its answer.
                return

    def answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        [question] = query.question
        name, kind = question.name.to_text(omit_final_dot=True), question.rdtype
        key = (name.lower(), dns.rdatatype.to_text(kind))
        self.asked.append(key)
        if records := self.zone.get(key):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(there == key[0] for there, _kind in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()


@contextlib.contextmanager
def serving(zone: Zone) -> Iterator[NameServer]:
    server = NameServer(zone)
    server.start()
    try:
        yield server
    finally:
        server.socket.close()
