"""A stateful account in the shape of Stripe's API, for `stripe_server` to serve.

It keeps sessions, customers, subscriptions, charges, refunds and disputes, and makes the events
that Stripe would send; when and in which order they arrive is the test's business. What Stripe's
page does when a donor pays, `pay` does.

Its shapes are held against the official library, which is made of Stripe's own description of the
version it pins: a thing with a field, or a request with a parameter, that this version does not
know is refused.
"""

import json
import time
from typing import Any

import stripe
from stripe import params
from stripe.params import billing_portal, checkout

Thing = dict[str, Any]

KINDS = (
    *(stripe.BalanceTransaction, stripe.billing_portal.Session, stripe.Charge),
    *(stripe.checkout.Session, stripe.Customer, stripe.Dispute, stripe.Invoice),
    *(stripe.PaymentIntent, stripe.Product, stripe.Refund, stripe.Subscription),
)
SHAPES: dict[str, Any] = {kind.OBJECT_NAME: kind for kind in KINDS}
# What may be asked, by verb and path; of a path with a name in it, without that name.
ASKED: dict[tuple[str, str], Any] = {
    ("POST", "checkout/sessions"): checkout.SessionCreateParams,
    ("POST", "refunds"): params.RefundCreateParams,
    ("POST", "products"): params.ProductCreateParams,
    ("POST", "billing_portal/sessions"): billing_portal.SessionCreateParams,
    ("GET", "subscriptions/"): params.SubscriptionRetrieveParams,
    ("POST", "subscriptions/"): params.SubscriptionUpdateParams,
    ("DELETE", "subscriptions/"): params.SubscriptionCancelParams,
    ("GET", "charges"): params.ChargeListParams,
    ("GET", "events"): params.EventListParams,
}


def error(status: int, kind: str, code: str = "") -> tuple[int, Thing]:
    return status, {"error": {"type": kind, "code": code, "message": "No."}}


