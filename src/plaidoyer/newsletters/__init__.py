"""One message to many supporters who agreed to hear from us, each in their language.

The audience is frozen when the mailing starts; each reader's copy is one envelope; a reader who
unsubscribes meanwhile gets none.
"""
