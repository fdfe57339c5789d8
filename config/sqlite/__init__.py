"""Django's SQLite backend with a fair wait for the write lock; named as ENGINE by the settings."""
