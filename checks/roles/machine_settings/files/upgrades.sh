#!/bin/bash
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Compares whether apt's timers and unattended upgrades are enabled with the distribution's preset.
units=(apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service)
listed=$(systemctl list-unit-files --no-legend --no-pager "${units[@]}" 2>&1)

for unit in "${units[@]:0:2}"; do
  if ! grep --quiet "^$unit " <<<"$listed"; then
    refuse "a unit \`$unit\`" "${listed:-no such unit}" 'the package apt brings it'
  fi
done
while read -r unit state preset; do
  if [ "$state" != "${preset:-$state}" ]; then
    refuse "\`$unit\` $preset" "$state" "\`systemctl preset $unit\`, and see which role changed it"
  fi
done <<<"$listed"
