#!/bin/sh
# Make sure that a program is there; install it where this machine's package manager may be used.
set -eu
for program in "$@"; do
    command -v "$program" >/dev/null 2>&1 && continue
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        echo "installing $program"
        case $program in node) package=nodejs ;; *) package=$program ;; esac
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
    else
        echo "$program is needed and not installed; install it with your package manager" >&2
        exit 1
    fi
done
