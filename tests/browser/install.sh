#!/bin/sh
# Installs what tests in a browser need: Chromium, Node and the packages of package.json.
# Asks the system's packager (Debian's apt-get) only for what is not here.
set -eu
cd "$(dirname "$0")"

wanted=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || wanted="$wanted chromium"
command -v node >/dev/null || wanted="$wanted nodejs"
command -v npm >/dev/null || wanted="$wanted npm"
if [ -n "$wanted" ]; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo"
  if ! command -v apt-get >/dev/null; then
    echo "install$wanted, then try again" >&2
    exit 1
  fi
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $wanted
fi
npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent
