"""From run folders to a package: static files that any web server can hold, and any program can judge."""
