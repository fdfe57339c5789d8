"""A cache in the memory of this process, limited by bytes; the least recently used values leave first."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

# Seconds to wait for another thread that makes the same value; whoever has waited longer makes it too.
LONGEST_RENDERING = 5.0


class Sized(Protocol):
    @property
    def size(self) -> int: ...


T = TypeVar("T", bound=Sized)


@dataclass
class LRUCache(Generic[T]):
    """Values by key; the least recently used are dropped when the total exceeds `most_bytes`."""

    most_bytes: int
    _pages: OrderedDict[tuple, T] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _rendering: dict[tuple, threading.Lock] = field(default_factory=dict)

    def get(self, key: tuple) -> T | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None:
                self._pages.move_to_end(key)
            return kept

    def put(self, key: tuple, kept: T) -> None:
        with self._lock:
            former = self._pages.pop(key, None)
            self._bytes += kept.size - (former.size if former else 0)
            self._pages[key] = kept
            while self._bytes > self.most_bytes and self._pages:
                _key, evicted = self._pages.popitem(last=False)
                self._bytes -= evicted.size

    def drop(self, key: tuple) -> None:
        with self._lock:
            former = self._pages.pop(key, None)
            self._bytes -= former.size if former else 0

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    @contextmanager
    def renderer(self, key: tuple) -> Iterator[None]:
        """Let one thread at a time make this value; others wait for it, but not for ever."""
        with self._lock:
            rendering = self._rendering.setdefault(key, threading.Lock())
        is_first = rendering.acquire(timeout=LONGEST_RENDERING)
        try:
            yield
        finally:
            if is_first:
                with self._lock:
                    self._rendering.pop(key, None)
                rendering.release()
