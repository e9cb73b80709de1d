#!/usr/bin/env bash
# Installs a pinned Swift toolchain and prints the folder of its programs. It comes from swift.org,
# and is used only where the release key has signed it.
# DSS_SWIFT_HOME names another folder than /opt/swift-<version>, DSS_SWIFT_DOWNLOADS a mirror: it has
# what download.swift.org has, and `keys/all-keys.asc`.
# Source: https://www.swift.org/install/linux/tarball/
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=bin/lib/swift.sh
source "$root/bin/lib/swift.sh"
# shellcheck source=bin/lib/packages.sh
source "$root/bin/lib/packages.sh"

# The key "Swift 6.x Release Signing Key", by its fingerprint.
key=52BB7E3DE28A71BE22EC05FFEF80A866B47A981F
home=${DSS_SWIFT_HOME:-/opt/swift-$swift_version}
downloads=${DSS_SWIFT_DOWNLOADS:-https://download.swift.org}
keys=${DSS_SWIFT_DOWNLOADS:-https://www.swift.org}/keys/all-keys.asc

fail() { # summary, hint
  printf 'error: %s\n\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

say() { printf 'swift: %s\n' "$1" >&2; }

fetch() { # file, URL, whether it is big
  local progress=--silent
  if [ -n "${3:-}" ] && [ -t 2 ]; then progress=--progress-bar; fi
  curl --fail "$progress" --show-error --location --retry 5 --connect-timeout 30 \
    --max-time 3600 --output "$1" "$2" >&2 ||
    fail "\`$2\` could not be downloaded whole" \
      'look at the message above; a proxy belongs into `HTTPS_PROXY`, a mirror into `DSS_SWIFT_DOWNLOADS`'
}

if [ -x "$home/usr/bin/swift" ]; then
  printf '%s\n' "$home/usr/bin"
  exit
fi

# shellcheck source=/dev/null
system=$(. /etc/os-release && printf '%s%s' "$ID" "$VERSION_ID")
platform=$system
if [ "$(uname -m)" != x86_64 ]; then platform+=-$(uname -m); fi
release=swift-$swift_version-RELEASE
url=$downloads/swift-$swift_version-release/${platform//./}/$release/$release-$platform.tar.gz

# What the toolchain itself needs; `bin/setup` installs what the project needs.
case $system in
  debian12) compiler=12 ;;
  ubuntu22.04) compiler=11 ;;
  *) compiler=13 ;;
esac
install_missing "binutils ca-certificates curl git gnupg libc6-dev libcurl4-openssl-dev libedit2
  libgcc-$compiler-dev libncurses-dev libpython3-dev libsqlite3-0 libstdc++-$compiler-dev libxml2-dev
  libz3-dev pkg-config tzdata zlib1g-dev"

# Beside its place: the system's folder for temporary files may lie in memory.
mkdir --parents -- "$(dirname -- "$home")"
folder=$(mktemp --directory -- "$home.XXXXXX")
# Here, since a socket's path, which gpg makes of it, must be short.
export GNUPGHOME
GNUPGHOME=$(mktemp --directory /tmp/swift-keys.XXXXXX)
clean_up() {
  gpgconf --kill all 2>/dev/null || true
  rm -rf -- "$folder" "$GNUPGHOME"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
say "downloading $url (1 GB)"
fetch "$folder/swift.tar.gz" "$url" big
fetch "$folder/swift.tar.gz.sig" "$url.sig"
fetch "$folder/keys.asc" "$keys"

say 'checking its signature'
gpg --batch --quiet --import "$folder/keys.asc" >&2
# The last field of VALIDSIG is the fingerprint of the primary key that signed.
signature=$(gpg --batch --status-fd 1 --verify "$folder/swift.tar.gz.sig" "$folder/swift.tar.gz") ||
  true
if ! grep --quiet "^\[GNUPG:\] VALIDSIG .* $key\$" <<<"$signature"; then
  fail "\`$url\` is not signed by the key \`$key\`" \
    'run it again; if it stays so, do not use what is served there now'
fi

say "unpacking into $home (3.5 GB)"
mkdir "$folder/swift"
tar --extract --gzip --no-same-owner --file "$folder/swift.tar.gz" --directory "$folder/swift" \
  --strip-components=1
chmod 755 "$folder/swift"
rm -rf -- "$home"
mv -- "$folder/swift" "$home"
printf '%s\n' "$home/usr/bin"
