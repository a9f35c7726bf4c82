"""Numbers as they stand in a sentence for the user."""


def metres(value: float) -> str:
    """A length [m] with four significant digits."""
    return f"{value:.4g} m"


def tonnes(value: float) -> str:
    """Kilograms below a tonne, tonnes above."""
    return f"{value:.4g} kg" if abs(value) < 1000 else f"{value / 1000:.4g} t"
