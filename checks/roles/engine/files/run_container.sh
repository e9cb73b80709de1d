#!/bin/bash
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Makes an image of one program of this machine, runs it, and removes it again.
hint='look at `systemctl status docker` and `journalctl -u docker` on the machine'
image=dss-check:$$
message="a container ran at $(date +%s)"

folder=$(mktemp --directory)
clean_up() {
  rm -rf "$folder"
  timeout 900 docker image rm --force "$image" >/dev/null 2>&1
}
trap clean_up EXIT

program=$(readlink --canonicalize "$(type -P echo)")
mapfile -t libraries < <(ldd "$program" | grep --only-matching '/[^ ]*')
answer=$(tar --create --dereference --absolute-names "$program" "${libraries[@]}" |
  timeout 1800 docker import - "$image" 2>&1) ||
  refuse 'an engine that imports an image' "$answer" "$hint"

answer=$(timeout 1800 docker run --rm --network none "$image" "$program" "$message" 2>&1)
if [ "$answer" != "$message" ]; then
  refuse "a container that says \`$message\`" "${answer:-nothing within 300 s}" "$hint"
fi
