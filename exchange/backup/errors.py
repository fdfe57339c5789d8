"""What ends a backup or a restore: every text here is a sentence for the owner, who reads it in a terminal."""


class BackupError(Exception):
    """The backup or restore ends here, and what was there before is as it was."""


class DamagedBackup(BackupError):
    """The file is not, or not any more, what a backup command wrote."""
