"""Measures the site and tries to break it; not part of the product, and nothing in the product imports it."""
