#!/bin/bash
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Looks for what the machine that the image was made of may have left.
hint='see which task of the roles `hygiene` and `password` did not do its work'

id=$(cat /etc/machine-id 2>&1)
if ! [[ $id =~ ^[0-9a-f]{32}$ ]]; then
  refuse 'a machine id in /etc/machine-id' "${id:-an empty file}" "$hint"
fi

# Clocks of emulated machines are not exact.
slackSeconds=10
booted=$(awk '$1 == "btime" {print $2}' /proc/stat)
for key in /etc/ssh/ssh_host_*_key; do
  made=$(stat --format %Y "$key" 2>/dev/null) ||
    refuse 'ssh host keys' 'none' 'look at `systemctl cat ssh` on the machine'
  if [ "$made" -lt $((booted - slackSeconds)) ]; then
    refuse "\`$key\` made after the boot" "$((booted - made)) s older" "$hint"
  fi
done

# As root where that takes no password: other users' files are theirs alone.
as_root=()
if sudo --non-interactive true 2>/dev/null; then as_root=(sudo --non-interactive); fi
found=$("${as_root[@]}" find /root /home -xdev -path '*/.ssh/authorized_keys*' 2>/dev/null)
if [ -n "$found" ]; then
  refuse 'no authorized keys' "${found//$'\n'/, }" "$hint"
fi
