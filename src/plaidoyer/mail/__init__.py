"""Every message that leaves by SMTP: one envelope each, with one final state.

A room that wants to write makes an envelope of its kind and points to it from a row of its own;
when its turn comes, the room's composer (mail.kinds) gives the words. Nobody else opens a
connection to the relay.
"""
