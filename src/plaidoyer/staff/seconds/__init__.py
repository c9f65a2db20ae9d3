"""Deeds that take two: asked for by one, allowed by another with the same right, done once."""
