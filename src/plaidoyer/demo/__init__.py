"""A fictional river coalition that makes the product look alive, and a catcher for its mail.

Served only while DEMO_MAILDIR is set. Every row is made by the verbs that real people's acts use.
"""
