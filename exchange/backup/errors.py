"""Errors that end a backup or a restore; their messages are sentences for the owner at a terminal."""


class BackupError(Exception):
    """The backup or restore has failed, and everything is as it was before."""


class DamagedBackup(BackupError):
    """The file is not a backup, or has been damaged."""
