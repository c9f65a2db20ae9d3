"""What a legislature decided, and how each member voted: recorded votes and scorecards."""
