"""How gunicorn serves the site; its figures come from config.settings, the only reader of the environment."""

import ctypes
import gc

from config import settings

bind = f"127.0.0.1:{settings.PORT}"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
worker_class = "gthread"
# Loaded in each worker, not before the fork: database connections must not be shared.
preload_app = False
keepalive = 5
timeout = 60
# Full network addresses do not belong in a log file (docs/operations.md).
accesslog = None
errorlog = "-"
loglevel = settings.LOG_LEVEL.lower()
# Otherwise it would lie in the home folder, outside var/, and two sites of one user would share it.
control_socket_disable = True


def post_worker_init(worker):
    """Leave what the program itself is made of out of the garbage collector's rounds: it never goes away."""
    give_memory_back()
    gc.collect()
    gc.freeze()


# From glibc's malloc.h.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8


def give_memory_back():
    """Let glibc return the room of a long page to the system instead of keeping some in every thread's arena.

    Other C libraries do so by themselves and know none of these words.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 256 * 1024)
