# SPDX-License-Identifier: Apache-2.0
"""stats.py - ratios with delete-one-group jackknife intervals (MEASURES 1)"""
import math
from collections import Counter

MASK = (1 << 64) - 1
GROUPS = 64
UNICAST = 223 << 24     # 1.0.0.0 to 223.255.255.255


def group_of(host):
    z = host >> 16
    z ^= z >> 30
    z = z * 0xbf58476d1ce4e5b9 & MASK
    z ^= z >> 27
    z = z * 0x94d049bb133111eb & MASK
    z ^= z >> 31
    return z >> 58


class Ratio:
    """Sum of tops over sum of bottoms, kept per group"""

    def __init__(self):
        self.top, self.bottom = [0.0] * GROUPS, [0.0] * GROUPS
        self.counts = Counter()

    def add(self, host, top, bottom):
        g = group_of(host)
        self.top[g] += top
        self.bottom[g] += bottom

    def logs(self):
        """log ratio of the whole, and without each group in use"""
        use = [g for g in range(GROUPS) if self.top[g] or self.bottom[g]]

        def log_without(skip):
            a = math.fsum(self.top[g] for g in use if g != skip)
            b = math.fsum(self.bottom[g] for g in use if g != skip)
            return math.log(a / b) if a > 0 and b > 0 else None
        return log_without(None), {g: log_without(g) for g in use}

    def interval(self):
        return interval(*self.logs())


def interval(whole, without):
    """(value, low, high) from logarithms; None where there is none"""
    if whole is None:
        return None, None, None
    v, n = list(without.values()), len(without)
    if n < 10 or any(x is None for x in v):
        return math.exp(whole), None, None
    mean = math.fsum(v) / n
    se = math.sqrt((n - 1) / n * math.fsum((x - mean) ** 2 for x in v))
    return tuple(math.exp(whole + k * se) for k in (0, -1.96, 1.96))


def quotient(a, b):
    """a / b of two Ratios, jackknifed together"""
    wa, la = a.logs()
    wb, lb = b.logs()
    if wa is None or wb is None:
        return None, None, None
    both = {}
    for g in set(la) | set(lb):
        x, y = la.get(g, wa), lb.get(g, wb)
        both[g] = None if x is None or y is None else x - y
    return interval(wa - wb, both)


def lift(a, b, bits):
    """Hosts on both lists against what chance would give were b's hosts
    drawn at random inside their own blocks of that many bits"""
    r, size = Ratio(), (UNICAST if bits == 0 else 1 << 32 - bits)
    inside = Counter((h >> 32 - bits if bits else 0) for h in b)
    for h in a:
        share = inside[h >> 32 - bits if bits else 0] / size
        if share or h in b:
            r.add(h, h in b, share)
        r.counts["both"] += h in b
    return r


def neighbours(exposed, base, first):
    """Of those not in `base`: risk of entering (`first`) of exposed hosts
    against all other addresses of the same /24, Mantel-Haenszel"""
    r = Ratio()
    n1, e1, ex, pre, e0 = (Counter() for _ in range(5))
    for h in exposed:
        ex[h >> 8] += 1
        if h not in base:
            n1[h >> 8] += 1
            e1[h >> 8] += h in first
    for h in base:
        if h not in exposed:
            pre[h >> 8] += 1
    for h in first:
        if h not in exposed:
            e0[h >> 8] += 1
    for net in n1:
        n0 = 256 - ex[net] - pre[net]
        n = n1[net] + n0
        if n0 > 0:
            r.add(net << 8, e1[net] * n0 / n, e0[net] * n1[net] / n)
            r.counts.update(n1=n1[net], e1=e1[net], n0=n0, e0=e0[net])
    return r


def cohort(exposed, control, base, first, bits):
    """The same among listed hosts only: exposed against `control`, strata =
    blocks of that many bits (0: one stratum)"""
    r, cells = Ratio(), {}
    for who, hosts in enumerate((control - exposed, exposed)):
        for h in hosts:
            if h not in base:
                c = cells.setdefault(h >> 32 - bits if bits else 0,
                                     [0, 0, 0, 0])
                c[2 * who] += 1
                c[2 * who + 1] += h in first
    for block, (n0, e0, n1, e1) in sorted(cells.items()):
        r.counts.update(n1=n1, e1=e1, n0=n0, e0=e0)
        if n0 and n1:
            r.counts["strata"] += 1
            n = n0 + n1
            r.add(block << 32 - bits, e1 * n0 / n, e0 * n1 / n)
    return r


def order(a, b):
    """Of hosts with a first time in both: which came first; and the share
    expected if the two times had nothing to do with each other (all pairs)"""
    both = sorted(a.keys() & b.keys())
    first = sum(a[h] < b[h] for h in both)
    second = sum(a[h] > b[h] for h in both)
    ta, tb = [a[h] for h in both], [b[h] for h in both]
    x = sum(s < t for s in ta for t in tb)
    y = sum(s > t for s in ta for t in tb)
    r, n = Ratio(), first + second
    for h in both:
        if a[h] != b[h]:
            r.add(h, a[h] < b[h], a[h] > b[h])
    return dict(both=len(both), first=first, second=second,
                tie=len(both) - n, odds=r,
                expected=x / (x + y) if x + y else None)


def beside(first, plus, t0, t1, span):
    """Self-control: hosts entering list A at t; were they reported to B in
    the span before only, or after only? Both spans inside the window"""
    times = {}
    for s, h in plus:
        if h in first:
            times.setdefault(h, []).append(s)
    r = Ratio()
    for h, t in sorted(first.items()):
        if t - span < t0 or t + span > t1:
            continue
        r.counts["hosts"] += 1
        before = any(t - span <= s < t for s in times.get(h, ()))
        after = any(t < s <= t + span for s in times.get(h, ()))
        if before != after:
            r.counts.update(before=before, after=after)
            r.add(h, after, before)
    return r
