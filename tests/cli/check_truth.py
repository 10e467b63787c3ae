#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_truth.py TRUTH REPORT - is what was planted what the report finds?

Counts must be equal to the last one: events, hosts, overlaps, order, spam by
origin, families. Prints what differs."""
import json
import sys

truth, report = (json.load(open(path)) for path in sys.argv[1:])
checked = wrong = 0


def same(name, want, got):
    global checked, wrong
    checked += 1
    if want != got:
        wrong += 1
        print(f"{name}: planted {want}, reported {got}")


for kind, n in truth["events"].items():
    same(f"events.{kind}", n, report["events"][kind])
for name, n in truth["hosts"].items():
    same(f"hosts.{name}", n, report["hosts"][name])
for pair, cells in truth["overlap"].items():
    for cell in ("a", "b", "both"):
        same(f"overlap.{pair}.{cell}", cells[cell],
             report["overlap"][pair][cell])
for pair, cells in truth["order"].items():
    for cell in ("first", "second", "tie"):
        same(f"order.{pair}.{cell}", cells[cell], report["order"][pair][cell])
spam = truth["events"]["spam"]
for origin, n in truth["spam"].items():
    got = report["shares"]["spam_" + origin]
    same(f"shares.spam_{origin}", n if spam else None,
         None if got is None else round(got * spam))
families = {f["name"]: f for f in report["families"]}
for planted in truth["families"]:
    if planted["mails"]:
        for cell in ("mails", "hosts", "first_hosts"):
            same(f"families.{planted['name']}.{cell}", planted[cell],
                 families[planted["name"]][cell])
print(f"{checked} numbers compared, {wrong} differ")
sys.exit(wrong > 0 or checked < 30)
