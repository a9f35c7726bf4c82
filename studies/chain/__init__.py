"""One study that drives the disciplines: a list of steps, each an existing run, and the values that pass between them."""
