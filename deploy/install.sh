#!/bin/sh
# Installs what Popdown runs on and is not there yet (Debian and its children).
# It says what it installs and why; what is there already is left alone.
set -eu

say() { printf '%s\n' "$*"; }
missing="" why=""
need() { # package, reason
    dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed' && return 0
    missing="$missing $1"
    why="$why
  $1: $2"
}

need chromium "looks at suspected pages"
need chromium-sandbox "keeps those pages locked in"
need chromium-headless-shell "the light Chrome, for bulk checks"
need postgresql "keeps candidates, findings, cases and reports"
need tesseract-ocr "reads numbers that stand in pictures"
for language in eng deu fra spa ita por nld jpn pol; do
    need "tesseract-ocr-$language" "the same, in that language"
done
need fonts-liberation "pages look as they do at a victim's desk"
need fonts-noto-cjk "the same, for Japanese pages"

if [ -z "$missing" ]; then
    say "Everything Popdown runs on is installed."
    exit 0
fi
say "To be installed:$why"

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        say "You are not root and there is no sudo. Ask an administrator to run:" >&2
        say "  apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

# Debian would start a database server of its own; Popdown brings up a private one.
case "$missing" in *postgresql*)
    $as_root mkdir -p /etc/postgresql-common/createcluster.d
    say "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.d/popdown.conf >/dev/null
esac

export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
say "Installed."
