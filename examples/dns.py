#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dns.py ZONE - answer on 127.0.0.1:53 from a file of lines "name address".
"*.example" in it answers for all names below; what is not there, is not, nor
what has the address "-"."""
import socket
import struct
import sys


def load(path):
    return dict(line.split() for line in open(path) if line.strip())


def question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin1"))
        at += 1 + packet[at]
    return ".".join(labels).lower(), packet[12:at + 5], \
        struct.unpack(">H", packet[at + 1:at + 3])[0]


def look_up(zone, name):
    found = zone.get(name)
    while found is None and "." in name:
        name = name.split(".", 1)[1]
        found = zone.get("*." + name)
    return None if found == "-" else found


def answer(zone, packet):
    name, asked, kind = question(packet)
    address = look_up(zone, name)
    body = b""
    if address and kind == 1:
        body = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + \
            socket.inet_aton(address)
    code = 0x8180 if address else 0x8183
    return packet[:2] + struct.pack(">HHHHH", code, 1, bool(body), 0, 0) + \
        asked + body


def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))
    while True:
        packet, peer = sock.recvfrom(4096)
        try:
            sock.sendto(answer(load(sys.argv[1]), packet), peer)
        except (IndexError, struct.error):
            pass


main()
