#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ipset_events.py LIST < LIST.events.tsv - the table "time op address" of what
appeared on a list, as CSV; what disappeared is left out, prefixes are expanded
up to /24."""
import ipaddress
import sys

print("time,host,kind,label")
for line in sys.stdin:
    time, op, text = line.split()
    net = ipaddress.ip_network(text)
    if op != "-" and net.prefixlen >= 24:
        for host in net:
            print(f"{time},{host},listed,{sys.argv[1]}")
