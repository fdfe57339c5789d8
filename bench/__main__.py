"""`make bench`: measures reading on the real server, with an empty view under the same server as the baseline.

CPU is that of all server processes together, per request. Ratios to the baseline travel between machines; the
milliseconds do not. `--big` fills the site with 100,000 posts first; `--json FILE` writes the figures.
"""

import argparse
import json
import os
import platform
import secrets
import tempfile
from dataclasses import asdict
from pathlib import Path

SIZES = (23, 500, 5000)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--big", action="store_true", help="100,000 posts on the home page's site")
    parser.add_argument("--requests", type=int, default=400, help="requests of each quick case (400)")
    parser.add_argument("--json", type=Path, help="write the figures here")
    return parser.parse_args()


def _environment(folder: str) -> dict[str, str]:
    return {
        "DATA_DIR": folder,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def main() -> None:
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder:
        environment = _environment(folder)
        os.environ.update(environment)
        import django

        django.setup()
        from bench import reading

        rows = reading.measure_all(environment, sizes=SIZES, requests=options.requests, big=options.big)
    _print(rows)
    if options.json:
        machine = {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
        }
        options.json.write_text(
            json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=1)
        )


def _print(rows: list) -> None:
    baseline = rows[0].measured.cpu_ms
    print(
        f"{'':38} {'CPU ms':>8} {'× bare':>7} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'bytes':>9} {'queries':>7}"
    )
    for row in rows:
        one = row.measured
        print(
            f"{one.name:38} {one.cpu_ms:8.3f} {one.cpu_ms / baseline:7.2f} {one.per_second:8.1f} {one.p50_ms:8.2f} "
            f"{one.p99_ms:8.2f} {one.bytes:9d} {'' if row.queries is None else row.queries:>7}"
            + ("" if one.status == 200 else f"  status {one.status}")
        )
    print(f"memory of the server's processes together (PSS): {rows[-1].memory_mb:.0f} MB")


if __name__ == "__main__":
    main()
