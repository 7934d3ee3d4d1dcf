#!/bin/sh
# Installs Java, which tests on Spark need, where it is not here: version 17 where the system's
# packager (Debian's apt-get) has it, else the packager's own choice.
set -eu

if command -v java >/dev/null || [ -n "${JAVA_HOME:-}" ]; then
  exit 0
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
if ! command -v apt-get >/dev/null; then
  echo "install Java 17, then try again" >&2
  exit 1
fi
$as_root apt-get update -qq
java=openjdk-17-jre-headless
[ -n "$(apt-cache madison "$java")" ] || java=default-jre-headless
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$java"
