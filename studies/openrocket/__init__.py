"""OpenRocket's files read, and RocketPy set-ups written: small rockets that people arrive with."""
