#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""report.py [--from T] [--to T] [--client NAME] FILE.csv

The oracle: prints the report of one generic CSV (time,host,kind,label,client)
as JSON, written from MEASURES alone. It is slow and obvious on purpose. It
keeps every event of every host in memory and walks over all of them again for
each figure and each jackknife replicate; it shares no idea with the program
that it checks. Numbers in comments are those of the sections of MEASURES.

Keys that it does not compute are absent (verdict.missing, families.known), so
that compare.py can say what was compared.
"""
import argparse
import csv
import datetime
import ipaddress
import json
import math
import sys
from fractions import Fraction

import numpy
from scipy import stats

DAY = 86400
MAIL = ("clean", "spam", "virus", "policy", "unscanned")
OPEN = ("relay", "proxy", "backdoor")
EVIDENCE = OPEN + ("listed",)
KINDS = MAIL + EVIDENCE
MASK = (1 << 64) - 1


# ------------------------------------------------------------------- 1. words

def key_of(text):
    a = ipaddress.ip_address(text)
    if a.version == 4:
        return int(a)
    n = int(a)
    if n == 1:                      # ::1 is loopback
        return 127 << 24 | 1
    if n >> 32 in (0xffff, 0x0064ff9b << 64):
        return n & 0xffffffff
    return n >> 64


def is_v4(key):
    return key < 1 << 32


def network_of(key):
    return key >> 16 if is_v4(key) else key >> 32


def group_of(key):
    z = network_of(key)
    z ^= z >> 30
    z = z * 0xbf58476d1ce4e5b9 & MASK
    z ^= z >> 27
    z = z * 0x94d049bb133111eb & MASK
    z ^= z >> 31
    return z >> 58


def seconds_of(text):
    text = text.strip()
    if text.isdigit() and len(text) != 8:
        return int(text)
    t = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if t.tzinfo is None:
        t = t.replace(tzinfo=datetime.timezone.utc)
    return int(t.timestamp())


def iso(t):
    return datetime.datetime.fromtimestamp(
        t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Host:
    """All that one host did in the window: (time, kind, label, client)."""

    def __init__(self, key, first_day):
        self.key = key
        self.group = group_of(key)
        self.first_day = first_day
        self.events = []

    def day(self, t):
        return t // DAY - self.first_day

    def times(self, *kinds):
        return sorted(e[0] for e in self.events if e[1] in kinds)

    def has(self, *kinds):
        return any(e[1] in kinds for e in self.events)

    def first(self, *kinds):
        return min(self.times(*kinds))

    def finish(self):
        """Days by kind and first days, asked for again and again."""
        self.days = {k: {self.day(e[0]) for e in self.events if e[1] == k}
                     for k in KINDS}
        self.in_U = self.has(*MAIL)
        self.in_V = self.has("virus")
        self.in_S = self.has("spam")
        self.in_C = self.has("clean")
        self.in_R = self.has(*OPEN)
        self.in_L = self.has("listed")
        self.tv = self.first("virus") if self.in_V else None
        self.ts = self.first("spam") if self.in_S else None
        self.tr = self.first(*OPEN) if self.in_R else None
        self.tc = self.first("clean") if self.in_C else None
        self.dv = self.day(self.tv) if self.in_V else None
        self.ds = self.day(self.ts) if self.in_S else None
        self.dr = self.day(self.tr) if self.in_R else None
        self.dc = self.day(self.tc) if self.in_C else None
        self.n_other_mail = sum(
            e[1] in MAIL and e[1] != "virus" for e in self.events)
        self.family = self.find_family()

    def find_family(self):
        """The family of the first virus event (9)"""
        if not self.in_V:
            return None
        names = sorted(e[2].encode() for e in self.events
                       if e[1] == "virus" and e[0] == self.tv)
        return names[0].decode() or None


class World:
    def __init__(self, rows, lo, hi, client):
        # One window for all clients: what one of them got plays no part in it.
        mail = [r[0] for r in rows if r[2] in MAIL]
        spread = mail or [r[0] for r in rows]
        if lo is None:
            lo = min(spread, default=0) // DAY * DAY
        if hi is None:
            hi = (max(spread, default=0) // DAY + 1) * DAY
        if client is not None:
            rows = [r for r in rows if r[2] in EVIDENCE or r[4] == client]
        self.lo, self.hi = lo, hi
        self.first_day = lo // DAY
        self.D = (hi - 1) // DAY - self.first_day + 1 if hi > lo else 0
        by_key = {}
        for t, key, kind, label, who in rows:
            if not lo <= t < hi:
                continue
            if key not in by_key:
                by_key[key] = Host(key, self.first_day)
            by_key[key].events.append((t, kind, label, who))
        self.hosts = [by_key[k] for k in sorted(by_key)]
        for h in self.hosts:
            h.finish()


def read_rows(path):
    rows = []
    with open(path, newline="") as f:
        for r in csv.DictReader(f):
            key = key_of(r["host"])
            if is_v4(key) and key >> 24 == 127:
                continue            # loopback is never charged
            assert r["kind"] in KINDS, r
            rows.append((seconds_of(r["time"]), key, r["kind"],
                         r.get("label") or "", r.get("client") or ""))
    return rows


def divide(a, b):
    return a / b if b else None


def log(x):
    return math.log(x) if x else None


def p_of_z(z):
    return None if z is None else 2 * stats.norm.sf(abs(z))


def p_of_chi2(x, df=1):
    return None if x is None else stats.chi2.sf(x, df)


# ----------------------------------------- 1. errors that survive clustering

def jackknife_se(hosts, estimate, concerns):
    """SE of estimate(hosts), leaving out one group after the other.

    estimate(hosts) gives a number or None; concerns(hosts of one group) says
    whether a counter behind it is not 0 there. None where there is no SE.
    """
    groups = []
    for g in range(64):
        own = [h for h in hosts if h.group == g]
        if own and concerns(own):
            groups.append(g)
    G = len(groups)
    if G < 10:
        return None
    without = []
    for g in groups:
        x = estimate([h for h in hosts if h.group != g])
        if x is None:
            return None
        without.append(x)
    mean = math.fsum(without) / G
    return math.sqrt((G - 1) / G * math.fsum((x - mean) ** 2 for x in without))


def interval(value, low, high):
    return {"value": value, "low": low, "high": high}


def ratio_with_interval(hosts, ratio, concerns):
    """A ratio, jackknifed as a logarithm. Also its SE."""
    value = ratio(hosts)
    if log(value) is None:
        return interval(value, None, None), None
    se = jackknife_se(hosts, lambda some: log(ratio(some)), concerns)
    if se is None:
        return interval(value, None, None), None
    return interval(value, math.exp(math.log(value) - 1.96 * se),
                    math.exp(math.log(value) + 1.96 * se)), se


def share_with_interval(hosts, share, concerns):
    value = share(hosts)
    if value is None:
        return interval(None, None, None)
    se = jackknife_se(hosts, share, concerns)
    if se is None:
        return interval(value, None, None)
    return interval(value, max(0.0, value - 1.96 * se),
                    min(1.0, value + 1.96 * se))


def quotient(f, g):
    """hosts -> f(hosts) / g(hosts), None where either has no value"""
    def both(hosts):
        a, b = f(hosts), g(hosts)
        return None if a is None or b is None else divide(a, b)
    return both


def either(f, g):
    return lambda hosts: f(hosts) or g(hosts)


# ---------------------------------------------------------- 2. traffic shares

def count_events(world):
    return {k: sum(e[1] == k for h in world.hosts for e in h.events)
            for k in KINDS}


def count_moved(world):
    """Refused for the address's reputation: not spam, by the rule of 1"""
    return sum(e[1] == "policy" and e[2] == "reputation"
               for h in world.hosts for e in h.events)


