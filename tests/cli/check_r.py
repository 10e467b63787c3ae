# SPDX-License-Identifier: Apache-2.0
"""check_r.py WANT.json REPORT.json

WANT is what tests/oracle/report.R printed: for each statistic the part of the
report that it answers for. Prints a line for each: "ok" or "no", a tab, and
what was seen. Numbers must agree to 1e-9 of the larger one, however small
they are.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "oracle"))
sys.dont_write_bytecode = True
from compare import Comparison  # noqa: E402


class Relative(Comparison):
    """As the oracle's, with no floor under small numbers"""

    def __init__(self):
        super().__init__(1e-9)
        self.worst = 0.0
        self.numbers = 0

    def same(self, want, got):
        if None in (want, got) or isinstance(want, str):
            return want == got
        self.numbers += 1
        large = max(abs(want), abs(got))
        apart = abs(want - got) / large if large else 0.0
        self.worst = max(self.worst, apart)
        return apart <= self.within


def main():
    with open(sys.argv[1]) as f:
        want = json.load(f)
    with open(sys.argv[2]) as f:
        got = json.load(f)
    for name, part in want.items():
        c = Relative()
        c.dicts("", part, got)
        wrong = c.differences + ["not in the report: " + at
                                 for at in c.alone["want"]]
        if wrong or not c.compared:
            print(f"no\t{name}\t{'; '.join(wrong[:6])}")
        else:
            print(f"ok\t{name}\t{c.numbers} numbers, "
                  f"at most {c.worst:.0e} apart")


main()
