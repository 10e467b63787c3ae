#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py WANT.json GOT.json [--within REL] [--may-add PATTERN]

Compares two reports key by key. Numbers may differ by 1e-9 of the larger one
(or by 1e-12 in all); null equals only null, text only the same text. Lists of
things that have a name are matched by that name, whatever their order. Prints
each difference, the keys that one side alone has, and how many values were
compared. Exit status 1 if anything differs, or if a key is on one side alone
that no --may-add names (a pattern as of file names, for GOT alone).
"""
import argparse
import fnmatch
import json
import sys

IDENTITY = (("name",), ("trigger", "scope", "days"), ("version", "bits"),
            ("bits",), ("day",))


def identity_of(items):
    """The keys by which to match the members of a list, or None"""
    if not items or not all(isinstance(x, dict) for x in items):
        return None
    for keys in IDENTITY:
        if all(all(k in x for k in keys) for x in items):
            names = [tuple(x[k] for k in keys) for x in items]
            if len(set(names)) == len(names):
                return keys
    return None


class Comparison:
    def __init__(self, within):
        self.within = within
        self.compared = 0
        self.differences = []
        self.alone = {"want": [], "got": []}

    def differ(self, path, want, got):
        self.differences.append(f"{path}: want {json.dumps(want)}, "
                                f"got {json.dumps(got)}")

    def dicts(self, path, want, got):
        for k in want:
            at = f"{path}.{k}" if path else str(k)
            if k in got:
                self.values(at, want[k], got[k])
            else:
                self.alone["want"].append(at)
        for k in got:
            if k not in want:
                self.alone["got"].append(f"{path}.{k}" if path else str(k))

    def lists(self, path, want, got):
        keys = identity_of(want)
        if keys and keys == identity_of(got):
            def named(items):
                return {"[" + ",".join(str(x[k]) for k in keys) + "]": x
                        for x in items}
            a, b = named(want), named(got)
            if set(a) != set(b):
                self.differ(path, sorted(a), sorted(b))
            for k in a:
                if k in b:
                    self.values(path + k, a[k], b[k])
            return
        if len(want) != len(got):
            self.differ(path + " (length)", len(want), len(got))
        for i, (a, b) in enumerate(zip(want, got)):
            self.values(f"{path}[{i}]", a, b)

    def same(self, want, got):
        def number(x):
            return isinstance(x, (int, float)) and not isinstance(x, bool)
        if number(want) and number(got):
            return abs(want - got) <= max(
                1e-12, self.within * max(abs(want), abs(got)))
        return type(want) is type(got) and want == got

    def values(self, path, want, got):
        if isinstance(want, dict) and isinstance(got, dict):
            self.dicts(path, want, got)
        elif isinstance(want, list) and isinstance(got, list):
            self.lists(path, want, got)
        else:
            self.compared += 1
            if not self.same(want, got):
                self.differ(path, want, got)


def main():
    args = argparse.ArgumentParser(description="compare two reports")
    args.add_argument("want")
    args.add_argument("got")
    args.add_argument("--within", type=float, default=1e-9)
    args.add_argument("--only", metavar="KEY", action="append",
                      help="look at this key of the report alone")
    args.add_argument("--may-add", metavar="PATTERN", action="append",
                      default=[], help="keys that GOT may have alone")
    a = args.parse_args()
    with open(a.want) as f:
        want = json.load(f)
    with open(a.got) as f:
        got = json.load(f)
    if a.only:
        want = {k: want[k] for k in a.only if k in want}
        got = {k: got[k] for k in a.only if k in got}
    c = Comparison(a.within)
    c.dicts("", want, got)
    c.alone["got"] = [k for k in c.alone["got"] if not any(
        fnmatch.fnmatchcase(k, p) for p in a.may_add)]
    for line in c.differences:
        print("differs:", line)
    for side, keys in c.alone.items():
        if keys:
            print(f"only in {side}:", ", ".join(keys))
    print(f"{c.compared} values compared, {len(c.differences)} differ")
    alone = c.alone["want"] or c.alone["got"]
    return 1 if c.differences or alone or c.compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