def count_hosts(world):
    hs = world.hosts
    return {"all": sum(h.in_U for h in hs), "virus": sum(h.in_V for h in hs),
            "spam": sum(h.in_S for h in hs), "clean": sum(h.in_C for h in hs),
            "open": sum(h.in_R for h in hs),
            "listed": sum(h.in_L for h in hs)}


def shares_of(pairs):
    """pairs: (host, mail event) of the mail looked at"""
    mail = len(pairs)
    spam = [(h, e) for h, e in pairs if e[1] == "spam"]
    n = len(spam)
    return {
        "spam_of_mail": divide(n, mail),
        "virus_of_mail": divide(sum(e[1] == "virus" for h, e in pairs), mail),
        "spam_from_open": divide(sum(h.in_R for h, e in spam), n),
        "spam_from_virus": divide(sum(h.in_V for h, e in spam), n),
        "spam_after_virus": divide(
            sum(h.in_V and e[0] > h.tv for h, e in spam), n),
    }


def shares(world):
    pairs = [(h, e) for h in world.hosts for e in h.events if e[1] in MAIL]
    out = shares_of(pairs)
    out["by_client"] = []
    for name in sorted({e[3] for h, e in pairs}, key=str.encode):
        some = [(h, e) for h, e in pairs if e[3] == name]
        row = {"name": name or None}
        row.update({k: sum(e[1] == k for h, e in some) for k in MAIL})
        row.update(shares_of(some))
        out["by_client"].append(row)
    out["by_day"] = []
    for d in range(world.D):
        some = [(h, e) for h, e in pairs if h.day(e[0]) == d]
        row = {"day": d}
        row.update({k: sum(e[1] == k for h, e in some) for k in MAIL})
        row.update(shares_of(some))
        out["by_day"].append(row)
    return out


# ------------------------------------------------------------------ 3. overlap

def fisher(both, a, b, n):
    """Exact two-sided p, in whole numbers and fractions throughout"""
    lo, hi = max(0, a + b - n), min(a, b)
    weight = {k: math.comb(a, k) * math.comb(n - a, b - k)
              for k in range(lo, hi + 1)}
    limit = weight[both] * (1 + Fraction(1, 10 ** 7))
    rare = sum(w for w in weight.values() if w <= limit)
    return float(Fraction(rare, sum(weight.values())))


