"""A supporter's own page, opened by a link in their mail: what they did, allowed and told us."""
