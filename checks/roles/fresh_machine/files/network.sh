#!/bin/bash
# shellcheck disable=SC2016 # backticks in messages are meant as they stand
# Tells the card, its driver and its address; the default route has to come by DHCP.
hint='look at `networkctl status` and `netplan get` on the machine'
route=$(ip -4 route show default | grep ' proto dhcp ' | head --lines=1)
if [ -z "$route" ]; then
  refuse 'a default route by DHCP' "$(ip -brief address | tr '\n' ';')" "$hint"
fi
interface=${route##* dev }
interface=${interface%% *}
driver=$(basename "$(readlink "/sys/class/net/$interface/device/driver")")
address=$(ip -4 -brief address show dev "$interface" | awk '{print $3}')
if [ -z "$address" ]; then
  refuse "an address of \`$interface\`" "$(ip -brief address show dev "$interface")" "$hint"
fi
printf 'interface %s, driver %s, address %s, by DHCP\n' "$interface" "$driver" "$address"
