#!/bin/sh
# Run by udhcpc (busybox) with what happened to the lease as argument and what the server said in the environment.
case $1 in
  deconfig)
    ip -4 address flush dev "$interface"
    ip link set "$interface" up
    ;;
  bound | renew)
    ip -4 address replace "$ip/${mask:-24}" broadcast "${broadcast:-+}" dev "$interface"
    if [ -n "$mtu" ]; then ip link set "$interface" mtu "$mtu"; fi
    for address in $router; do
      # A router need not be in the network of the address.
      ip -4 route replace default via "$address" dev "$interface" onlink
      break
    done
    {
      if [ -n "${search:-$domain}" ]; then echo "search ${search:-$domain}"; fi
      for address in $dns; do echo "nameserver $address"; done
    } >/etc/resolv.conf
    for name in interface ip mask subnet broadcast router dns domain hostname ntpsrv serverid; do
      eval "value=\$$name"
      printf '%s=%s\n' "$name" "$value"
    done >/run/fai-classes/lease.part
    mv /run/fai-classes/lease.part /run/fai-classes/lease
    ;;
esac
