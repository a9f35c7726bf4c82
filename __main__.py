"""``python -m osea_rocket``: the same as ``osea``."""

from osea_rocket.cli.main import main

if __name__ == "__main__":
    main()
