"""The public log of what counts: anybody can recompute a figure, and nobody sees a name.

Each act that begins to count is an entry of its form's log, a sealed commitment to who acted, on
which form, on which day; each that stops counting is one more. Entries are never changed. Signed
checkpoints say how long the log is and what its hash tree comes to (RFC 6962, lib.merkle).
"""
