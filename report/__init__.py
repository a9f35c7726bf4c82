"""Theme, templates and plot style shared by every HTML report."""