class StripeAccount:
    """What the provider knows of one organisation."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self.things: dict[str, Thing] = {}
        self.events: list[Thing] = []
        # What a session or a subscription bears for the payments that come of it.
        self.about: dict[str, Thing] = {}
        self.number = 0

    # What is asked

    def ask(self, verb: str, path: str, said: Thing) -> tuple[int, Thing]:
        """The status and the answer to one request."""
        place = f"{path.partition('/')[0]}/" if path.startswith("subscriptions/") else path
        if (known := ASKED.get((verb, place))) is None:
            return error(404, "invalid_request_error")
        if set(said) - set(known.__annotations__):
            return error(400, "invalid_request_error", "parameter_unknown")
        answers = {
            "checkout/sessions": lambda: (200, self.session(said)),
            "refunds": lambda: self.refund(said),
            "products": lambda: self.product(said),
            "billing_portal/sessions": lambda: (200, self.portal),
            "subscriptions/": lambda: self.subscription(verb, path.partition("/")[2], said),
            "charges": lambda: (200, self.listed(path, self.of_kind("charge"), said)),
            "events": lambda: (200, self.listed(path, self.events, said)),
        }
        return answers[place]()

    @property
    def portal(self) -> Thing:
        return self.new("billing_portal.session", "bps", url=f"{self.url}/portal")

    def of_kind(self, kind: str) -> list[Thing]:
        return [one for one in self.things.values() if one["object"] == kind]

    def listed(self, path: str, every: list[Thing], said: Thing) -> Thing:
        """A page of a list, the newest first, as https://docs.stripe.com/api/pagination."""
        span = said.get("created", {})
        found = [
            dict(one) for one in reversed(every)
            if int(span.get("gte", 0)) <= one["created"] < int(span.get("lt", 2**40))
        ]  # fmt: skip
        if kinds := said.get("types"):
            assert len(kinds) <= 20
            found = [one for one in found if one["type"] in kinds.values()]
        if "starting_after" in said:
            names = [one["id"] for one in found]
            found = found[names.index(said["starting_after"]) + 1 :]
        limit = int(said.get("limit", 10))
        page = found[:limit]
        if "data.balance_transaction" in said.get("expand", {}).values():
            for one in page:
                one["balance_transaction"] = self.things.get(one["balance_transaction"])
        has_more = len(found) > limit
        return {"object": "list", "data": page, "has_more": has_more, "url": f"/v1/{path}"}

    # What is kept

    def new(self, kind: str, prefix: str, **facts: Any) -> Thing:
        self.number += 1
        thing = {"id": f"{prefix}_{self.number}", "object": kind, "created": int(time.time()) - 600}
        self.things[thing["id"]] = shaped(thing | facts)
        return self.things[thing["id"]]

    def session(self, said: Thing) -> Thing:
        price = said["line_items"]["0"]["price_data"]
        about = said.get("payment_intent_data") or said.get("subscription_data") or {}
        thing = self.new(
            "checkout.session", "cs", mode=said["mode"], status="open", payment_status="unpaid",
            client_reference_id=said["client_reference_id"], amount_total=int(price["unit_amount"]),
            currency=price["currency"], metadata=said.get("metadata", {}), locale=said["locale"],
            customer_email=said["customer_email"], payment_intent=None, subscription=None,
            customer=None, success_url=said["success_url"], cancel_url=said["cancel_url"],
        )  # fmt: skip
        self.about[thing["id"]] = about.get("metadata", {})
        thing["url"] = f"{self.url}/pay/{thing['id']}"
        return thing

    def product(self, said: Thing) -> tuple[int, Thing]:
        if said["id"] in self.things:
            return error(400, "invalid_request_error", "resource_already_exists")
        made = self.new("product", "prod", name=said["name"], active=True)
        self.things[said["id"]] = made | {"id": said["id"]}
        return 200, self.things[said["id"]]

    def pay(self, session: Thing, *, fee: int = 175) -> Thing:
        """The donor pays on the provider's page; its charge, and the events it made."""
        about = self.about[session["id"]]
        customer = self.new("customer", "cus")["id"] if session["mode"] == "subscription" else None
        charge = self.charge(session, about, customer, fee)
        session |= {"status": "complete", "payment_status": "paid", "customer": customer}
        if session["mode"] == "payment":
            session["payment_intent"] = charge["payment_intent"]
        else:
            # One that is made with a session takes no further price.
            product = self.new("product", "prod", active=False)["id"]
            price = {"id": "price_1", "product": product, "unit_amount": session["amount_total"]}
            item = {"id": f"si_{self.number}", "quantity": 1, "price": price}
            made = self.new(
                "subscription", "sub", status="active", customer=customer, metadata=about,
                currency=session["currency"], items={"data": [item]}, pause_collection=None,
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
            amount_refunded=0, payment_intent=intent["id"], metadata=metadata, disputed=False,
            billing_details={"name": "Suzie Roy"}, balance_transaction=None, **common,
        )  # fmt: skip
        self.tell("payment_intent.succeeded", intent)
        self.tell("charge.succeeded", made)
        made["balance_transaction"] = self.balance(made, amount, fee)["id"]
        self.tell("charge.updated", made)
        return made

    def balance(self, source: Thing, amount: int, fee: int) -> Thing:
        return self.new(
            "balance_transaction", "txn", fee=fee, currency=source["currency"], amount=amount,
            net=amount - fee, source=source["id"],
        )  # fmt: skip

    def invoice(self, subscription: Thing, charge: Thing | None, attempt: int = 1) -> Thing:
        """Without `payments`, which Stripe gives to those who ask for them alone."""
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
            self.decline(customer=subscription["customer"])
            subscription["status"] = "past_due"
            self.tell("customer.subscription.updated", subscription)
        return self.invoice(subscription, charge)

    def decline(self, card: str = "fp_1", gift: str = "", customer: str | None = None) -> Thing:
        """A card is declined, on the provider's page or at a renewal."""
        made = self.new(
            "charge", "ch", status="failed", amount=500, currency="cad", customer=customer,
            payment_intent=f"pi_failed_{self.number}", metadata={"gift": gift} if gift else {},
            payment_method_details={"card": {"fingerprint": card, "last4": "4242"}},
        )  # fmt: skip
        return self.tell("charge.failed", made)

    def charge_of(self, intent: str) -> Thing | None:
        every = self.of_kind("charge")
        return next((one for one in every if one["payment_intent"] == intent), None)

    def refund(self, said: Thing) -> tuple[int, Thing]:
        charge = self.charge_of(said["payment_intent"])
        if not charge or charge["amount_refunded"] + int(said["amount"]) > charge["amount"]:
            return error(400, "invalid_request_error", "charge_already_refunded")
        charge["amount_refunded"] += int(said["amount"])
        made = self.new(
            "refund", "re", amount=int(said["amount"]), currency=charge["currency"],
            charge=charge["id"], payment_intent=charge["payment_intent"], status="succeeded",
        )  # fmt: skip
        self.balance(made, -made["amount"], 0)
        self.tell("refund.created", made)
        self.tell("charge.refunded", charge)
        return 200, made

    def dispute(self, charge: Thing, *, fee: int = 1500) -> Thing:
        """The holder of the card takes the money back; the provider keeps a fee for that."""
        charge["disputed"] = True
        made = self.new(
            "dispute", "du", amount=charge["amount"], currency=charge["currency"],
            charge=charge["id"], payment_intent=charge["payment_intent"], status="needs_response",
        )  # fmt: skip
        made["balance_transactions"] = [self.balance(made, -charge["amount"], fee)]
        self.tell("charge.dispute.funds_withdrawn", made)
        return made

    def win(self, dispute: Thing) -> Thing:
        dispute["status"] = "won"
        dispute["balance_transactions"] += [self.balance(dispute, dispute["amount"], 0)]
        return self.tell("charge.dispute.funds_reinstated", dispute)

    def subscription(self, verb: str, name: str, said: Thing) -> tuple[int, Thing]:
        thing = self.things.get(name)
        if thing is None:
            return error(404, "invalid_request_error", "resource_missing")
        if verb == "DELETE":
            thing["status"] = "canceled"
            self.tell("customer.subscription.deleted", thing)
        elif verb == "POST":
            if "pause_collection" in said:
                thing["pause_collection"] = said["pause_collection"] or None
            for item in said.get("items", {}).values():
                if not self.things[item["price_data"]["product"]]["active"]:
                    return error(400, "invalid_request_error", "product_inactive")
                amount = int(item["price_data"]["unit_amount"])
                thing["items"]["data"][0]["price"]["unit_amount"] = amount
            self.tell("customer.subscription.updated", thing)
        return 200, thing

    def net(self, currency: str = "cad") -> int:
        """What the provider holds for us: charges, refunds, disputes and its fees."""
        moved = self.of_kind("balance_transaction")
        return sum(one["net"] for one in moved if one["currency"] == currency)

    # What is told

    def tell(self, kind: str, thing: Thing) -> Thing:
        self.number += 1
        event = {
            "id": f"evt_{self.number}",
            "object": "event",
            "api_version": stripe.api_version,
            "type": kind,
            "created": int(time.time()) - 600 + len(self.events),
            # As it was at that moment.
            "data": {"object": json.loads(json.dumps(shaped(thing)))},
        }
        self.events.append(event)
        return event

    def sum(self, currency: str = "cad") -> int:
        """What the provider has of all charges, after refunds and before fees."""
        paid = [one for one in self.of_kind("charge") if one["status"] == "succeeded"]
        return sum(
            one["amount"] - one["amount_refunded"] for one in paid if one["currency"] == currency
        )


def shaped(thing: Thing) -> Thing:
    """`thing`, once each of its fields is known to the version of the API that is pinned."""
    unknown = set(thing) - set(SHAPES[thing["object"]].__annotations__)
    assert not unknown, f"{thing['object']} has no {unknown}"
    return thing
