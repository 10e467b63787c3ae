#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_accounts.py FORMATS UNITS NOISE < import.json - does the accounting add up?

For each of FORMATS (a,b): units = used + ignored + unknown + bad, the templates
add up to ignored. Together they are UNITS (- for any number), and of those that
are not NOISE (lines of no mail daemon) under 1% were not understood."""
import json
import sys

names, units, noise = sys.argv[1:]
accounts = json.load(sys.stdin)
found = [a for a in accounts["formats"] if a["format"] in names.split(",")]
problems = []
for a in found:
    parts = a["used"] + a["ignored"] + a["unknown"] + a["bad"]
    if parts != a["units"]:
        problems.append(f"{a['units']} units, but the parts make {parts}")
    if sum(t["count"] for t in a["templates"]) != a["ignored"]:
        problems.append("the templates do not add up to what was ignored")
n = sum(a["units"] for a in found)
unknown = sum(a["unknown"] for a in found) - int(noise)
if not found:
    problems.append(f"no {names}: {[a['format'] for a in accounts['formats']]}")
if units != "-" and n != int(units):
    problems.append(f"{n} units and not {units}")
if unknown * 100 >= n - int(noise) > 0:
    problems.append(f"{unknown} not understood: {[a['samples'] for a in found]}")
if accounts["failed"]:
    problems.append(f"{accounts['failed']} inputs failed")
print("; ".join(problems) or
      f"{n} units, {sum(a['events'] for a in found)} events, "
      f"{unknown} not understood")
sys.exit(bool(problems))
