#!/usr/bin/env bash
# Installs a pinned Swift toolchain on CodeBuild's Ubuntu image, and prints the folder of its
# programs. It comes from swift.org, and is used only where the release key has signed it.
# DSS_SWIFT_HOME names another folder than /opt/swift-<version>.
# Source: https://www.swift.org/install/linux/tarball/
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
set -euo pipefail

version=6.3.1
# The key "Swift 6.x Release Signing Key", by its fingerprint.
key=52BB7E3DE28A71BE22EC05FFEF80A866B47A981F
home=${DSS_SWIFT_HOME:-/opt/swift-$version}

if [ -x "$home/usr/bin/swift" ]; then
  printf '%s\n' "$home/usr/bin"
  exit
fi

# shellcheck source=/dev/null
platform=$(. /etc/os-release && printf '%s%s' "$ID" "$VERSION_ID")
if [ "$(uname -m)" != x86_64 ]; then platform+=-$(uname -m); fi
release=swift-$version-RELEASE
url=https://download.swift.org/swift-$version-release/${platform//./}/$release
url+=/$release-$platform.tar.gz

# What the toolchain itself needs; `bin/setup` installs what the project needs.
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >&2
apt-get -qq install --no-install-recommends binutils ca-certificates curl git gnupg libc6-dev \
  libcurl4-openssl-dev libedit2 libgcc-13-dev libncurses-dev libpython3-dev libsqlite3-0 \
  libstdc++-13-dev libxml2-dev libz3-dev pkg-config tzdata zlib1g-dev >&2

folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
fetch() { # file, URL
  curl --fail --silent --show-error --location --retry 5 --max-time 1800 --output "$1" "$2"
}
fetch "$folder/swift.tar.gz" "$url"
fetch "$folder/swift.tar.gz.sig" "$url.sig"
fetch "$folder/keys.asc" https://www.swift.org/keys/all-keys.asc

export GNUPGHOME=$folder/gnupg
mkdir --mode=700 "$GNUPGHOME"
gpg --batch --quiet --import "$folder/keys.asc"
# The last field of VALIDSIG is the fingerprint of the primary key that signed.
signature=$(gpg --batch --status-fd 1 --verify "$folder/swift.tar.gz.sig" "$folder/swift.tar.gz") ||
  true
if ! grep --quiet "^\[GNUPG:\] VALIDSIG .* $key\$" <<<"$signature"; then
  printf 'error: `%s` is not signed by the key `%s`\n' "$url" "$key" >&2
  printf '\nhint: build again; if it stays so, do not use what swift.org serves now\n' >&2
  exit 1
fi

rm -rf -- "$home.part"
mkdir --parents "$home.part"
tar --extract --gzip --file "$folder/swift.tar.gz" --directory "$home.part" --strip-components=1
mv -- "$home.part" "$home"
printf '%s\n' "$home/usr/bin"
