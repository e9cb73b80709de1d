#!/bin/bash
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Lets netplan generate its configuration into a folder of this check's own, and looks at it.
hint='look at the files in /etc/netplan and at the role `network`'
folder=$(mktemp --directory)
trap 'rm -rf "$folder"' EXIT
mkdir --parents "$folder/etc"
cp --archive /etc/netplan "$folder/etc/"

found=$(netplan generate --root-dir "$folder" 2>&1) ||
  refuse 'files in /etc/netplan that netplan accepts' "$found" "$hint"
for name in 'en*' 'eth*'; do
  file=$(grep --recursive --files-with-matches --line-regexp --fixed-strings "Name=$name" \
    "$folder/run/systemd/network" 2>/dev/null | head --lines=1)
  if [ -z "$file" ] || ! grep --quiet --extended-regexp '^DHCP=(yes|ipv4)$' "$file"; then
    refuse "a card that is called $name gets its address by DHCP" 'no such setting' "$hint"
  fi
done

# Only the card that the machine was built with would match.
if found=$(grep --recursive --no-filename --extended-regexp '^(PermanentMACAddress|MACAddress)=' \
  "$folder/run/systemd/network"); then
  refuse 'no card that is matched by its hardware address' "$found" "$hint"
fi