def overlap_of(hosts, in_a, in_b):
    U = [h for h in hosts if h.in_U]
    n = len(U)
    a = sum(in_a(h) for h in U)
    b = sum(in_b(h) for h in U)
    both = sum(in_a(h) and in_b(h) for h in U)
    expected = divide(a * b, n)
    c11, c10, c01, c00 = both, a - both, b - both, n - a - b + both
    chi2 = phi = fisher_p = None
    cells = [c11, c10, c01, c00]
    if 0 in cells:
        cells = [c + 0.5 for c in cells]
    odds = cells[0] * cells[3] / (cells[1] * cells[2])
    margins = a * (n - a) * b * (n - b)
    if margins:
        phi = (c11 * c00 - c10 * c01) / math.sqrt(margins)
        chi2 = n * (c11 * c00 - c10 * c01) ** 2 / margins
    if n and min(x * y / n for x in (a, n - a) for y in (b, n - b)) < 5:
        fisher_p = fisher(both, a, b, n)
    return {"a": a, "b": b, "both": both, "share_a": divide(both, a),
            "share_b": divide(both, b), "expected": expected,
            "lift": None if expected is None else divide(both, expected),
            "odds": odds, "phi": phi, "chi2": chi2, "p": p_of_chi2(chi2),
            "fisher_p": fisher_p}


def overlap(world):
    hs = world.hosts
    V, S, R = (lambda h: h.in_V), (lambda h: h.in_S), (lambda h: h.in_R)
    return {"virus_open": overlap_of(hs, V, R),
            "virus_spam": overlap_of(hs, V, S),
            "open_spam": overlap_of(hs, R, S),
            "virus_openspam": overlap_of(
                hs, V, lambda h: h.in_R and h.in_S)}


# --------------------------------------------------------- 4. adjusted overlap

def strata_of(hosts):
    out = {}
    for h in hosts:
        if h.n_other_mail == 0:     # known only by viruses, or no mail
            continue
        level = min(15, int(math.floor(math.log2(h.n_other_mail + 1))))
        out.setdefault((network_of(h.key), level), []).append(h)
    return out


def mh_sums(hosts, in_b):
    top = bottom = 0.0
    for some in strata_of(hosts).values():
        n = len(some)
        a = sum(h.in_V and in_b(h) for h in some)
        b = sum(h.in_V and not in_b(h) for h in some)
        c = sum(not h.in_V and in_b(h) for h in some)
        d = sum(not h.in_V and not in_b(h) for h in some)
        top += a * d / n
        bottom += b * c / n
    return top, bottom


def adjusted_of(hosts, in_b):
    def odds(some):
        return divide(*mh_sums(some, in_b))

    def concerns(some):
        top, bottom = mh_sums(some, in_b)
        return top or bottom

    seen = expected = variance = 0.0
    informative = 0
    for some in strata_of(hosts).values():
        n = len(some)
        v = sum(h.in_V for h in some)
        s = sum(in_b(h) for h in some)
        seen += sum(h.in_V and in_b(h) for h in some)
        expected += v * s / n
        if n > 1 and 0 < v < n and 0 < s < n:
            variance += v * (n - v) * s * (n - s) / (n * n * (n - 1))
            informative += 1
    cmh = divide((seen - expected) ** 2, variance)
    return {"odds": ratio_with_interval(hosts, odds, concerns)[0],
            "cmh": cmh, "p": p_of_chi2(cmh), "strata": informative}


def adjusted(world):
    return {"virus_spam": adjusted_of(world.hosts, lambda h: h.in_S),
            "virus_open": adjusted_of(world.hosts, lambda h: h.in_R)}


# -------------------------------------------------------------------- 5. order

def order_of(hosts, second_time):
    """Virus against the other: second_time(h) is its first time or None"""
    pairs = [h for h in hosts if h.in_V and second_time(h) is not None]

    def firsts(some):
        return sum(h.tv < second_time(h) for h in some
                   if h.in_V and second_time(h) is not None)

    def seconds(some):
        return sum(second_time(h) < h.tv for h in some
                   if h.in_V and second_time(h) is not None)

    def share(some):
        return divide(firsts(some), firsts(some) + seconds(some))

    first, second = firsts(hosts), seconds(hosts)
    lags = {}
    for h in pairs:
        lag = h.day(second_time(h)) - h.dv
        lags[lag] = lags.get(lag, 0) + 1
    p = None
    if first + second:
        p = stats.binomtest(first, first + second, 0.5).pvalue
    return {"first": first, "second": second,
            "tie": len(pairs) - first - second,
            "share": share_with_interval(
                hosts, share, lambda some: firsts(some) + seconds(some)),
            "p": p,
            "lag_days": {str(k): lags[k] for k in sorted(lags)}}


def order(world):
    return {"virus_spam": order_of(world.hosts, lambda h: h.ts),
            "virus_open": order_of(world.hosts, lambda h: h.tr)}


