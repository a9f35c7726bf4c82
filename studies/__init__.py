"""What combines the disciplines: design studies."""
