"""Conformance suites for each part of the standard, as data with small programs, and the certificates that come of them."""
