"""Engine cycles: a network of components, declared in YAML, balanced in mass, energy and shaft power."""
