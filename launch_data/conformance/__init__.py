"""Conformance classes C0 to C7 of the launch-data protocol: what each demands, and programs that look whether it holds."""
