"""The site's settings as the tests use them: fast, in memory and alone; nothing here is fit for readers."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "DATA_DIR" not in os.environ:
    # Never the developer's own var/. Workers of one test run inherit the folder from the process that made it.
    _data_dir = tempfile.mkdtemp(prefix="commonplace-tests-")
    atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
    os.environ["DATA_DIR"] = _data_dir
_worker = os.environ.get("PYTEST_XDIST_WORKER")
if _worker and Path(os.environ["DATA_DIR"]).name.startswith("commonplace-tests-"):
    # What a process of the site writes down there, the others of its machine read; workers are machines of their own.
    os.environ["DATA_DIR"] = str(Path(os.environ["DATA_DIR"]) / _worker)
    Path(os.environ["DATA_DIR"]).mkdir(exist_ok=True)
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789" * 6)
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("LOG_LEVEL", "WARNING")

# Django reads a settings module's own names, so a test settings module is the other one and a few changes.
from config.settings import *  # noqa: E402, F403
from config.settings import CACHE_URL, CACHES, DATABASES, SQLITE, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Without collected files there is no folder to index, and whitenoise warns about that.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

if SQLITE:
    # A file, as in production: an in-memory database has other locks, and writers are tested with several threads.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["DATA_DIR"]) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        # OFF: a power cut in the middle of the tests loses nothing.
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;"
    )

if CACHE_URL and (worker := os.environ.get("PYTEST_XDIST_WORKER")):
    # Every test begins with an empty cache, so each worker of a parallel run has a Redis database of its own.
    _address, _, _number = CACHE_URL.rpartition("/")
    CACHES["default"]["LOCATION"] = f"{_address}/{int(_number) + int(worker.removeprefix('gw'))}"