# ------------------------------------------------------------------- 6. hazard

def hazard_tables(hosts, D, exposure, outcome):
    """(day, group) -> [n1, e1, n0, e0]; exposure and outcome give first days"""
    out = {}
    for h in hosts:
        if not h.in_U:
            continue
        seen = min(h.day(t) for t in h.times(*MAIL))
        dx, dy = exposure(h), outcome(h)
        for d in range(seen + 1, D):
            if dy is not None and dy < d:
                continue
            cell = out.setdefault((d, h.group), [0, 0, 0, 0])
            exposed = dx is not None and dx < d
            cell[0 if exposed else 2] += 1
            if dy == d:
                cell[1 if exposed else 3] += 1
    return out


def hazard_sums(tables):
    top = math.fsum(e1 * n0 / (n0 + n1) for n1, e1, n0, e0 in tables.values())
    bottom = math.fsum(
        e0 * n1 / (n0 + n1) for n1, e1, n0, e0 in tables.values())
    return top, bottom


def hazard_of(hosts, D, exposure, outcome):
    def sums(some):
        return hazard_sums(hazard_tables(some, D, exposure, outcome))

    def ratio(some):
        return divide(*sums(some))

    def concerns(some):
        top, bottom = sums(some)
        return top or bottom

    tables = hazard_tables(hosts, D, exposure, outcome).values()
    seen = expected = variance = 0.0
    for n1, e1, n0, e0 in tables:
        n, e = n1 + n0, e1 + e0
        seen += e1
        expected += e * n1 / n
        if n > 1:
            variance += e * n1 * n0 * (n - e) / (n * n * (n - 1))
    out = {"ratio": ratio_with_interval(hosts, ratio, concerns)[0],
           "logrank": divide((seen - expected) ** 2, variance),
           "exposed_days": sum(t[0] for t in tables),
           "events_exposed": sum(t[1] for t in tables),
           "events_unexposed": sum(t[3] for t in tables)}
    return out, ratio, concerns


def hazard(world):
    v, s = (lambda h: h.dv), (lambda h: h.ds)
    forth, forth_ratio, forth_concerns = hazard_of(world.hosts, world.D, v, s)
    back, back_ratio, back_concerns = hazard_of(world.hosts, world.D, s, v)
    arrow = ratio_with_interval(world.hosts,
                                quotient(forth_ratio, back_ratio),
                                either(forth_concerns, back_concerns))[0]
    return {"virus_to_spam": forth, "spam_to_virus": back, "arrow": arrow}


# ----------------------------------------------------------- 7. self-controlled

FIVE = ((-14, -1), (0, 0), (1, 3), (4, 7), (8, 14))
FOUR = ((-14, -1), (0, 0), (1, 7), (8, 14))


def days_around(h, D, lo, hi, day0=None):
    day0 = h.dv if day0 is None else day0
    return [day0 + x for x in range(lo, hi + 1) if 0 <= day0 + x < D]


def case_series(hosts, D, kind, periods):
    """dv -> (days available per period, summed y per period)"""
    out = {}
    for h in hosts:
        if not h.in_V:
            continue
        days = [days_around(h, D, lo, hi) for lo, hi in periods]
        if h.dv not in out:
            out[h.dv] = ([len(x) for x in days], [0] * len(periods))
        for p, some in enumerate(days):
            out[h.dv][1][p] += sum(d in h.days[kind] for d in some)
    return out


def rate_ratios(series, n_periods):
    """Conditional Poisson: the ratio of each period but the first, or None"""
    total = [sum(y[p] for a, y in series.values()) for p in range(n_periods)]
    if total[0] == 0:
        return None
    fitted = [p for p in range(1, n_periods) if total[p] > 0]
    beta = dict.fromkeys(fitted, 0.0)
    k = len(fitted)
    done = k == 0
    for _ in range(50):
        if done:
            break
        score = numpy.zeros(k)
        info = numpy.zeros((k, k))
        for a, y in series.values():
            weight = [a[0]] + [a[p] * math.exp(beta[p]) for p in fitted]
            whole = sum(weight)
            if whole == 0:
                continue
            m = y[0] + sum(y[p] for p in fitted)
            prob = [w / whole for w in weight[1:]]
            for i in range(k):
                score[i] += y[fitted[i]] - m * prob[i]
                for j in range(k):
                    info[i][j] += m * prob[i] * ((i == j) - prob[j])
        try:
            step = numpy.linalg.solve(info, score)
        except numpy.linalg.LinAlgError:
            return None
        for i in range(k):
            beta[fitted[i]] += step[i]
        if any(not abs(b) <= 30 for b in beta.values()):
            return None
        done = all(abs(s) < 1e-10 for s in step)
    if not done:
        return None
    return [math.exp(beta[p]) if p in beta else 0.0
            for p in range(1, n_periods)]


