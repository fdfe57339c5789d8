"""What readers and writers notice when something fails under a running site; run by `make outages`, not by pytest."""
