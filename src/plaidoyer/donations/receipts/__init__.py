"""Receipts: numbered without gaps, drawn once, mailed in the donor's language."""
