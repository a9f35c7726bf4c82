"""Ports: what a module says of the places where it meets another, and the closed list of rules by which two are matched."""
