"""The impact report: what was won, what moved, what goes on, in a period, for all supporters.

An edition is drafted from the facts, its headings approved by a second person, and published:
then one document for each language is frozen, and web page, mail and PDF are made from it alone.
"""
