"""A page of its own for each official petition, and its days for calendar programs."""
