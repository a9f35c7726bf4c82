"""A serial cable without a cable: two pseudo-terminals, what goes in at one comes out at the other.

python pty_pair.py /tmp/bench /tmp/computer
"""

import os
import select
import sys
import tty
from pathlib import Path


def main(names: list[str]) -> None:
    """Link the two names to the ends and carry octets until interrupted."""
    masters = {}
    for name in names:
        master, end = os.openpty()  # the end stays open here, so that users may come and go
        tty.setraw(end)
        Path(name).unlink(missing_ok=True)
        Path(name).symlink_to(os.ttyname(end))
        masters[master] = name
    one, two = masters
    other = {one: two, two: one}
    try:
        while True:
            for ready in select.select(list(masters), [], [])[0]:
                octets = os.read(ready, 65536)
                while octets:
                    octets = octets[os.write(other[ready], octets) :]
    except KeyboardInterrupt:
        pass
    finally:
        for name in names:
            Path(name).unlink(missing_ok=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python pty_pair.py NAME NAME")
    main(sys.argv[1:])
