#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_accounts.py FORMAT UNITS < import.json - does the accounting add up?

units = used + ignored + unknown + bad, the templates add up to ignored, there
are UNITS of them (- for any number), and under 1% were not understood."""
import json
import sys

name, units = sys.argv[1:]
accounts = json.load(sys.stdin)
found = [a for a in accounts["formats"] if a["format"] == name]
if not found:
    sys.exit(f"no {name} here: {[a['format'] for a in accounts['formats']]}")
a = found[0]
parts = a["used"] + a["ignored"] + a["unknown"] + a["bad"]
problems = []
if parts != a["units"]:
    problems.append(f"{a['units']} units, but the parts make {parts}")
if sum(t["count"] for t in a["templates"]) != a["ignored"]:
    problems.append("the templates do not add up to what was ignored")
if units != "-" and a["units"] != int(units):
    problems.append(f"{a['units']} units and not {units}")
if a["unknown"] * 100 >= a["units"]:
    problems.append(f"{a['unknown']} of {a['units']} not understood: "
                    f"{a['samples']}")
if accounts["failed"]:
    problems.append(f"{accounts['failed']} inputs failed")
print("; ".join(problems) or
      f"{a['units']} {a['unit']}, {a['events']} events, "
      f"{a['unknown']} not understood")
sys.exit(bool(problems))
