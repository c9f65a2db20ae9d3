"""What the staff did, as a log that only grows: entries, and seals that chain them.

An entry says who, when, which verb, on what by its number: never a name or a word of a supporter.
It commits with the deed (Wagtail's own log, by a trigger) or before it (`writing`). Seals follow a
moment later in the order of commits, so that no deed waits for another one's end.
"""
