"""Range safety: where things would fall, what they may not fall on, and the risk to people."""
