"""Who decides: persons, organizations, posts and who holds them, in Popolo's words.

Public office holders only, with official contact details and their source. History is kept:
a minister who changes is a membership that ends and another that begins.
"""
