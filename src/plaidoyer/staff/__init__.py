"""Who works in the back office, and what each may do there.

Roles are data (`roles`), and an account may have several. Nobody gets in without a second factor,
what they do is kept in a log that only grows, and some deeds take a second person.
"""
