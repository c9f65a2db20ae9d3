"""Transfers: what a bank says came, in a file or a mail, and whose gift each line is."""
