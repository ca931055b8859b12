#!/bin/sh
# Print the path of uv: the one that $UV names or the one on the PATH, if it is recent enough, else a pinned one that is
# fetched into .tools once. Everything that people should read goes to standard error.
set -eu

# Earlier ones write no bills of materials.
minimum=0.10
pinned=0.13.9
tools=$(cd "$(dirname "$0")/../.." && pwd)/.tools
own=$tools/uv-$pinned

recent_enough() {
    "$1" --version 2>/dev/null | awk -v minimum="$minimum" '
        NR == 1 { split($2, have, "."); split(minimum, want, ".")
                  for (i = 1; i <= 3; i++) { if (have[i] + 0 != want[i] + 0) exit !(have[i] + 0 > want[i] + 0) }
                  exit 0 }
        END     { if (NR == 0) exit 1 }'
}

# A python3 that can install packages: a new virtual environment's, which brings pip along, else one that has pip.
# Debian's python3 comes without the module for the first, and often without the second.
find_pip() {
    # pyenv's python3 refuses to start where .python-version names a Python that it does not have.
    for python in python3 /usr/bin/python3; do
        if "$python" -m venv "$new/venv" >/dev/null 2>&1; then
            pip_python=$new/venv/bin/python && return
        elif "$python" -m pip --version >/dev/null 2>&1; then
            pip_python=$python && return
        fi
    done
    return 1
}

fail() {
    echo "$*" >&2
    exit 1
}

for candidate in "${UV:-}" "$(command -v uv || true)" "$own"; do
    if [ -n "$candidate" ] && recent_enough "$candidate"; then
        echo "$candidate"
        exit
    fi
done

echo "== uv $pinned, into .tools (once)" >&2
mkdir -p "$tools"
new=$(mktemp -d "$tools/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
if ! find_pip && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "   python3 has neither venv nor pip here: installing Debian's python3-venv" >&2
    { apt-get update -qq && apt-get install -qq --yes python3-venv; } >&2
    find_pip || true
fi
[ -n "${pip_python:-}" ] || fail "Missing: uv $minimum or later, or a python3 with venv or pip to fetch it with."
install() {
    "$pip_python" -m pip install --quiet --disable-pip-version-check --target "$new/packages" "$@" "uv==$pinned" >&2
}
if ! install; then
    certificates=$(sh "$(dirname "$0")/certificates.sh")
    [ -n "$certificates" ] && echo "   once more, with the certificates that this system trusts" >&2 &&
        install --cert "$certificates" ||
        fail "uv $pinned could not be installed; pip's message is above. Or install uv $minimum or later yourself."
fi
# `sam build` runs several builds at once: whoever comes last replaces the file by an equal one, in one step.
mv -f "$new/packages/bin/uv" "$own"
echo "$own"