def headline(D, kind):
    """hosts -> the rate ratio of days 1…7"""
    def ratio(hosts):
        r = rate_ratios(case_series(hosts, D, kind, FOUR), 4)
        return None if r is None else r[1]
    return ratio


def y_of(D, kind):
    def total(hosts):
        return sum(sum(y) for a, y in
                   case_series(hosts, D, kind, FIVE).values())
    return total


def apart_sums(hosts, D, exposure, outcome):
    """Days without `exposure` kind, before and after its first day"""
    top = bottom = 0.0
    for h in hosts:
        if not h.days[exposure]:
            continue
        day0 = min(h.days[exposure])
        before = [d for d in days_around(h, D, -14, -1, day0)
                  if d not in h.days[exposure]]
        after = [d for d in days_around(h, D, 1, 7, day0)
                 if d not in h.days[exposure]]
        n0, n1 = len(before), len(after)
        if n0 + n1 == 0:
            continue
        y0 = sum(d in h.days[outcome] for d in before)
        y1 = sum(d in h.days[outcome] for d in after)
        top += y1 * n0 / (n0 + n1)
        bottom += y0 * n1 / (n0 + n1)
    return top, bottom


def apart_of(D, exposure, outcome):
    def ratio(hosts):
        return divide(*apart_sums(hosts, D, exposure, outcome))

    def concerns(hosts):
        top, bottom = apart_sums(hosts, D, exposure, outcome)
        return top or bottom
    return ratio, concerns


def self_control(world):
    hs, D = world.hosts, world.D
    out = {}
    for kind in ("spam", "clean"):
        ys = [sum(y[p] for a, y in
                  case_series(hs, D, kind, FIVE).values()) for p in range(5)]
        fine = rate_ratios(case_series(hs, D, kind, FIVE), 5)
        out[kind] = {
            "ratio": ratio_with_interval(hs, headline(D, kind),
                                         y_of(D, kind))[0],
            "periods": fine or [None] * 4, "days": ys}
    if sum(out["clean"]["days"]) < 100:     # no negative control
        out["clean"]["ratio"] = interval(None, None, None)
        out["clean"]["periods"] = [None] * 4
        out["relative"] = interval(None, None, None)
    else:
        out["relative"] = ratio_with_interval(
            hs, quotient(headline(D, "spam"), headline(D, "clean")),
            either(y_of(D, "spam"), y_of(D, "clean")))[0]
    apart, apart_concerns = apart_of(D, "virus", "spam")
    mirror, mirror_concerns = apart_of(D, "spam", "virus")
    out["apart"] = ratio_with_interval(hs, apart, apart_concerns)[0]
    out["mirror"] = ratio_with_interval(hs, mirror, mirror_concerns)[0]
    out["arrow"] = ratio_with_interval(
        hs, quotient(apart, mirror),
        either(apart_concerns, mirror_concerns))[0]
    return out


# --------------------------------------------------------------------- 8. dose

def dose_class(n):
    return 0 if n == 0 else 1 if n == 1 else 2 if n < 4 else 3 if n < 8 else 4


def dose(world):
    hosts, spam = [0] * 5, [0] * 5
    for h in world.hosts:
        if h.n_other_mail == 0:
            continue
        c = dose_class(len(h.days["virus"]))
        hosts[c] += 1
        spam[c] += h.in_S
    n, s = sum(hosts), sum(spam)
    z = None
    if n:
        p = s / n
        top = sum(c * (spam[c] - hosts[c] * p) for c in range(5))
        spread = (sum(c * c * hosts[c] for c in range(5)) -
                  sum(c * hosts[c] for c in range(5)) ** 2 / n)
        variance = p * (1 - p) * spread
        if 0 < s < n and sum(x > 0 for x in hosts) > 1:
            z = top / math.sqrt(variance)
    return {"hosts": hosts, "spam": spam, "z": z, "p": p_of_z(z)}


# ----------------------------------------------------------------- 9. families

def median(xs):
    xs = sorted(xs)
    mid = len(xs) // 2
    return xs[mid] if len(xs) % 2 else (xs[mid - 1] + xs[mid]) / 2


def doubling_of(hosts_by_day, start, peak):
    points = [(d, math.log(hosts_by_day[d])) for d in range(start, peak + 1)
              if hosts_by_day[d] > 0]
    if len(points) < 4:
        return None
    mx = math.fsum(x for x, y in points) / len(points)
    my = math.fsum(y for x, y in points) / len(points)
    slope = (math.fsum((x - mx) * (y - my) for x, y in points) /
             math.fsum((x - mx) ** 2 for x, y in points))
    return math.log(2) / slope if slope > 1e-15 else None


def cliff_of(hosts_by_day, peak):
    D = len(hosts_by_day)
    top = hosts_by_day[peak]
    if top < 10:
        return None
    for d in range(peak + 1, D - 1):
        before = median(hosts_by_day[max(0, d - 3):d])
        if (before >= 5 and 10 * hosts_by_day[d] <= before and
                all(10 * x <= top for x in hosts_by_day[d:])):
            return d
    return None


