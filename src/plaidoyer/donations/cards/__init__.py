"""Cards, by Stripe's own page: no number of a card ever comes to us.

`sessions` sends a donor there, `webhooks` hears what came of it, `settling` books it whatever the
order, `reconciling` finds each night what was not heard.
"""
