"""Measures the site and tries to break it; no part of the product, and nothing of the product imports it."""
