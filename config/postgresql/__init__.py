"""Django's PostgreSQL backend with an end to waiting for a server that hangs; named as ENGINE by the settings."""
