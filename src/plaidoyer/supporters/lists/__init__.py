"""Lists of readers from elsewhere: looked at line by line, taken in by the worker, taken back."""
