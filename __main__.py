"""``python -m osea_rocket``: the same as ``osea``."""

import sys

if __name__ == "__main__":
    sys.argv[0] = "osea"  # what usage messages call it

    from osea_rocket.cli.main import main

    main()
