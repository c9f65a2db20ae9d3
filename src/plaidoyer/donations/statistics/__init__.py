"""Gifts in numbers, for the back office and the bookkeeper."""
