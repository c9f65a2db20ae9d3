"""Gifts on paper: the form to print, and a day's envelopes."""
