"""Django's SQLite backend with a fair wait for the write lock; the settings name it as ENGINE."""
