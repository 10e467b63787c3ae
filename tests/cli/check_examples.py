#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_examples.py TRUTH.tsv EVENTS.csv - is what was read what was sent?

TRUTH.tsv (examples/README.md) knows of each attempt who sent it, to whom, and
by the disk, not by the log, what became of it. EVENTS.csv is what rapsheet made
of the log. Every attempt has its events, within seconds, and no other mail
event is there. Prints what differs."""
import csv
import ipaddress
import sys
from datetime import datetime

DOWN = "2002-09-18T10:00:00Z", "2002-09-18T18:00:00Z"  # no clamd (replay.py)
SECONDS = 90  # from the connection to the last line of the message
BY_OUTCOME = {
    "delivered": "clean",
    "delivered:spam": "spam",
    "quarantined:spam": "spam",
    "quarantined:virus": "virus",
    "quarantined:banned": "policy",
}


def key_of(address):
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        ip = ipaddress.ip_network((ip, 64), strict=False).network_address
    return str(ip)


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def expected(row):
    """The kinds of event that an attempt may be; none: no event"""
    sent, reply, outcome = row["sent"], row["reply"], row["outcome"]
    if sent == "hangup":
        return ()
    if DOWN[0] <= row["time"] < DOWN[1] and outcome.startswith("delivered"):
        return ("unscanned", BY_OUTCOME[outcome])
    if outcome.startswith("delivered") and sent == "encrypted":
        return ("unscanned",)  # which amavis says rather than "spam"
    if outcome in BY_OUTCOME:
        return (BY_OUTCOME[outcome],)
    refused = reply.split(" | ")[-1].startswith(("4", "5"))
    if refused or sent == "oversized":
        return ("policy",)
    return ("clean",)  # passed on to elsewhere


truth, events = sys.argv[1:]
left = []
for e in csv.DictReader(open(events)):
    if e["kind"] in ("clean", "spam", "virus", "policy", "unscanned"):
        left.append((seconds(e["time"]), key_of(e["host"]), e["kind"],
                     e["label"], e["client"]))
wrong = attempts = 0
for row in csv.DictReader(open(truth), delimiter="\t"):
    attempts += 1
    kinds = expected(row)
    at, host = seconds(row["time"]), key_of(row["source"])
    if not kinds:
        continue
    clients = row["clients"].split(",")
    if row["via"] == "submission":
        clients = ["submission"]
    for client in clients:
        near = [e for e in left if e[1] == host and e[2] in kinds
                and e[4] in (client, "") and -2 <= e[0] - at <= SECONDS]
        if near:
            left.remove(min(near))
        else:
            wrong += 1
            other = [e for e in left if e[1] == host
                     and -2 <= e[0] - at <= SECONDS]
            print(f"{row['n']}: sent {row['sent']} to {client} by "
                  f"{row['source']} at {row['time']}: none of {kinds}; "
                  f"{row['reply'][:60]} {row['outcome']}; there is {other}")
for e in left:
    wrong += 1
    print("nothing was sent for", e)
print(f"{attempts} attempts, {wrong} differences")
sys.exit(wrong > 0)
