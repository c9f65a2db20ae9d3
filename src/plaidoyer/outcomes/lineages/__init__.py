"""How campaigns go on in others: followed up, succeeded, reopened; and wins that are at risk."""
