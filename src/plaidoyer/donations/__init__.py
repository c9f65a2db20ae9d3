"""What people give: funds with goals, gifts by every method, and what truly came.

A donation is what somebody means to give; a payment is money that came, known from a verified
source only (the provider's signed word, a bank's line, an organiser who holds the cheque). Every
payment and everything that takes one back is booked twice in a ledger that only grows. Card
numbers never touch us.
"""
