#!/bin/sh
# Makes .venv and installs one lock into it: `sh requirements/install.sh base` or `… dev`.
# It does nothing when that lock is installed already, so it can run before every command,
# and it never touches an environment other than .venv.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-base}
lock=requirements/$wanted.txt

stop() {
    echo "Commonplace cannot be set up. $*" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    stop "It needs Python 3.11 or newer, and none was found as python3 (PYTHON=/path/to/python names another)."
}

# What is installed: the lock's checksum and the interpreter's version, one file per lock.
fingerprint() {
    printf '%s %s\n' "$(cksum <"requirements/$1.txt")" "$(.venv/bin/python -V 2>&1)"
}

is_installed() {
    [ -f ".venv/installed-$1" ] && [ "$(cat ".venv/installed-$1")" = "$(fingerprint "$1")" ]
}

make_environment() {
    if [ -x .venv/bin/python ] && .venv/bin/python -c 'import encodings' 2>/dev/null; then
        return
    fi
    echo "Making .venv …"
    rm -rf .venv
    # Without pip, because Debian's python3 has no ensurepip; see install_lock.
    "$python" -m venv --without-pip .venv ||
        stop "“$python -m venv” failed; on Debian and Ubuntu the package python3-venv is missing."
}

install_lock() {
    echo "Installing $lock …"
    set -- install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$lock"
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -m pip "$@"
    elif "$python" -m pip --python .venv --version >/dev/null 2>&1; then
        "$python" -m pip --python .venv "$@"
    elif .venv/bin/python -m ensurepip >/dev/null 2>&1; then
        .venv/bin/python -m pip "$@"
    else
        stop "$python has neither pip nor ensurepip; on Debian and Ubuntu install python3-pip or python3-venv."
    fi || stop "pip could not install $lock; its message is above."
}

if [ -x .venv/bin/python ] && is_installed "$wanted"; then
    exit 0
fi
python=$(find_python) || exit 1
make_environment
install_lock
# The development lock holds everything of the other one, in the same versions.
[ "$wanted" = dev ] && fingerprint base >.venv/installed-base
fingerprint "$wanted" >".venv/installed-$wanted"
