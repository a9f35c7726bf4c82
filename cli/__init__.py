"""The osea command, one file a command group."""
