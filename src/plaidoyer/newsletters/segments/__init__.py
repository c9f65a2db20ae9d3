"""Who among those subscribed: conditions that rooms register, in groups; found by SQL."""
