"""Creates var/ and its local.env once, for `make run`; never changes a file that exists."""

import os
import secrets
import sys
from pathlib import Path


def write_local_settings(data_dir: Path) -> Path:
    """Write `local.env` with a random secret key and a local address, for its owner only; return its path."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "local.env"
    if path.exists():
        return path
    lines = [
        "# Made at the first start. Variables of the environment win over these.",
        f"SECRET_KEY={secrets.token_urlsafe(60)}",
        "# A site on the network has its own address here; while it is this one, PORT changes it.",
        "SITE_URL=http://127.0.0.1:8000",
        "ALLOWED_HOSTS=127.0.0.1,localhost",
        "",
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return path


if __name__ == "__main__":
    write_local_settings(Path(sys.argv[1] if len(sys.argv) > 1 else "var"))
