"""Who among those subscribed: conditions that rooms register, in groups, counted and frozen in SQL."""
