"""Serves a `StripeAccount` by HTTP, for the official library to talk to.

Like Stripe it takes a secret or restricted key alone, wants the version that the library pins,
gives an answer again to the same idempotency key and refuses it for another request, and signs
its events. Its page to pay has two buttons.
"""

import json
import re
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

from plaidoyer.donations.tests.stripe_account import StripeAccount, Thing, error

SECRET = "whsec_river"
KEY = "rk_test_river"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pay</title>
<body><h1>Pay</h1><p>{worth}</p><form method="post">
<button name="do" value="pay">Pay</button> <button name="do" value="decline">Bad card</button>
</form></body></html>"""


def nested(words: str) -> Thing:
    """What the library sends as `a[b][0][c]=x`, as dicts."""
    whole: Thing = {}
    for name, value in parse_qsl(words, keep_blank_values=True):
        keys = re.findall(r"[^\[\]]+", name)
        at = whole
        for key in keys[:-1]:
            at = at.setdefault(key, {})
        at[keys[-1]] = value
    return whole


class StripeServer(StripeAccount):
    """The account behind a port of its own. With `webhook` its events are posted there at once."""

    def __init__(self, port: int = 0, webhook: str = "") -> None:
        self.answers: dict[str, tuple[Thing, tuple[int, Thing]]] = {}
        self.requests: list[tuple[str, str, Thing]] = []
        self.webhook, self.delivered = webhook, 0
        self.is_down = False
        self.lock, self.post = threading.Lock(), threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.serve(self, nested(urlsplit(self.path).query))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                server.serve(self, nested(body))

            do_DELETE = do_GET  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        super().__init__(f"http://127.0.0.1:{self.http.server_port}")
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def serve(self, request: BaseHTTPRequestHandler, said: Thing) -> None:
        path = urlsplit(request.path).path
        if path.startswith("/v1/"):
            with self.lock:
                status, thing = self.answer(request, path.removeprefix("/v1/"), said)
            reply(request, status, json.dumps(thing), "application/json")
        else:
            self.page(request, path.rpartition("/")[2], said)
        if self.webhook:
            threading.Thread(target=self.deliver, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler, path: str, said: Thing) -> tuple[int, Thing]:
        """What Stripe answers to one request of the library."""
        verb, headers = request.command, request.headers
        self.requests.append((verb, path, said))
        if self.is_down:
            return error(503, "api_error")
        if headers.get("Authorization") != f"Bearer {KEY}":
            return error(401, "invalid_request_error")
        if headers.get("Stripe-Version") != stripe.api_version:
            return error(400, "invalid_request_error")
        key = headers.get("Idempotency-Key", "") if verb == "POST" else ""
        if key in self.answers:
            before, answer = self.answers[key]
            return answer if before == said else error(400, "idempotency_error")
        status, thing = self.ask(verb, path, said)
        if key and status == 200:
            self.answers[key] = said, (status, json.loads(json.dumps(thing)))
        return status, thing

    def page(self, request: BaseHTTPRequestHandler, name: str, said: Thing) -> None:
        """The page to pay: shown, or one of its buttons was pressed."""
        session = self.things.get(name, {"amount_total": 0, "currency": ""})
        if request.command == "GET":
            worth = f"{session['amount_total']} {session['currency']}"
            reply(request, 200, PAGE.format(worth=worth), "text/html")
            return
        with self.lock:
            if said["do"] == "pay":
                self.pay(session)
            else:
                self.decline(gift=session["client_reference_id"])
        where = session["success_url"] if said["do"] == "pay" else session["cancel_url"]
        request.send_response(303)
        request.send_header("Location", where)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def deliver(self) -> None:
        """Posts what was not posted yet, in order."""
        with self.post:
            while self.delivered < len(self.events):
                body, signature = signed(self.events[self.delivered])
                headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
                urllib.request.urlopen(
                    urllib.request.Request(self.webhook, body, headers), timeout=20
                )
                self.delivered += 1


def reply(request: BaseHTTPRequestHandler, status: int, words: str, kind: str) -> None:
    body = words.encode()
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def signed(event: Thing, secret: str = SECRET, age: int = 0) -> tuple[bytes, str]:
    """The body and header that Stripe would post: https://docs.stripe.com/webhooks/signature."""
    body, at = json.dumps(event), int(time.time()) - age
    code = stripe.WebhookSignature._compute_signature(f"{at}.{body}", secret)
    # `v0` is of the test mode and proves nothing.
    return body.encode(), f"t={at},v1={code},v0={'0' * 64}"
