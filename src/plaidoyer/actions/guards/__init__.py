"""Keeping the count honest: where acts come from, how fast, with which proof; and what is held.

Nobody is refused here. What looks odd is kept, mailed and thanked like everything else, and does
not count until somebody has looked at it.
"""
