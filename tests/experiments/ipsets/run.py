#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [--shared DIR] [--rapsheet PROGRAM] [--check | --write] [DOC SVG]

Makes every table of doc/experiments/ipsets.md, and its figure, from the
published lists in DIR/data (else $RAPSHEET_SHARED). Alone it prints them;
--write puts them into the document; --check says where document or figure
differ from a fresh run, and which number of the results' prose is in no
table. Prints sums only, never an address.
"""
import argparse
import concurrent.futures
import difflib
import ipaddress
import json
import math
import os
import re
import subprocess
import sys
import tempfile

import lists
import stats

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
EXPOSED = ("socks", "web", "server", "scan", "form", "password")
WINDOW = (1465689600, 1465948800)       # 2016-06-12 to 2016-06-15
HOUR = 3600


def number(x):
    if x is None:
        return "–"
    if x == 0:
        return "0"
    if abs(x) >= 100:
        return f"{x:,.0f}"
    return f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}"


def with_interval(three):
    v, low, high = three
    if v is None:
        return "–"
    if low is None:
        return f"{number(v)} (no interval)"
    return f"{number(v)} ({number(low)}–{number(high)})"


def table(head, rows):
    out = ["| " + " | ".join(head) + " |",
           "|" + "|".join("---" if i == 0 else "--:"
                          for i in range(len(head))) + "|"]
    out += ["| " + " | ".join(str(c) for c in r) + " |" for r in rows]
    return "\n".join(out)


def thousands(n):
    return f"{n:,}"


def make_data(june, august):
    rows = []
    for name in ("nixspam", "improware", "worm", "mailattack") + EXPOSED:
        row = [lists.NAMES.get(name, "ImproWare worm list")]
        for kinds in (june, august):
            k = kinds[name]
            row += [thousands(len(k.base)), thousands(len(k.first))]
        row.append(len(june[name].lists))
        row.append(", ".join(sorted(set(june[name].dead)
                                    | set(august[name].dead))) or "none")
        rows.append(row)
    return table(("kind", "June: at start", "new", "August: at start", "new",
                  "lists", "left out as stale (either)"), rows)


def make_copies(tables, june):
    def share(a, b):
        a, b = (tables[n].base | set(tables[n].first) for n in (a, b))
        return (thousands(len(a)), thousands(len(a & b)),
                f"{100 * len(a & b) / len(a):.0f}%")
    pairs = (("proxyrss_30d", "proxylists_30d"),
             ("proxyspy_30d", "proxylists_30d"),
             ("alienvault_reputation", "bds_atif"),
             ("zeus_badips", "zeus"),
             ("blocklist_de_imap", "blocklist_de_mail"),
             ("iw_spamlist", "nixspam"),
             ("socks_proxy_1d", "nixspam"),
             ("socks_proxy_1d", "blocklist_de_mail"),
             ("socks_proxy_30d", "nixspam"),
             ("proxylists_30d", "nixspam"),
             ("sslproxies_30d", "nixspam"),
             ("bambenek_c2", "nixspam"))
    return table(("list", "its addresses", "also on", "how many", "share"),
                 [(a, s[0], b, s[1], s[2])
                  for a, b in pairs for s in (share(a, b),)])


def ladder_of(kinds):
    spam = kinds["nixspam"].ever
    return {n: [stats.lift(kinds[n].base, spam, b) for b in (0, 8, 16, 24)]
            for n in EXPOSED}


def make_ladder(ladder):
    rows = []
    for n, steps in ladder.items():
        rows.append([lists.NAMES[n], thousands(steps[0].counts["both"])]
                    + [with_interval(r.interval()) for r in steps])
    return table(("on a list of at the start", "also on NiX Spam",
                  "lift, all addresses", "same /8", "same /16",
                  "same /24"), rows)


def make_neighbours(june, august):
    rows = []
    for n in EXPOSED:
        row = [lists.NAMES[n]]
        for kinds, outcome in ((june, "nixspam"), (august, "nixspam"),
                               (june, "improware"), (june, "form"),
                               (june, "password")):
            if outcome == n:
                row.append("same list")
                continue
            r = stats.neighbours(kinds[n].base, kinds[outcome].base,
                                 kinds[outcome].first)
            c = r.counts
            text = with_interval(r.interval())
            if outcome == "nixspam":
                text += f"; {c['e1']} of {thousands(c['n1'])}"
            row.append(text)
        rows.append(row)
    row = ["*sham: the address beside a SOCKS proxy*"]
    for kinds in (june, august):
        sham = {h ^ 1 for h in kinds["socks"].base} - kinds["socks"].base
        r = stats.neighbours(sham, kinds["nixspam"].base,
                             kinds["nixspam"].first)
        row.append(f"{with_interval(r.interval())}; {r.counts['e1']} of "
                   f"{thousands(r.counts['n1'])}")
    rows.append(row + ["", "", ""])
    return table(("on a list of at the start", "NiX Spam, June",
                  "NiX Spam, August", "ImproWare, June", "web-form spam, June",
                  "password guessing, June"), rows)


def make_quotients(june, august):
    def risk(kinds, n, outcome="nixspam"):
        return stats.neighbours(kinds[n].base, kinds[outcome].base,
                                kinds[outcome].first)

    rows = []
    for a, b in (("socks", "form"), ("socks", "scan"), ("socks", "web"),
                 ("web", "form"), ("server", "scan")):
        rows.append([f"{lists.NAMES[a]} ÷ {lists.NAMES[b]}"]
                    + [with_interval(stats.quotient(risk(k, a), risk(k, b)))
                       for k in (june, august)])
    for name, n, most in (("SOCKS without the 10 fullest /24s", "socks", 10),
                          ("other proxies, not on the SOCKS list", "web", 0)):
        row = [f"{name} ÷ scanners on no proxy list"]
        for k in (june, august):
            open_, spam = k["socks"].base | k["web"].base, k["nixspam"]
            hosts = k[n].base - (k["socks"].base if n == "web" else set())
            pair = [stats.neighbours(h, spam.base, spam.first)
                    for h in (crowded(hosts, most), k["scan"].base - open_)]
            row.append(with_interval(stats.quotient(*pair)))
        rows.append(row)
    for n in ("socks", "web", "server"):
        row = [f"{lists.NAMES[n]} → spam ÷ spam → {lists.NAMES[n]}"]
        for k in (june, august):
            mirror = stats.neighbours(k["nixspam"].base, k[n].base,
                                      k[n].first)
            row.append(with_interval(stats.quotient(risk(k, n), mirror)))
        rows.append(row)
    return table(("ratio of two ratios", "June", "August"), rows)


def make_cohorts(june, august):
    rows = []
    for control in ("scan", "form", "web", "mailattack"):
        for bits in (0, 16):
            row = [lists.NAMES[control], "same /16" if bits else "none"]
            for k in (june, august):
                r = stats.cohort(k["socks"].base, k[control].base,
                                 k["nixspam"].base, k["nixspam"].first, bits)
                c = r.counts
                if bits:
                    row += [thousands(c["strata"]), with_interval(r.interval())]
                else:
                    row += [f"{c['e1']} of {thousands(c['n1'])} v. "
                            f"{thousands(c['e0'])} of {thousands(c['n0'])}",
                            number(c["e1"] * c["n0"] / c["n1"] / c["e0"])]
            rows.append(row)
    return table(("compared with", "adjusted for", "June: cases or strata",
                  "risk ratio", "August: cases or strata", "risk ratio"),
                 rows)


def make_order(june, august):
    rows = []
    for month, k in (("June", june), ("August", august)):
        for n in ("socks", "web", "server"):
            o = stats.order(k[n].first, k["nixspam"].first)
            odds = o["odds"].interval()
            share = [None if x is None else x / (1 + x) for x in odds]
            rows.append([f"{lists.NAMES[n]}, {month}", o["both"],
                         f"{o['first']} / {o['second']} / {o['tie']}",
                         with_interval(share), number(o["expected"])])
    return table(("new on both lists", "hosts",
                  "this list first / spam first / tie",
                  "share with this list first", "expected of chance"), rows)


def make_beside(june, t0, t1):
    rows = []
    for n in ("socks", "web"):
        for hours in (3, 6, 12):
            r = stats.beside(june[n].first, june["nixspam"].plus, t0, t1,
                             hours * HOUR)
            c = r.counts
            rows.append([lists.NAMES[n], hours, thousands(c["hosts"]),
                         c["before"], c["after"],
                         with_interval(r.interval())])
    return table(("newly on a list of", "hours each side", "hosts",
                  "reported to NiX Spam before only", "after only",
                  "after ÷ before"), rows)


def crowded(hosts, most):
    """Hosts outside the `most` /24s that hold the most of them"""
    n = {}
    for h in hosts:
        n[h >> 8] = n.get(h >> 8, 0) + 1
    worst = set(sorted(n, key=lambda b: (-n[b], b))[:most])
    return {h for h in hosts if h >> 8 not in worst}


def make_robust(tables, june, august):
    def at(name):
        return tables[name].base
    spam = june["nixspam"]
    web = june["web"].base
    socks = june["socks"].base
    variants = [("SOCKS, as above", socks),
                ("SOCKS, seen in the last day only", at("socks_proxy_1d")),
                ("SOCKS, not on a mail-attack list",
                 socks - june["mailattack"].base),
                ("SOCKS, not on any other proxy list", socks - web),
                ("SOCKS, without the 10 fullest /24s", crowded(socks, 10)),
                ("SOCKS, one host per /24 (the lowest)",
                 {min(g) for g in by_net(socks).values()}),
                ("proxylists_30d", at("proxylists_30d")),
                ("ri_web_proxies_30d", at("ri_web_proxies_30d")),
                ("sslproxies_30d", at("sslproxies_30d")),
                ("other proxies, not on the SOCKS list", web - socks),
                ("web-form spammers, on no proxy list",
                 june["form"].base - web - socks),
                ("scanners and attackers, on no proxy list",
                 june["scan"].base - web - socks)]
    rows = []
    for name, hosts in variants:
        r = stats.neighbours(hosts, spam.base, spam.first)
        c = r.counts
        rows.append([name, f"{c['e1']} of {thousands(c['n1'])}",
                     f"{100 * c['e1'] / c['n1']:.1f}%",
                     with_interval(r.interval())])
    return table(("June, exposure", "new on NiX Spam", "share",
                  "against /24 neighbours"), rows)


def by_net(hosts):
    out = {}
    for h in hosts:
        out.setdefault(h >> 8, []).append(h)
    return out


def write_events(path, tables, june, exposure, policy, t0):
    """rapsheet's CSV: NiX Spam is spam, `policy` what was refused for other
    reasons, and `exposure` takes the place of virus (it is no virus mail)"""
    parts = [("spam", ["nixspam"]), ("virus", june[exposure].lists),
             ("policy", june[policy].lists)]
    if exposure == "worm":
        parts.append(("proxy", june["socks"].lists + june["web"].lists))
    with open(path, "w") as f:
        f.write("time,host,kind,label\n")
        for kind, names in parts:
            for n in names:
                t = tables[n]
                rows = {(t0, h) for h in t.base}
                rows |= {(max(s, t0), h) for s, h in t.plus}
                for s, h in sorted(rows):
                    f.write(f"{s},{ipaddress.ip_address(h)},{kind},{n}\n")


def judge(program, path):
    run = subprocess.run([program, "report", "--json", "--from",
                          str(WINDOW[0]), "--to", str(WINDOW[1]), path],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode:
        sys.exit(run.stderr.decode())
    return json.loads(run.stdout)


def triple(d):
    return with_interval((d["value"], d["low"], d["high"]))


def make_rapsheet(program, tables, june, t0):
    rows = []
    with tempfile.TemporaryDirectory() as tmp:
        for exposure, policy in (("worm", "mailattack"),
                                 ("socks", "mailattack"), ("socks", "scan"),
                                 ("web", "mailattack"), ("web", "scan"),
                                 ("server", "mailattack"),
                                 ("server", "scan")):
            path = f"{tmp}/events.csv"
            write_events(path, tables, june, exposure, policy, t0)
            r = judge(program, path)
            o = r["overlap"]
            over = o["open_spam"] if exposure == "worm" else o["virus_spam"]
            rows.append([lists.NAMES.get(exposure, "ImproWare worm list")
                         + (" (no stand-in)" if exposure == "worm" else ""),
                         lists.NAMES[policy], thousands(r["hosts"]["virus"]),
                         number(over["lift"]),
                         triple(r["adjusted"]["virus_spam"]["odds"]),
                         triple(r["hazard"]["virus_to_spam"]["ratio"]),
                         triple(r["hazard"]["spam_to_virus"]["ratio"]),
                         triple(r["hazard"]["arrow"]),
                         r["verdict"]["result"].replace("_", " ")])
    return table(("in the place of *virus*", "other mail hosts", "hosts",
                  "lift (3)", "MH odds (4)", "hazard → spam (6)",
                  "spam → (6)", "arrow", "verdict (14)"), rows)


SNAPSHOTS = (("2018-04", 1524220145), ("2022-01", 1643023632))


def make_snapshots(data):
    rows = []
    for year, now in SNAPSHOTS:
        live, nets = lists.snapshot_of(data, year, now)
        centres = centres_of(nets.get("datacenters", []))
        for n in ("socks", "web", "server", "scan", "form"):
            names = [x for x in lists.CLASSES[n] if x in live]
            hosts = set().union(*(live[x] for x in names)) if names else set()
            row = [f"{lists.NAMES[n]}, {year}", len(names),
                   thousands(len(hosts))]
            inside = sum(h >> 8 in centres for h in hosts)
            row.append(f"{100 * inside / len(hosts):.0f}%"
                       if centres and hosts else "–")
            for other in ("nixspam", "blocklist_de_mail"):
                if other not in live:
                    row.append("list dead")
                    continue
                r = stats.lift(hosts, live[other], 16)
                row.append(f"{r.counts['both']}; "
                           f"{with_interval(r.interval())}")
            rows.append(row)
    return table(("kind, snapshot", "lists alive", "hosts",
                  "in data centres", "NiX Spam: both; lift in /16",
                  "mail attacks: both; lift in /16"), rows)


def centres_of(nets):
    out = set()
    for n in nets:
        first = int(n.network_address) >> 8
        if n.prefixlen <= 24:
            out |= set(range(first, first + (1 << 24 - n.prefixlen)))
    return out


def make_svg(ladder):
    """Lift by how near the comparison is; logarithmic"""
    left, top, width, height = 70, 20, 420, 260
    colour = ("#b2182b", "#ef8a62", "#2166ac", "#666666", "#1b7837",
              "#762a83")
    steps = ("all addresses", "same /8", "same /16", "same /24")

    def y(v):
        return top + height * (1 - math.log10(v) / 4)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 320" '
           'font-family="sans-serif" font-size="12">',
           '<rect width="700" height="320" fill="white"/>']
    for p in range(5):
        out.append(f'<path d="M{left} {y(10 ** p):.1f}h{width}" '
                   'stroke="#ddd"/>')
        out.append(f'<text x="{left - 8}" y="{y(10 ** p) + 4:.1f}" '
                   f'text-anchor="end">{10 ** p:,}</text>')
    for i, s in enumerate(steps):
        out.append(f'<text x="{left + 30 + i * 120}" y="{top + height + 20}" '
                   f'text-anchor="middle">{s}</text>')
    names = sorted(ladder, key=lambda n: EXPOSED.index(n))
    for j, n in enumerate(names):
        pts = [(left + 15 + 6 * j + 120 * i, r.interval())
               for i, r in enumerate(ladder[n])]
        out.append('<polyline fill="none" stroke="%s" points="%s"/>' % (
            colour[j], " ".join(f"{x},{y(v[0]):.1f}" for x, v in pts)))
        for x, (v, low, high) in pts:
            out.append(f'<circle cx="{x}" cy="{y(v):.1f}" r="3" '
                       f'fill="{colour[j]}"/>')
            if low:
                out.append(f'<path d="M{x} {y(low):.1f}V{y(high):.1f}" '
                           f'stroke="{colour[j]}"/>')
        out.append(f'<text x="510" y="{top + 20 + 20 * j}" '
                   f'fill="{colour[j]}">{lists.NAMES[n]}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def make_all(data, program):
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        snapshots = pool.submit(make_snapshots, data)
        tables, june, t0, t1 = lists.kinds_of(data, "2016-06")
        august = lists.kinds_of(data, "2016-08")[1]
        ladder = ladder_of(june)
        blocks = {
            "data": make_data(june, august),
            "copies": make_copies(tables, june),
            "ladder": make_ladder(ladder),
            "neighbours": make_neighbours(june, august),
            "quotients": make_quotients(june, august),
            "cohorts": make_cohorts(june, august),
            "order": make_order(june, august),
            "beside": make_beside(june, t0, t1),
            "robust": make_robust(tables, june, august),
            "rapsheet": make_rapsheet(program, tables, june, t0),
        }
        blocks["snapshots"] = snapshots.result()
    return blocks, make_svg(ladder)


BLOCK = re.compile(r"(<!-- run\.py: (\w+) -->\n).*?(<!-- end -->)", re.S)


def fill(doc, blocks):
    return BLOCK.sub(lambda m: m[1] + blocks[m[2]] + "\n" + m[3], doc)


def unsupported(doc, blocks):
    """Bold numbers of the prose that stand in no table"""
    known = set(re.findall(r"\d[\d,.]*\d|\d", " ".join(blocks.values())))
    prose = BLOCK.sub("", doc)
    bold = " ".join(re.findall(r"\*\*(.+?)\*\*", prose, re.S))
    return [n for n in re.findall(r"\d[\d,.]*\d|\d", bold) if n not in known]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--shared", default=os.environ.get("RAPSHEET_SHARED"))
    p.add_argument("--rapsheet", default=f"{ROOT}/build/cmd/rapsheet")
    p.add_argument("--check", action="store_true")
    p.add_argument("--write", action="store_true")
    p.add_argument("doc", nargs="?",
                   default=f"{ROOT}/doc/experiments/ipsets.md")
    p.add_argument("svg", nargs="?",
                   default=f"{ROOT}/doc/experiments/ipsets.svg")
    a = p.parse_args()
    if not a.shared:
        p.error("where are the lists? --shared DIR or RAPSHEET_SHARED")
    blocks, svg = make_all(f"{a.shared}/data", a.rapsheet)
    if not a.check and not a.write:
        for name, text in blocks.items():
            print(f"## {name}\n\n{text}\n")
        return 0
    with open(a.doc) as f:
        old = f.read()
    new = fill(old, blocks)
    if a.write:
        with open(a.doc, "w") as f:
            f.write(new)
        with open(a.svg, "w") as f:
            f.write(svg)
        old = new
    with open(a.svg) as f:
        same = f.read() == svg
    bad = unsupported(old, blocks)
    sys.stdout.writelines(difflib.unified_diff(
        old.splitlines(True), new.splitlines(True), "document", "fresh run"))
    if not same:
        print("the figure differs from a fresh run")
    if bad:
        print("in bold, but in no table:", " ".join(bad))
    if old == new and same and not bad:
        print("document and figure agree with a fresh run")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