def family_of(world, name):
    mails = [0] * world.D
    hosts = [set() for _ in range(world.D)]
    new = [0] * world.D
    for h in world.hosts:
        days = [h.day(e[0]) for e in h.events
                if e[1] == "virus" and e[2] == name]
        for d in days:
            mails[d] += 1
            hosts[d].add(h.key)
        if days:
            new[min(days)] += 1
    by_day = [len(x) for x in hosts]
    peak = by_day.index(max(by_day))
    strong = [d for d in range(world.D) if 20 * by_day[d] >= by_day[peak]]
    own = [h for h in world.hosts if h.family == name]
    ratio, se = ratio_with_interval(own, headline(world.D, "spam"),
                                    y_of(world.D, "spam"))
    return {"name": name, "mails": sum(mails), "hosts": sum(new),
            "first_hosts": len(own), "start": strong[0], "peak": peak,
            "end": strong[-1], "duration": strong[-1] - strong[0] + 1,
            "doubling": doubling_of(by_day, strong[0], peak),
            "cliff": cliff_of(by_day, peak), "ratio": ratio, "p": None,
            "q": None, "se": se,
            "days": [list(x) for x in zip(mails, by_day, new)]}


def families(world):
    names = sorted({e[2] for h in world.hosts for e in h.events
                    if e[1] == "virus" and e[2]}, key=str.encode)
    out = [family_of(world, name) for name in names]
    tested = [f for f in out
              if f["first_hosts"] >= 20 and f["se"] is not None]
    for f in tested:
        f["p"] = p_of_z(divide(math.log(f["ratio"]["value"]), f["se"]))
    with_p = sorted((f for f in tested if f["p"] is not None),
                    key=lambda f: f["p"])
    m = len(with_p)
    for i, f in enumerate(with_p):  # Benjamini and Hochberg
        f["q"] = min(1.0, min(with_p[j]["p"] * m / (j + 1)
                              for j in range(i, m)))
    differ = {"q": None, "df": None, "p": None}
    usable = [f for f in tested if f["se"] > 0]
    if len(usable) > 1:
        w = [1 / f["se"] ** 2 for f in usable]
        x = [math.log(f["ratio"]["value"]) for f in usable]
        mean = math.fsum(a * b for a, b in zip(w, x)) / math.fsum(w)
        q = math.fsum(a * (b - mean) ** 2 for a, b in zip(w, x))
        differ = {"q": q, "df": len(usable) - 1,
                  "p": p_of_chi2(q, len(usable) - 1)}
    for f in out:
        del f["se"]
    out.sort(key=lambda f: (-f["hosts"], f["name"].encode()))
    return out, differ, [f["name"] for f in usable]


# ----------------------------------------------------------------- 10. look-back

