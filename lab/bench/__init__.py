"""Benchmarks: programs that measure and print; they assert nothing and no test waits for them."""
