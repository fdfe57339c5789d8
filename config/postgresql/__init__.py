"""Django's PostgreSQL backend, which stops waiting for a server that hangs; the settings name it as ENGINE."""
