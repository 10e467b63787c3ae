#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""worlds.py SEED DIR - small random worlds with every edge that we know of

Writes DIR/NAME.csv for each world, and DIR/worlds.txt with a line for each
comparison to make: the world's name and the options of the report. The same
seed gives the same bytes.
"""
import datetime
import os
import random
import sys

DAY = 86400
START = 1059696000                  # 2003-08-01T00:00:00Z
FAMILIES = ["Sobig.E", "Sobig.F", "Mydoom.A", "Klez.H", "Bugbear.B", ""]
CLIENTS = ["", "example.com", "example.net", "Bücher GmbH"]
MAIL = ["clean", "spam", "virus", "policy", "unscanned"]


def v4(rng, networks):
    net = rng.randrange(networks)
    return f"10.{net}.{rng.randrange(4)}.{rng.randrange(256)}"


def v6(rng, networks):
    net = rng.randrange(networks)
    return (f"2001:db{net % 4:x}:{rng.randrange(3):x}:"
            f"{rng.randrange(64):x}::{rng.randrange(1, 9):x}")


def life(rng, host, days, step=1):
    """One host: mail before and after an infection that may come"""
    rows = []

    def at(day):
        return START + day * DAY + rng.randrange(0, DAY, step)

    def add(day, kind, label=""):
        if 0 <= day < days:
            rows.append((at(day), host, kind, label, rng.choice(CLIENTS)))

    busy = rng.choice([0, 0.1, 0.3, 0.8])
    for d in range(days):
        if rng.random() < busy:
            for _ in range(rng.choice([1, 1, 2, 5])):
                add(d, rng.choice(["clean"] * 6 + ["policy", "unscanned"]))
        if rng.random() < 0.01:
            add(d, "spam")
    if rng.random() < 0.35:
        start = rng.randrange(days)
        family = rng.choice(FAMILIES)
        for d in range(start, min(days, start + rng.choice([1, 2, 3, 6, 12]))):
            for _ in range(rng.choice([0, 1, 1, 3])):
                add(d, "virus", family)
        if rng.random() < 0.15:
            add(start + 1, "virus", rng.choice(FAMILIES))
        if rng.random() < 0.5:
            add(start + rng.randrange(4), rng.choice(
                ["proxy", "proxy", "relay", "backdoor"]), "http")
            for d in range(start, days):
                if rng.random() < 0.4:
                    for _ in range(rng.choice([1, 2, 12])):
                        add(d, "spam")
    if rng.random() < 0.03:
        add(rng.randrange(days), rng.choice(["proxy", "listed"]), "list")
    return rows


def many(rng, hosts, days, networks, address=v4, step=1):
    rows = []
    for _ in range(hosts):
        rows += life(rng, address(rng, networks), days, step)
    return rows


def outbreak(rng):
    """Families with curves: growth, a peak, and one that stops in a day"""
    rows = many(rng, 300, 40, 40)
    for name, start, curve in (
            ("Sobig.F", 5, [2, 4, 9, 17, 30, 60, 58, 40, 40, 35, 30, 0, 1]),
            ("Klez.H", 0, [12, 9, 14, 11, 10, 12, 9, 11] * 5),
            ("Mydoom.A", 20, [3, 5, 11, 30, 20, 12, 8, 3, 2, 2, 1])):
        for i, n in enumerate(curve):
            for _ in range(n):
                t = START + (start + i) * DAY + rng.randrange(DAY)
                host = v4(rng, 40)
                rows.append((t, host, "virus", name, ""))
                if name != "Klez.H" and rng.random() < 0.5:
                    rows.append((t + rng.randrange(8 * DAY), host, "spam",
                                 "", ""))
    return [r for r in rows if r[0] < START + 40 * DAY]


def null(rng):
    """Spam and viruses that know nothing of each other, over many hosts"""
    rows = []
    for _ in range(900):
        host = v4(rng, 60)
        for kind, chance in (("clean", 0.5), ("spam", 0.06), ("virus", 0.05),
                             ("proxy", 0.01)):
            if rng.random() < (1 if kind == "clean" else 0.6):
                for d in range(30):
                    if rng.random() < chance:
                        rows.append((START + d * DAY + rng.randrange(DAY),
                                     host, kind, rng.choice(FAMILIES)
                                     if kind == "virus" else "", ""))
    return rows


def turned(rng, rows):
    """Virus and spam change places; the second half of all is unseen"""
    swap = {"virus": "spam", "spam": "virus"}
    out = []
    for t, host, kind, label, client in rows:
        kind = swap.get(kind, kind)
        label = rng.choice(FAMILIES) if kind == "virus" else ""
        if t > START + 20 * DAY and kind in MAIL and rng.random() < 0.9:
            kind, label = "policy", ""
        out.append((t, host, kind, label, client))
    return out


def newcomers(rng):
    """Clean mail enough for a control, and none of it before the virus"""
    rows = []
    for _ in range(600):
        host, first = v4(rng, 60), rng.randrange(15, 25)
        rows.append((START + first * DAY + rng.randrange(DAY), host, "virus",
                     "Klez.H", ""))
        for d in range(first - 14, 40):
            for kind, chance in (("clean", 0.4 if d > first else 0),
                                 ("spam", 0.3 if d > first else 0.03)):
                if rng.random() < chance:
                    rows.append((START + d * DAY + rng.randrange(DAY), host,
                                 kind, "", ""))
    return rows


def chaos(rng):
    """Anything, of any size"""
    days = rng.choice([1, 2, 3, 7, 8, 9, 13, 14, 15, 16, 30])
    networks = rng.choice([1, 5, 12, 40])
    step = rng.choice([1, 3600, DAY // 2, DAY])
    kinds = MAIL + ["relay", "proxy", "backdoor", "listed"]
    weights = [rng.random() ** 2 for _ in kinds]
    rows = []
    for _ in range(rng.choice([3, 30, 300])):
        host = rng.choice([v4, v4, v6])(rng, networks)
        for _ in range(rng.choice([1, 2, 5, 15])):
            kind = rng.choices(kinds, weights)[0]
            rows.append((START + rng.randrange(0, days * DAY, step), host,
                         kind, rng.choice(FAMILIES)
                         if kind == "virus" else "", rng.choice(CLIENTS)))
    return rows


def by_address(rows):
    """Some refusals rest on the address; a label of other kinds does not"""
    return [(t, host, kind, "reputation" if t % 3 == 0 and
             kind in ("policy", "unscanned") else label, client)
            for t, host, kind, label, client in rows]


def one_host(rng):
    return [(t, "192.0.2.7", k, label, "") for t, k, label in (
        (START + 10, "clean", ""), (START + DAY, "virus", "Klez.H"),
        (START + DAY, "spam", ""), (START + 3 * DAY, "spam", ""),
        (START + 4 * DAY, "proxy", "socks"))]


def iso(seconds):
    """Seconds after the start, as the options want it"""
    t = datetime.datetime.fromtimestamp(START + seconds,
                                        datetime.timezone.utc)
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def worlds(rng):
    """name -> (rows, options of the reports to compare)"""
    whole = [""]
    evidence = [(START + 5, "198.51.100.9", "proxy", "http", ""),
                (START + 9 * DAY, "198.51.100.9", "listed", "a list", ""),
                (START + 2 * DAY, "2001:db8::7", "relay", "", "")]
    big = many(rng, 1200, 40, 60)
    cut = f"--from {iso(9 * DAY + 3333)} --to {iso(31 * DAY + 44444)}"
    out = {
        "nothing": ([], whole),
        "no-mail": (evidence, whole),
        "one-host": (one_host(rng), whole),
        "one-day": (many(rng, 300, 1, 30), whole),
        "ties": (many(rng, 250, 16, 24, step=DAY // 2), whole),
        "few-groups": (many(rng, 300, 25, 3), whole),
        "v6-only": (many(rng, 200, 30, 4, v6), whole),
        "mixed": (by_address(many(rng, 250, 30, 50)) +
                  many(rng, 100, 30, 4, v6) + evidence,
                  whole + ["--client example.net"]),
        "outbreak": (outbreak(rng), whole),
        "null": (null(rng), whole),
        "turned": (turned(rng, many(rng, 800, 40, 60)), whole),
        "newcomers": (newcomers(rng), whole),
        "chaos-1": (by_address(chaos(rng)), whole),
        "chaos-2": (chaos(rng), whole),
        "chaos-3": (chaos(rng), whole),
        "cut": (big, [cut, cut + " --client example.com",
                      f"--from {iso(38 * DAY)}"]),
    }
    return out


def main():
    seed, folder = int(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "worlds.txt"), "w") as plan:
        for name, (rows, options) in worlds(random.Random(seed)).items():
            random.Random(seed).shuffle(rows)
            path = os.path.join(folder, name + ".csv")
            with open(path, "w", encoding="utf-8", newline="\n") as f:
                f.write("time,host,kind,label,client\n")
                for r in rows:
                    f.write(",".join(str(x) for x in r) + "\n")
            for o in options:
                plan.write(f"{name} {o}".rstrip() + "\n")


if __name__ == "__main__":
    main()
