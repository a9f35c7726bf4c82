"""Other people's launch data as records of the protocol: nothing lost in silence, known defects told."""
