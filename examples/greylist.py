#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""greylist.py PORT SECONDS - a Postfix policy service on loopback: who comes
with a new (address, sender, recipient) is asked to come again later."""
import socketserver
import sys
import time

SEEN = {}


class Policy(socketserver.StreamRequestHandler):
    def handle(self):
        asked = {}
        for line in self.rfile:
            line = line.decode("latin1").rstrip("\n")
            if line:
                key, _, value = line.partition("=")
                asked[key] = value
                continue
            self.wfile.write(f"action={decide(asked)}\n\n".encode())
            asked = {}


def decide(asked):
    key = tuple(asked.get(k) for k in ("client_address", "sender",
                                       "recipient"))
    now = time.time()
    if now - SEEN.setdefault(key, now) >= int(sys.argv[2]):
        return "DUNNO"
    return "DEFER_IF_PERMIT Greylisted, please come again later"


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Policy).serve_forever()
