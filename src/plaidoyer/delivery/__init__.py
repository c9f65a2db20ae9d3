"""Each confirmed letter, from its writer to each decision-maker it is addressed to."""
