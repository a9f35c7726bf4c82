"""The open launch-service data protocol: its records, their rules, and packages of them as files."""
