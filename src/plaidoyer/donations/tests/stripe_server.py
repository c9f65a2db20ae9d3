"""A small stateful server in the shape of Stripe's API, for the official library to talk to.

It keeps sessions, customers, subscriptions, charges and refunds, answers an idempotency key with
what it answered before, and makes the events that Stripe would send, signed like Stripe's; when
and in which order they arrive is the test's business. What Stripe's page does when a donor pays,
`pay` does.
"""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import stripe

SECRET = "whsec_river"
Thing = dict[str, Any]


def nested(pairs: list[tuple[str, str]]) -> Thing:
    """What the library sends as `a[b][0][c]=x`, as dicts."""
    whole: Thing = {}
    for name, value in pairs:
        keys = re.findall(r"[^\[\]]+", name)
        at = whole
        for key in keys[:-1]:
            at = at.setdefault(key, {})
        at[keys[-1]] = value
    return whole


class StripeServer:
    """The server and what it knows."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.events: list[Thing] = []
        self.answers: dict[str, tuple[int, Thing]] = {}
        self.requests: list[tuple[str, str, Thing]] = []
        self.number = 0
        self.is_down = False
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(
                    self, {k: v[-1] for k, v in parse_qs(urlsplit(self.path).query).items()}
                )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                said = parse_qs(body, keep_blank_values=True)
                server.answer(self, nested([(k, v[-1]) for k, v in said.items()]))

            do_DELETE = do_GET  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def answer(self, request: BaseHTTPRequestHandler, said: Thing) -> None:
        path = urlsplit(request.path).path
        key = request.headers.get("Idempotency-Key", "")
        with self.lock:
            self.requests.append((request.command, path, said))
            if self.is_down:
                status, thing = 503, {"error": {"type": "api_error", "message": "down"}}
            elif request.command == "POST" and key in self.answers:
                status, thing = self.answers[key]
            else:
                status, thing = self.route(request.command, path, said)
                if request.command == "POST" and key and status == 200:
                    self.answers[key] = status, thing
        body = json.dumps(thing).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def route(self, verb: str, path: str, said: Thing) -> tuple[int, Thing]:
        parts = path.removeprefix("/v1/").split("/")
        if verb == "POST" and path == "/v1/checkout/sessions":
            return 200, self.session(said)
        if verb == "POST" and path == "/v1/refunds":
            return self.refund(said)
        if verb == "POST" and path == "/v1/billing_portal/sessions":
            return 200, {"object": "billing_portal.session", "url": f"{self.url}/portal"}
        if parts[0] == "subscriptions" and len(parts) == 2:
            return self.subscription(verb, parts[1], said)
        kinds = {"checkout": "checkout.session", "charges": "charge", "refunds": "refund"}
        if verb == "GET" and parts[0] in kinds:
            return 200, self.listed(kinds[parts[0]], said)
        return 404, {"error": {"type": "invalid_request_error", "message": path}}

    def listed(self, kind: str, said: Thing) -> Thing:
        found = [dict(one) for one in self.things.values() if one["object"] == kind]
        span = range(int(said.get("created[gte]", 0)), int(said.get("created[lt]", 2**40)))
        found = [one for one in found if one["created"] in span]
        if said.get("status"):
            found = [one for one in found if one["status"] == said["status"]]
        for one in found if kind == "charge" else []:
            if one.get("balance_transaction"):
                one["balance_transaction"] = self.things[one["balance_transaction"]]
        return {"object": "list", "data": found, "has_more": False, "url": "/"}

    # What the server keeps

    def new(self, kind: str, prefix: str, **facts: Any) -> Thing:
        self.number += 1
        thing = {"id": f"{prefix}_{self.number}", "object": kind, "created": int(time.time()) - 600}
        self.things[thing["id"]] = thing | facts
        return self.things[thing["id"]]

    def session(self, said: Thing) -> Thing:
        price = said["line_items"]["0"]["price_data"]
        about = said.get("payment_intent_data") or said.get("subscription_data") or {}
        thing = self.new(
            "checkout.session", "cs", mode=said["mode"], status="open", payment_status="unpaid",
            client_reference_id=said["client_reference_id"], amount_total=int(price["unit_amount"]),
            currency=price["currency"], metadata=said.get("metadata", {}), locale=said["locale"],
            customer_email=said["customer_email"], payment_intent=None, subscription=None,
            customer=None, about=about.get("metadata", {}),
        )  # fmt: skip
        thing["url"] = f"{self.url}/pay/{thing['id']}"
        return thing

    def pay(self, session: Thing, *, fee: int = 175) -> Thing:
        """The donor pays on the provider's page; its charge, and the events it made."""
        customer = self.new("customer", "cus")["id"] if session["mode"] == "subscription" else None
        charge = self.charge(session, session["about"], customer, fee)
        session |= {"status": "complete", "payment_status": "paid", "customer": customer}
        if session["mode"] == "payment":
            session["payment_intent"] = charge["payment_intent"]
        else:
            price = {"id": "price_1", "product": "prod_1", "unit_amount": session["amount_total"]}
            item = {"id": "si_1", "quantity": 1, "price": price}
            made = self.new(
                "subscription", "sub", status="active", customer=customer,
                metadata=session["about"], currency=session["currency"],
                items={"data": [item]}, pause_collection=None,
            )  # fmt: skip
            session["subscription"] = made["id"]
            self.tell("customer.subscription.created", made)
            self.invoice(made, charge)
        self.tell("checkout.session.completed", session)
        return charge

    def charge(self, session: Thing, about: Thing, customer: str | None, fee: int) -> Thing:
        amount, currency = session["amount_total"], session["currency"]
        common = {"amount": amount, "currency": currency, "customer": customer}
        # What a subscription pays does not bear its metadata.
        metadata = about if customer is None else {}
        intent = self.new(
            "payment_intent", "pi", status="succeeded", amount_received=amount, metadata=metadata,
            **common,
        )  # fmt: skip
        made = self.new(
            "charge", "ch", status="succeeded", captured=True, amount_captured=amount, paid=True,
            amount_refunded=0, payment_intent=intent["id"], metadata=metadata,
            billing_details={"name": "Suzie Roy"}, balance_transaction=None, **common,
        )  # fmt: skip
        self.tell("payment_intent.succeeded", intent)
        self.tell("charge.succeeded", made)
        balance = self.new("balance_transaction", "txn", fee=fee, currency=currency, amount=amount)
        made["balance_transaction"] = balance["id"]
        self.tell("charge.updated", made)
        return made

    def invoice(self, subscription: Thing, charge: Thing | None, attempt: int = 1) -> Thing:
        details = {"subscription": subscription["id"], "metadata": subscription["metadata"]}
        made = self.new(
            "invoice", "in", customer=subscription["customer"], currency=subscription["currency"],
            amount_paid=charge["amount"] if charge else 0, attempt_count=attempt,
            parent={"type": "subscription_details", "subscription_details": details},
        )  # fmt: skip
        self.tell("invoice.paid" if charge else "invoice.payment_failed", made)
        return made

    def renew(self, subscription: Thing, *, declined: bool = False) -> Thing:
        """A month later: a charge, or one that is declined."""
        price = subscription["items"]["data"][0]["price"]["unit_amount"]
        session = {"amount_total": price, "currency": subscription["currency"]}
        charge = None
        if not declined:
            charge = self.charge(session, {}, subscription["customer"], 60)
        else:
            subscription["status"] = "past_due"
            self.tell("customer.subscription.updated", subscription)
        return self.invoice(subscription, charge)

    def decline(self, card: str = "fp_1", gift: str = "", customer: str | None = None) -> Thing:
        """A card is declined on the provider's page."""
        made = self.new(
            "charge", "ch", status="failed", amount=500, currency="cad", customer=customer,
            payment_intent=f"pi_failed_{self.number}", metadata={"gift": gift},
            payment_method_details={"card": {"fingerprint": card, "last4": "4242"}},
        )  # fmt: skip
        return self.tell("charge.failed", made)

    def refund(self, said: Thing) -> tuple[int, Thing]:
        found = [
            one for one in self.things.values()
            if one["object"] == "charge" and one["payment_intent"] == said["payment_intent"]
        ]  # fmt: skip
        if not found or found[0]["amount_refunded"] + int(said["amount"]) > found[0]["amount"]:
            error = {"type": "invalid_request_error", "code": "charge_already_refunded"}
            return 400, {"error": error | {"message": "No"}}
        [charge] = found
        charge["amount_refunded"] += int(said["amount"])
        made = self.new(
            "refund", "re", amount=int(said["amount"]), currency=charge["currency"],
            charge=charge["id"], payment_intent=charge["payment_intent"], status="succeeded",
        )  # fmt: skip
        self.tell("refund.created", made)
        self.tell("charge.refunded", charge)
        return 200, made

    def subscription(self, verb: str, name: str, said: Thing) -> tuple[int, Thing]:
        thing = self.things.get(name)
        if thing is None:
            return 404, {"error": {"type": "invalid_request_error", "message": "No such"}}
        if verb == "DELETE":
            thing["status"] = "canceled"
            self.tell("customer.subscription.deleted", thing)
        elif verb == "POST":
            if "pause_collection" in said:
                thing["pause_collection"] = said["pause_collection"] or None
            for item in said.get("items", {}).values():
                amount = int(item["price_data"]["unit_amount"])
                thing["items"]["data"][0]["price"]["unit_amount"] = amount
            self.tell("customer.subscription.updated", thing)
        return 200, thing

    # What it tells

    def tell(self, kind: str, thing: Thing) -> Thing:
        self.number += 1
        event = {
            "id": f"evt_{self.number}",
            "object": "event",
            "type": kind,
            "created": int(time.time()) - 600 + len(self.events),
            # As it was at that moment.
            "data": {"object": json.loads(json.dumps(thing))},
        }
        self.events.append(event)
        return event

    def sum(self, currency: str = "cad") -> int:
        """What the provider has of all charges, after refunds and before fees."""
        charges = [
            one for one in self.things.values()
            if one["object"] == "charge" and one["status"] == "succeeded"
        ]  # fmt: skip
        return sum(
            one["amount"] - one["amount_refunded"] for one in charges if one["currency"] == currency
        )


def signed(event: Thing, secret: str = SECRET, age: int = 0) -> tuple[bytes, str]:
    """The body and header that Stripe would post."""
    body, at = json.dumps(event), int(time.time()) - age
    code = stripe.WebhookSignature._compute_signature(f"{at}.{body}", secret)
    return body.encode(), f"t={at},v1={code}"
