"""Recordings of a bench as MCAP files (mcap.dev): written by a process of its own, read for replay."""
