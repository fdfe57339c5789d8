"""Imports a WordPress export (WXR): first reads and plans all of it, then writes it post by post."""
