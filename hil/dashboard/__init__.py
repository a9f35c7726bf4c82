"""A page beside a bench: what flies, live or out of a recording; buttons for faults where they are allowed."""
