#!/usr/bin/env bash
# Puts a pinned Swift toolchain on the PATH; sourced by the buildspecs on CodeBuild's Ubuntu image.
# It is downloaded from swift.org and used only where the release key has signed it.
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Source: https://www.swift.org/install/linux/tarball/

swift_version=6.3.1
# The key "Swift 6.x Release Signing Key", by its fingerprint.
swift_key=52BB7E3DE28A71BE22EC05FFEF80A866B47A981F
swift_home=/opt/swift-$swift_version

install_swift() (
  set -euo pipefail
  # shellcheck source=/dev/null
  ubuntu=$(. /etc/os-release && printf '%s' "$VERSION_ID")
  platform=ubuntu$ubuntu
  name=swift-$swift_version-RELEASE-$platform
  if [ "$(uname -m)" != x86_64 ]; then name+=-$(uname -m) platform+=-$(uname -m); fi
  url=https://download.swift.org/swift-$swift_version-release
  url+=/${platform//./}/swift-$swift_version-RELEASE/$name.tar.gz

  # What the toolchain itself needs; `bin/setup` installs what the project needs.
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  apt-get -qq install --no-install-recommends binutils ca-certificates curl git gnupg libc6-dev \
    libcurl4-openssl-dev libedit2 libgcc-13-dev libncurses-dev libpython3-dev libsqlite3-0 \
    libstdc++-13-dev libxml2-dev libz3-dev pkg-config tzdata zlib1g-dev >/dev/null

  folder=$(mktemp -d)
  trap 'rm -rf -- "$folder"' EXIT
  fetch=(curl --fail --silent --show-error --location --retry 5 --max-time 1800)
  "${fetch[@]}" --output "$folder/swift.tar.gz" "$url"
  "${fetch[@]}" --output "$folder/swift.tar.gz.sig" "$url.sig"
  "${fetch[@]}" --output "$folder/keys.asc" https://www.swift.org/keys/all-keys.asc
  export GNUPGHOME=$folder/gnupg
  mkdir --mode=700 "$GNUPGHOME"
  gpg --batch --quiet --import "$folder/keys.asc"
  # The last field of VALIDSIG is the fingerprint of the primary key that signed.
  gpg --batch --status-fd 3 --verify "$folder/swift.tar.gz.sig" "$folder/swift.tar.gz" \
    3>"$folder/status"
  if ! grep --quiet "^\[GNUPG:\] VALIDSIG .*\b$swift_key\$" "$folder/status"; then
    printf 'error: `%s` is not signed by the pinned key\n' "$url" >&2
    exit 1
  fi
  mkdir --parents "$swift_home.part"
  tar --extract --gzip --file "$folder/swift.tar.gz" --directory "$swift_home.part" \
    --strip-components=1
  mv "$swift_home.part" "$swift_home"
)

if [ ! -x "$swift_home/usr/bin/swift" ]; then install_swift || exit 1; fi
export PATH=$swift_home/usr/bin:$PATH
