"""Backs a site up into one file while it runs, and restores it; nothing that exists is ever deleted for it."""
