"""Pages that were asked for, remembered until anything new comes into the store: the same few lists are asked for by many."""

from collections import OrderedDict

MOST = 32 << 20  # bytes
Page = tuple[bytes, dict[str, str] | None]


class Memory:
    """Bodies by question, each with the number of the announcement up to which it is true; the least used goes first."""

    def __init__(self, most: int = MOST) -> None:
        self.most, self.size = most, 0
        self._pages: OrderedDict[tuple[str, bytes], tuple[int, Page]] = OrderedDict()

    def get(self, key: tuple[str, bytes], number: int) -> Page | None:
        """The page, if nothing has come in since."""
        found = self._pages.get(key)
        if found is None or found[0] != number:
            return None
        self._pages.move_to_end(key)
        return found[1]

    def put(self, key: tuple[str, bytes], number: int, page: Page) -> None:
        """Remember a page that was true at a number."""
        if (before := self._pages.pop(key, None)) is not None:
            self.size -= self._weight(key, before[1])
        self._pages[key] = number, page
        self.size += self._weight(key, page)
        while self.size > self.most:
            oldest, (_, gone) = self._pages.popitem(last=False)
            self.size -= self._weight(oldest, gone)

    @staticmethod
    def _weight(key: tuple[str, bytes], page: Page) -> int:
        return len(key[1]) + len(page[0]) + 1000