def lookback(world):
    D = world.D
    last_week = range(max(0, D - 7), D)

    def age_of_virus(h, kind):
        ref = min(t for t in h.times(kind) if h.day(t) in last_week)
        before = [t for t in h.times("virus") if t < ref]
        return (ref - max(before)) // DAY if before else None

    spammers, controls = [], []
    for h in world.hosts:
        if any(d in last_week for d in h.days["spam"]):
            spammers.append(age_of_virus(h, "spam"))
        elif any(d in last_week for d in h.days["clean"]):
            controls.append(age_of_virus(h, "clean"))

    def share(ages, L):
        return divide(sum(a is not None and a < L for a in ages), len(ages))

    of_s = [share(spammers, L) for L in range(1, D + 1)]
    of_c = [share(controls, L) for L in range(1, D + 1)]
    lift = [None if a is None or b is None else divide(a, b)
            for a, b in zip(of_s, of_c)]
    enough, too_short, whole = None, D < 14, None
    if D and spammers and controls:
        def excess(L):              # exact, so that limits are limits
            return (Fraction(sum(a is not None and a < L for a in spammers),
                             len(spammers)) -
                    Fraction(sum(a is not None and a < L for a in controls),
                             len(controls)))
        M = max(1, D - 7)
        whole = excess(M)
        if whole > 0:
            enough = min(L for L in range(1, D + 1)
                         if 10 * excess(L) >= 9 * whole)
            if 20 * (whole - excess(-(-3 * M // 4))) > whole:
                too_short = True
    return {"spammers": len(spammers), "controls": len(controls),
            "share_spammers": of_s, "share_controls": of_c, "lift": lift,
            "enough_days": enough, "too_short": too_short}, whole


# ------------------------------------------------------------ 11. neighbourhood

def blocks_of(hosts, shift):
    out = {}
    for h in hosts:
        out.setdefault(h.key >> shift, []).append(h)
    return out


def neighbourhood_of(hosts, width, bits):
    U = [h for h in hosts if h.in_U]
    N, k = len(U), sum(h.in_V for h in U)
    out = []
    for n in bits:
        blocks = blocks_of(U, width - n).values()
        seen = sum(any(h.in_V for h in b) for b in blocks)
        expected = math.fsum(
            1 - math.comb(N - len(b), k) / math.comb(N, k) for b in blocks)
        out.append({"bits": n, "blocks": seen, "expected": expected})
    return out


def prediction_of(hosts, D, version, width, bits):
    out = []
    half = D // 2
    for n in bits:
        bad = {h.key >> (width - n) for h in hosts
               if h.in_V and h.dv < half}
        spam = [h for h in hosts if h.in_S and h.ds >= half]
        clean = [h for h in hosts if h.in_C and h.dc >= half]
        s = divide(sum(h.key >> (width - n) in bad for h in spam), len(spam))
        c = divide(sum(h.key >> (width - n) in bad for h in clean),
                   len(clean))
        out.append({"version": version, "bits": n, "blocks": len(bad),
                    "spammers": len(spam), "clean": len(clean),
                    "share_spammers": s, "share_clean": c,
                    "ratio": inside_ratio(hosts, half, width - n, bad)})
    return out


def inside_ratio(hosts, half, shift, bad):
    """New spammers inside bad blocks against new clean hosts inside them.

    A network lies in one group, so leaving a group out changes no block of
    another.
    """
    def new_spam(some):
        return [h for h in some if h.in_S and h.ds >= half]

    def new_clean(some):
        return [h for h in some if h.in_C and h.dc >= half]

    def inside(some):
        return divide(sum(h.key >> shift in bad for h in some), len(some))

    return ratio_with_interval(
        hosts, quotient(lambda x: inside(new_spam(x)),
                        lambda x: inside(new_clean(x))),
        lambda x: new_spam(x) or new_clean(x))[0]


def neighbourhood(world):
    v4 = [h for h in world.hosts if is_v4(h.key)]
    v6 = [h for h in world.hosts if not is_v4(h.key)]
    b4, b6 = (32, 28, 24, 20, 16), (64, 56, 48, 40, 32)
    return {"v4": neighbourhood_of(v4, 32, b4),
            "v6": neighbourhood_of(v6, 64, b6),
            "prediction": prediction_of(v4, world.D, 4, 32, b4) +
            prediction_of(v6, world.D, 6, 64, b6)}


# --------------------------------------------------------------- 12. population

def population(world):
    V = [h for h in world.hosts if h.in_V]
    f1 = sum(len(h.days["virus"]) == 1 for h in V)
    f2 = sum(len(h.days["virus"]) == 2 for h in V)
    extra = f1 * f1 / (2 * f2) if f2 else f1 * (f1 - 1) / 2
    return {"seen": len(V),
            "chao": None if world.D == 0
            else len(V) + (world.D - 1) / world.D * extra}


# ---------------------------------------------------------------- 13. back-test

def fires(trigger, events):
    """The times at which a trigger fires on the events of one scope"""
    virus = [t for t, k in events if k == "virus"]
    opened = [t for t, k in events if k in OPEN]
    spam = [t for t, k in events if k == "spam"]
    if trigger == "virus":
        return virus
    if trigger == "open":
        return opened
    if trigger == "virus+open":
        return [t for t in virus + opened
                if virus and opened and min(virus) <= t and min(opened) <= t]
    n = int(trigger[len("spam>="):])
    return [t for t in spam
            if sum(t - 7 * DAY <= x <= t for x in spam) >= n]


def backtest(world):
    out = []
    scopes = (("host", lambda key: key),
              ("network", lambda key: (key >> 8, 4) if is_v4(key)
               else (key >> 16, 6)))
    for trigger in ("virus", "open", "virus+open", "spam>=1", "spam>=3",
                    "spam>=10"):
        for scope, scope_of in scopes:
            by_scope = {}
            for h in world.hosts:
                by_scope.setdefault(scope_of(h.key), []).extend(
                    (e[0], e[1]) for e in h.events)
            ages = []               # (kind, seconds since the last firing)
            for events in by_scope.values():
                fired = fires(trigger, events)
                for t, kind in events:
                    before = [f for f in fired if f < t]
                    if kind in MAIL and before:
                        ages.append((kind, t - max(before)))
            for days in (1, 3, 7, 14, 21, 30, 60, 90, None):
                row = {"trigger": trigger, "scope": scope, "days": days}
                for kind in MAIL:
                    row[kind] = sum(
                        k == kind and (days is None or age <= days * DAY)
                        for k, age in ages)
                out.append(row)
    return out


# ------------------------------------------------------------------ 14. verdict

def above(x, limit):
    return x["low"] is not None and x["low"] > limit


def below(x, limit):
    return x["high"] is not None and x["high"] < limit


def dose_falls(d):
    """Does a share fall by more than 1.96 unpooled SE from the class before?"""
    last = None
    for n, s in zip(d["hosts"], d["spam"]):
        if n == 0:
            continue
        p = s / n
        if last is not None:
            q, m = last
            se = math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
            if q - p > 1.96 * se:
                return True
        last = (p, n)
    return False


def consistency(world):
    ups = total = 0
    for g in range(64):
        own = [h for h in world.hosts if h.group == g and h.in_V]
        if len(own) < 10:
            continue
        series = case_series(own, world.D, "spam", FOUR)
        before = sum(y[0] for a, y in series.values())
        after = sum(y[2] for a, y in series.values())
        r = headline(world.D, "spam")(own)
        if r is not None:
            total += 1
            ups += r > 1
        elif before == 0 and after > 0:
            total += 1
            ups += 1
    return ups, total


def mostly_unseen(world, clean_ratio):
    days = seen = 0
    for h in world.hosts:
        if not h.in_V:
            continue
        for d in days_around(h, world.D, 1, 14):
            if any(d in h.days[k] for k in MAIL):
                days += 1
                seen += any(d in h.days[k]
                            for k in ("clean", "spam", "virus"))
    return 2 * seen <= days or (
        clean_ratio["value"] is not None and clean_ratio["value"] < 0.5)


def verdict(world, r, whole_excess, differing):
    calls, figures = {}, {}

    def call(name, figure, supports, against):
        calls[name] = ("supports" if supports else
                       "against" if against else "inconclusive")
        figures[name] = figure

    odds = r["adjusted"]["virus_spam"]["odds"]
    call("strength", odds, above(odds, 1.5), below(odds, 1.2))

    hr, arrow = r["hazard"]["virus_to_spam"]["ratio"], r["hazard"]["arrow"]
    call("order", hr, above(hr, 1.5) and above(arrow, 1),
         below(hr, 1.2) or below(arrow, 0.5))

    sc = r["self_control"]
    further = above(sc["apart"], 1) and above(sc["arrow"], 1)
    if sum(sc["clean"]["days"]) < 100:
        irr = sc["spam"]["ratio"]
        call("self-control", irr, above(irr, 2) and further, below(irr, 1.2))
    else:
        irr = sc["relative"]
        call("self-control", irr, above(irr, 1.5) and further,
             below(irr, 1.2))

    d = r["dose"]
    call("dose", interval(d["z"], None, None),
         d["z"] is not None and d["z"] > 1.96 and not dose_falls(d),
         d["z"] is not None and d["z"] < -1.96)

    q = r["families_differ"]
    large = [f for f in r["families"] if f["first_hosts"] >= 100]
    call("specificity", interval(q["p"], None, None),
         q["p"] is not None and q["p"] < 0.05 and
         any(above(f["ratio"], 1.5) for f in r["families"]
             if f["name"] in differing),
         large and all(below(f["ratio"], 1.2) for f in large))

    ups, total = consistency(world)
    call("consistency", interval(divide(ups, total), None, None),
         total >= 5 and 5 * ups >= 4 * total, total >= 5 and 2 * ups <= total)

    call("look-back",
         interval(None if whole_excess is None else float(whole_excess),
                  None, None),
         whole_excess is not None and whole_excess > 0 and
         not r["lookback"]["too_short"], False)

    if mostly_unseen(world, sc["clean"]["ratio"]):
        for name in calls:
            if calls[name] == "against":
                calls[name] = "inconclusive"

    if r["hosts"]["virus"] < 100 or r["hosts"]["spam"] < 100:
        result = "too little data"
    elif (calls["strength"] == calls["order"] == calls["self-control"] ==
          "supports" and "supports" in (calls["dose"],
                                        calls["specificity"])):
        result = "smoking gun"
    elif calls["strength"] == "supports" and (
            "against" in (calls["order"], calls["self-control"])):
        result = "association only"
    elif calls["strength"] == "against":
        result = "no link"
    else:
        result = "not settled"
    return {"result": result,
            "criteria": [{"name": n, "call": calls[n], "figure": figures[n]}
                         for n in calls]}


# ---------------------------------------------------------------------- report

def report(world):
    r = {"schema": "rapsheet/report/1",
         "window": {"from": iso(world.lo), "to": iso(world.hi),
                    "days": world.D},
         "events": count_events(world),
         "events_moved": count_moved(world), "hosts": count_hosts(world),
         "shares": shares(world), "overlap": overlap(world),
         "adjusted": adjusted(world), "order": order(world),
         "hazard": hazard(world), "self_control": self_control(world),
         "dose": dose(world)}
    r["families"], r["families_differ"], differing = families(world)
    r["lookback"], whole_excess = lookback(world)
    r["neighbourhood"] = neighbourhood(world)
    r["population"] = population(world)
    r["backtest"] = backtest(world)
    r["verdict"] = verdict(world, r, whole_excess, differing)
    return r


def plain(x):
    """numpy's numbers as python's"""
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, numpy.floating):
        return float(x)
    return x


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[2])
    args.add_argument("--from", dest="lo")
    args.add_argument("--to", dest="hi")
    args.add_argument("--client")
    args.add_argument("file")
    a = args.parse_args()
    world = World(read_rows(a.file), a.lo and seconds_of(a.lo),
                  a.hi and seconds_of(a.hi), a.client)
    json.dump(plain(report(world)), sys.stdout, indent=1, allow_nan=False)
    print()


if __name__ == "__main__":
    main()
