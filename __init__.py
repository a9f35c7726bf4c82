"""OSEA-Rocket: open rocket design and avionics toolkit."""
