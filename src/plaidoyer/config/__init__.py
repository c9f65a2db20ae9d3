"""Wiring: settings, addresses, servers, command line. Imports every room; imported by none."""
