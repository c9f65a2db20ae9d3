"""Figures by name: what is counted, over which period, from which source; a value at a moment.

A figure has one source: our own acts, a parliament’s count, or lines of what happened offline.
Sources are never added to each other. How a figure reads in words is lib/wording’s rule.
"""
