"""What came and what went back, booked twice, never changed (double entry)."""
