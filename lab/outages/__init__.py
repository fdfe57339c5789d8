"""Tests what people notice when services fail under a running site; run by `make outages`, not by pytest."""
