"""A cause over months: what is demanded, and of whom.

A campaign, its demands and its targets are facts, held once. Their words on pages are Wagtail's.
"""
