"""What supporters do: the forms, and the append-only ledger of acts made on them.

An act is one row, committed before anybody is thanked, and never changed. What follows is a row
of its own: the match to a supporter, the confirmation, the withdrawal. Counts are made behind
the request, day by day, from those rows.
"""
