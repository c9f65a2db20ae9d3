"""A petition brought to its target: the package, made once and frozen, and the day it was."""
