"""What happens in parliaments: official petitions and their counts, each with its source.

An official figure is the parliament's, seen at a moment at an address. It is never added to ours.
"""
