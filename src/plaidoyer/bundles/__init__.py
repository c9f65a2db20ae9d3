"""Campaigns, what came of them and the reports on them, carried from one installation to another.

May import every room below the roof; nothing imports it.
"""
