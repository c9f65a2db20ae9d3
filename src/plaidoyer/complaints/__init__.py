"""Complaints: anybody tells us, without an account, what should not stand on this site.

Each has its deadline by its reason, and a ruling with words; one may be asked for once more, of
somebody else. How many there were, of what and with what end, is public.
"""
