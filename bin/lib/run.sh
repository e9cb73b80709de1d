# Runs commands for the scripts in bin/ and ends them with the script; sourced by them.
# shellcheck shell=bash

# The command that runs, and what the script ends with where a signal ended it.
child='' signal_status=0

# A terminal sends Ctrl-C to the command as well. TERM and HUP may reach the script alone.
on_signal() { # name, status
  signal_status=$2
  if [ -z "$child" ]; then exit "$2"; fi
  if [ "$1" != INT ]; then kill -s "$1" "$child" 2>/dev/null || true; fi
}
trap 'on_signal INT 130' INT
trap 'on_signal TERM 143' TERM
trap 'on_signal HUP 129' HUP

# run_to_end COMMAND...: runs a command as if it had been started without the script, waits for its
# end, whatever signals come meanwhile, and returns its status. A signal then ends the script.
run_to_end() {
  local status=0
  # The shell would let what it does not wait for at once ignore Ctrl-C, and take its input away.
  (trap - INT QUIT TERM HUP && exec "$@") <&0 &
  child=$!
  while :; do
    status=0
    # A signal ends the waiting, not the command.
    wait "$child" || status=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=''
  if [ "$signal_status" -ne 0 ]; then exit "$signal_status"; fi
  return "$status"
}
