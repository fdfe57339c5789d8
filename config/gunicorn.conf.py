"""Configures gunicorn; the numbers come from config.settings, which alone reads the environment."""

import ctypes
import gc
import sys
from pathlib import Path

from config import reloading
from exchange.backup import in_use

settings = reloading.read_settings("PORT", "WEB_PROCESSES", "WEB_THREADS", "LOG_LEVEL", "DATA_DIR")

bind = f"127.0.0.1:{settings.PORT}"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
worker_class = "gthread"
# Loaded in each worker, not before the fork: database connections must not be shared, and on HUP the new workers
# have the new code (config/reloading.py).
preload_app = False
keepalive = 5
timeout = 60
# Full network addresses do not belong in a log file (docs/operations.md).
accesslog = None
errorlog = "-"
loglevel = settings.LOG_LEVEL.lower()
# gunicorn believes what a proxy on this machine says of path, script name and scheme, and takes every local program
# for one. Nothing here needs it: the scheme is read by Django, and only behind proxies that TRUSTED_PROXY_COUNT counts.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# A name with an underscore could pass for another header.
header_map = "drop"
proxy_protocol = "off"
# By default it would be in the home folder, outside var/, and two sites of one user would share it.
control_socket_disable = True


def on_starting(server):
    """Replace gunicorn's reload by ours: new processes answer before old ones end."""
    reloading.take_over(server)


def when_ready(server):
    """Mark the data folder as in use, so that no restore runs at the same time; stop if one is running."""
    try:
        server.data_folder_mark = in_use.hold(Path(settings.DATA_DIR))
    except in_use.InUse:
        sys.exit("A restore is at work on this site. Start it when that has ended.")
    except OSError as error:
        # This file system has no locks, so a restore cannot tell whether the site runs. That must not stop the site.
        server.log.warning("The data folder cannot be marked as in use: %s", error)


def post_worker_init(worker):
    """Exclude the loaded program from garbage collection: it is never freed."""
    give_memory_back()
    gc.collect()
    gc.freeze()
    reloading.tell_ready(worker)


def pre_fork(server, worker):
    reloading.prepare(server, worker)


# From glibc's malloc.h.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8


def give_memory_back():
    """Make glibc return the memory of a long page to the system instead of keeping it in every thread's arena.

    Other C libraries do so by themselves and know none of these words.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 256 * 1024)
