#!/bin/sh
# Compiles requirements/*.in to requirements/*.txt with hashes, for every platform and Python from 3.11.
# No index of this machine may leak into a lock, so settings that name one are put aside first.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || {
    echo "make lock needs uv (python3 -m pip install uv)." >&2
    exit 1
}
for name in $(env | sed -n 's/^\(UV_[A-Z_]*INDEX[A-Z_]*\)=.*/\1/p'); do
    unset "$name"
done
export PIP_CONFIG_FILE=/dev/null
for lock in base dev; do
    # Extras stay in the lock: without them pip looks for `name[extra]` by itself and takes a newer, unlocked version.
    uv pip compile --quiet --generate-hashes --no-strip-extras --universal --python-version 3.11 --no-header \
        --output-file "requirements/$lock.txt" "$@" "requirements/$lock.in"
done
