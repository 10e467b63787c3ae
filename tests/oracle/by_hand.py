#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""by_hand.py RAPSHEET - sentences of MEASURES, each on a log of a few lines

What is wanted was worked out by hand from the words, not by another program: a
misreading that report.py and the C code share would still fail here. Prints
TAP.
"""
import json
import os
import subprocess
import sys
import tempfile

DAY_0 = 1059696000                  # 2003-08-01
H = "10.0.0.1"
n_tests = n_bad = 0


def report(*rows, options=()):
    """rows: day, second of it, host, kind, label where there is one"""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as f:
        f.write("time,host,kind,label,client\n")
        for day, second, host, kind, *more in rows:
            label, client = (more + ["", ""])[:2]
            f.write(f"{DAY_0 + day * 86400 + second},{host},{kind},{label},"
                    f"{client}\n")
        f.flush()
        out = subprocess.run([sys.argv[1], "report", "--json", *options,
                              f.name], capture_output=True, check=True)
    return json.loads(out.stdout)


def same(got, want):
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(map(same, got, want))
    if isinstance(got, float) and isinstance(want, (int, float)):
        return abs(got - want) <= 1e-12 * max(1, abs(want))
    return got == want


def check(name, got, want):
    global n_tests, n_bad
    n_tests += 1
    good = same(got, want)
    n_bad += not good
    print(f"{'ok' if good else 'not ok'} {n_tests} - {name}")
    if not good:
        print(f"# got {got}, want {want}")


def rule(r, trigger, scope, days, kind="clean"):
    return next(x[kind] for x in r["backtest"] if
                (x["trigger"], x["scope"], x["days"]) == (trigger, scope,
                                                          days))


def words():
    r = report((0, 5, H, "proxy"), (3, 5, H, "clean"), (4, 5, H, "clean"),
               (9, 0, H, "listed"))
    check("1 the window is that of mail, and cuts evidence",
          (r["window"]["from"], r["window"]["to"], r["hosts"]["open"]),
          ("2003-08-04T00:00:00Z", "2003-08-06T00:00:00Z", 0))
    r = report((0, 5, "::ffff:10.0.0.1", "clean"), (0, 6, H, "clean"),
               (0, 6, "64:ff9b::a00:1", "clean"),
               (0, 7, "2001:db8::1", "clean"), (0, 7, "2001:db8::2", "clean"))
    check("1 one host in three notations, and a /64", r["hosts"]["all"], 2)
    moved = [(0, 10, H, "policy", "reputation", "a"),
             (1, 10, H, "policy", "reputation", "b"),
             (2, 10, H, "clean", "", "a"), (2, 10, H, "policy", "", "a")]
    check("1 events moved: all, of a client, of a window", [
        report(*moved, options=o)["events_moved"] for o in (
            (), ("--client", "a"), ("--from", "2003-08-02"),
            ("--from", "2003-08-03"))], [2, 1, 1, 0])
    r = report((0, 5, H, "spam"), (0, 6, H, "virus", "A"), (0, 6, H, "spam"),
               (0, 7, H, "spam"), (1, 0, H, "spam"))
    check("2 spam after the first virus, not with it",
          r["shares"]["spam_after_virus"], 0.5)


def order():
    r = report((0, 5, H, "virus", "A"), (0, 5, H, "spam"),
               (1, 0, "10.1.0.1", "virus", "A"), (0, 9, "10.1.0.1", "spam"),
               (0, 0, "10.2.0.1", "virus", "A"), (3, 0, "10.2.0.1", "spam"))
    o = r["order"]["virus_spam"]
    check("5 first, second, tie", (o["first"], o["second"], o["tie"]),
          (1, 1, 1))
    check("5 days between", o["lag_days"], {"-1": 1, "0": 1, "3": 1})
    check("5 the share of the untied, without interval",
          (o["share"]["value"], o["share"]["low"], o["p"]), (0.5, None, 1))
    # day 1: of two exposed one begins, beside one not exposed; day 2: one
    # exposed, and the one that is not begins; day 3: one exposed, alone
    r = report((0, 0, "10.0.0.1", "virus", "A"), (1, 0, "10.0.0.1", "spam"),
               (0, 0, "10.0.0.2", "clean"), (2, 0, "10.0.0.2", "spam"),
               (0, 0, "10.0.0.3", "virus", "A"), (3, 0, "10.0.0.4", "clean"))
    h = r["hazard"]["virus_to_spam"]
    check("6 hazard ratio", h["ratio"]["value"], (1 / 3) / (1 / 2))
    check("6 days and events", (h["exposed_days"], h["events_exposed"],
                                h["events_unexposed"]), (4, 1, 1))
    check("6 log-rank", h["logrank"],
          (1 - 2 / 3 - 1 / 2) ** 2 / (2 / 9 + 1 / 4))


def self_control():
    days = ((0, 0), (13, 1), (13, 2), (14, 3), (15, 0), (18, 0), (28, 0),
            (29, 0))
    r = report((14, 0, H, "virus", "A"),
               *((d, s, H, "spam") for d, s in days))
    s = r["self_control"]
    check("7 outcome days", s["spam"]["days"], [2, 1, 1, 1, 1])
    check("7 rates a period", s["spam"]["periods"],
          [7, 14 / 6, 14 / 8, 14 / 14])
    check("7 the headline", s["spam"]["ratio"]["value"], 2.0)
    check("7 no control", (s["clean"]["ratio"]["value"],
                           s["relative"]["value"]), (None, None))
    check("7 apart", s["apart"]["value"], 2.0)
    check("7 its mirror has no day before", s["mirror"]["value"], None)
    r = report((14, 0, H, "virus", "A"), (15, 0, H, "virus", "A"),
               (15, 0, H, "spam"), (16, 0, H, "spam"), (13, 0, H, "spam"),
               (28, 0, H, "clean"), (0, 0, H, "clean"))
    check("7 apart leaves out days with a virus",
          r["self_control"]["apart"]["value"], (1 * 14) / (1 * 6))
    r = report((0, 0, H, "virus", "A"), (1, 0, "10.0.0.2", "clean"),
               (0, 0, "10.0.0.3", "virus", "A"),
               (4, 0, "10.0.0.3", "policy"))
    check("8 hosts known by viruses alone are left out", r["dose"]["hosts"],
          [1, 1, 0, 0, 0])
    check("12 Chao without doubles", r["population"]["chao"], 2 + 4 / 5)


def families():
    def first_hosts(*rows):
        return {f["name"]: f["first_hosts"] for f in report(
            *rows)["families"]}

    check("9 in the same second: by name in bytes", first_hosts(
        (0, 5, H, "virus", "Zeta"), (0, 5, H, "virus", "Alpha"),
        (1, 5, H, "virus", "Beta")), {"Zeta": 0, "Alpha": 1, "Beta": 0})
    check("9 no label, no family", first_hosts(
        (0, 5, H, "virus", "Alpha"), (0, 5, H, "virus")), {"Alpha": 0})

    def curve(*hosts):
        f = report(*((d, i, f"10.{i}.0.1", "virus", "A")
                     for d, n in enumerate(hosts) for i in range(n)))
        return [f["families"][0][k] for k in (
            "cliff", "start", "peak", "end", "duration")]

    check("9 a cliff, and the curve", curve(1, 20, 20, 20, 2, 0, 1),
          [4, 0, 1, 6, 7])
    for name, hosts, want in (
            ("not on the last day", (20, 20, 20, 2), None),
            ("not where it rises again", (20, 20, 20, 2, 3, 2), None),
            ("not from less than 5", (20, 4, 4, 4, 0, 1), None),
            ("not of a peak below 10", (9, 9, 9, 0, 0, 1), None),
            ("after one day", (20, 2, 1), 1)):
        check("9 a cliff " + name, curve(*hosts)[0], want)


def look_back():
    # 8 days before the reference time, not the virus of its own second
    r = report((5, 0, H, "virus", "A"), (13, 0, H, "spam"),
               (13, 0, H, "virus", "A"), (19, 0, H, "clean"))
    b = r["lookback"]
    check("10 whole days since a virus before the reference",
          b["share_spammers"][6:10], [0, 0, 1, 1])
    check("10 a spammer is no control", (b["controls"], b["lift"][14]),
          (0, None))
    r = report((1, 0, H, "virus", "A"), (2, 0, "10.0.0.2", "spam"),
               (2, 0, "10.0.0.9", "clean"), (3, 0, "10.9.0.1", "spam"),
               (4, 0, "10.9.0.1", "clean"), (0, 0, "10.7.0.1", "clean"))
    p = [x for x in r["neighbourhood"]["prediction"] if x["version"] == 4]
    check("11 /28: half of the new spammers are inside", [
        p[1][k] for k in ("blocks", "spammers", "clean", "share_spammers",
                          "share_clean")], (1, 2, 2, 0.5, 0.5))
    check("11 /32: none is", p[0]["share_spammers"], 0)
    check("11 one host drawn is in one block",
          [x["expected"] for x in r["neighbourhood"]["v4"]], [1] * 5)


def backtest():
    r = report((0, 0, H, "virus", "A"), (0, 0, H, "clean"), (1, 0, H, "clean"),
               (1, 1, H, "clean"), (3, 0, H, "spam"), (3, 1, H, "spam"))
    check("13 strictly before, and 86,400 s are a day",
          rule(r, "virus", "host", 1), 1)
    check("13 three days", (rule(r, "virus", "host", 3),
                            rule(r, "virus", "host", 3, "spam")), (2, 1))
    for name, rows, want in (
            ("both seen, in that second", [
                (0, 5, H, "virus", "A"), (0, 5, H, "relay"),
                (0, 5, H, "clean"), (0, 6, H, "clean")], 1),
            ("or before", [
                (0, 0, H, "proxy"), (1, 5, H, "virus", "A"),
                (1, 5, H, "clean"), (1, 6, H, "clean"),
                (0, 0, H, "policy")], 1),
            ("listed is not open", [
                (0, 5, H, "virus", "A"), (0, 7, H, "listed"),
                (0, 8, H, "clean")], 0)):
        check("13 virus+open: " + name,
              rule(report(*rows), "virus+open", "host", 1), want)
    for name, times, want in (
            ("just seven days", (10, 3 * 86400, 7 * 86400 + 10), 1),
            ("a second more", (10, 3 * 86400, 7 * 86400 + 11), 0),
            ("in one second", (7 * 86400,) * 3, 1)):
        rows = [(0, t, H, "spam") for t in times]
        check("13 spam>=3: " + name,
              rule(report(*rows, (7, 60, H, "clean")), "spam>=3", "host", 1),
              want)
    r = report((0, 10, "10.0.0.7", "virus", "A"),
               (0, 11, "10.0.0.200", "clean"), (0, 11, "10.0.1.7", "clean"))
    check("13 a /24", (rule(r, "virus", "network", 1),
                       rule(r, "virus", "host", 1)), (1, 0))
    r = report((0, 10, "2001:db8:1:1::1", "virus", "A"),
               (0, 11, "2001:db8:1:2::1", "clean"),
               (0, 11, "2001:db8:2::1", "clean"))
    check("13 a /48", rule(r, "virus", "network", 1), 1)


def main():
    os.environ["TZ"] = "UTC"
    words()
    order()
    self_control()
    families()
    look_back()
    backtest()
    print(f"1..{n_tests}")
    return n_bad > 0


if __name__ == "__main__":
    sys.exit(main())
