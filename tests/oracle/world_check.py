#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
world_check.py - does a simulated world stand where it should?

    rapsheet simulate --world causal --events 8000000 --seed 7 ... > w.csv
    tests/oracle/world_check.py w.csv

Reads CSV with the columns time (unix seconds), host and kind, in memory, and
prints the figures of MEASURES 4, 6, 7 and 8 that the verdict rests on, with
their jackknife intervals. It follows doc/measures.md and shares no code with
rapsheet; it is slow, and needs numpy. Not part of `make check`.
"""
import csv
import ipaddress
import sys

import numpy as np

KINDS = ["clean", "spam", "virus", "policy", "unscanned",
         "relay", "proxy", "backdoor", "listed"]
CLEAN, SPAM, VIRUS = 0, 1, 2
N_MAIL = 5
NEVER = 10**9
DAY = 86400
GROUPS = 64


def key(text):
    """The 64-bit key of a host (MEASURES 1)."""
    address = ipaddress.ip_address(text.split("/")[0])
    return int(address) if address.version == 4 else int(address) >> 64


def mix(z):
    """The splitmix64 finaliser."""
    z = z.copy()
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xbf58476d1ce4e5b9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94d049bb133111eb)
    z ^= z >> np.uint64(31)
    return z


class Log:
    """Events as columns; hosts numbered; times from the window's start."""

    def __init__(self, lines):
        numbers, hosts, times, kinds = {}, [], [], []
        for row in csv.DictReader(lines):
            hosts.append(numbers.setdefault(row["host"], len(numbers)))
            times.append(int(row["time"]))
            kinds.append(KINDS.index(row["kind"]))
        self.host = np.array(hosts)
        self.kind = np.array(kinds)
        time = np.array(times)
        mail = self.kind < N_MAIL
        start = time[mail].min() // DAY * DAY
        self.n_days = int(time[mail].max() // DAY - start // DAY) + 1
        inside = (time >= start) & (time < start + self.n_days * DAY)
        self.host, self.kind = self.host[inside], self.kind[inside]
        self.time = time[inside] - start
        self.day = self.time // DAY
        self.n = len(numbers)
        keys = np.array([key(h) for h in numbers], dtype=np.uint64)
        self.network = np.where(keys < 2**32, keys >> np.uint64(16),
                                keys >> np.uint64(32))
        self.group = (mix(self.network) >> np.uint64(58)).astype(int)

    def first(self, mask):
        """First such time of each host, or NEVER."""
        out = np.full(self.n, NEVER)
        np.minimum.at(out, self.host[mask], self.time[mask])
        return out

    def days_with(self, kind):
        """hosts x days: was there such an event?"""
        out = np.zeros((self.n, self.n_days), bool)
        mask = self.kind == kind
        out[self.host[mask], self.day[mask]] = True
        return out


def day_of(time):
    return np.where(time < NEVER, time // DAY, NEVER)


def by_group(groups, weights):
    return np.bincount(groups, weights, GROUPS)


def interval(value, without):
    """A ratio, and its interval from the values without each group."""
    x = np.log(without)
    se = np.sqrt((len(x) - 1) / len(x) * ((x - x.mean())**2).sum())
    return value, value * np.exp(-1.96 * se), value * np.exp(1.96 * se)


def jackknife(table, value):
    """table: groups x counters; value: of a sum of its rows"""
    used = [g for g in range(GROUPS) if table[g].any()]
    total = table.sum(0)
    return interval(value(total), [value(total - table[g]) for g in used])


def ratio(x):
    return x[0] / x[1]


def ratio_of_ratios(x):
    return x[0] / x[1] / (x[2] / x[3])


def strength(log, tv, ts):
    """MEASURES 4: Mantel-Haenszel over network x activity"""
    other = (log.kind < N_MAIL) & (log.kind != VIRUS)
    count = np.bincount(log.host[other], minlength=log.n)
    activity = np.minimum(np.floor(np.log2(count + 1)), 15).astype(np.uint64)
    _, stratum = np.unique(log.network * np.uint64(16) + activity,
                           return_inverse=True)
    n = stratum.max() + 1
    group = np.zeros(n, int)
    group[stratum] = log.group
    in_mail = log.first(log.kind < N_MAIL) < NEVER
    v, s = tv < NEVER, ts < NEVER

    def cell(mask):
        return np.bincount(stratum[in_mail & mask], minlength=n)
    a, b, c, d = cell(v & s), cell(v & ~s), cell(~v & s), cell(~v & ~s)
    size = np.maximum(a + b + c + d, 1)
    return jackknife(np.stack([by_group(group, a * d / size),
                               by_group(group, b * c / size)], 1), ratio)


def hazard(log, exposed_day, event_day):
    """MEASURES 6: Mantel-Haenszel sums over day x group"""
    seen = day_of(log.first(log.kind < N_MAIL))
    sums = np.zeros((GROUPS, 2))
    for day in range(log.n_days):
        risk = (seen < day) & (event_day >= day)
        exposed, event = exposed_day < day, event_day == day

        def count(mask):
            return np.bincount(log.group[risk & mask], minlength=GROUPS)
        n1, n0 = count(exposed), count(~exposed)
        e1, e0 = count(exposed & event), count(~exposed & event)
        size = np.maximum(n1 + n0, 1)
        sums += np.stack([e1 * n0 / size, e0 * n1 / size], 1)
    return sums


def periods_of(first_day, n_days):
    """Baseline, day 0, 1..7 (the headline's), 8..14; elsewhere -1"""
    at = np.arange(n_days) - first_day
    out = np.full(n_days, -1)
    out[(at >= -14) & (at <= -1)] = 0
    out[at == 0] = 1
    out[(at >= 1) & (at <= 7)] = 2
    out[(at >= 8) & (at <= 14)] = 3
    return out


def fit(y, days):
    """Conditional Poisson by Newton's method; the rate ratio of 1..7"""
    total, beta = y.sum(0), np.zeros(4)
    free = [p for p in (1, 2, 3) if total[p] > 0]
    if total[0] == 0 or 2 not in free:
        return np.nan
    for _ in range(50):
        weight = days * np.exp(beta)
        weight[:, [p for p in (1, 2, 3) if p not in free]] = 0
        share = weight / np.maximum(weight.sum(1, keepdims=True), 1e-300)
        n = y.sum(1)
        mean = (n[:, None] * share).sum(0)
        curve = np.diag(mean) - np.einsum("i,ij,ik->jk", n, share, share)
        step = np.linalg.solve(curve[np.ix_(free, free)],
                               (total - mean)[free])
        beta[free] += step
        if abs(step).max() < 1e-10:
            return np.exp(beta[2])
    return np.nan


def self_control(log, dv, outcome):
    """MEASURES 7: the ratio, and those without each group"""
    days = np.zeros((log.n_days, 4))
    y = np.zeros((GROUPS, log.n_days, 4))
    for day in range(log.n_days):
        period = periods_of(day, log.n_days)
        hosts = dv == day
        for p in range(4):
            days[day, p] = (period == p).sum()
            y[:, day, p] = by_group(log.group[hosts],
                                    outcome[hosts][:, period == p].sum(1))
    total = y.sum(0)
    return fit(total, days), np.array([fit(total - y[g], days)
                                       for g in range(GROUPS)])


def apart(log, first_day, barred, outcome):
    """MEASURES 7: before and after, on days without the barred kind"""
    hosts = np.where(first_day < NEVER)[0]
    at = np.arange(log.n_days)[None, :] - first_day[hosts][:, None]
    free = ~barred[hosts]
    before = (at >= -14) & (at <= -1) & free
    after = (at >= 1) & (at <= 7) & free
    n0, n1 = before.sum(1), after.sum(1)
    y0, y1 = (before & outcome[hosts]).sum(1), (after & outcome[hosts]).sum(1)
    size = np.maximum(n0 + n1, 1)
    group = log.group[hosts]
    return np.stack([by_group(group, y1 * n0 / size),
                     by_group(group, y0 * n1 / size)], 1)


def dose(log, ts, virus_days):
    """MEASURES 8: shares in S by days with viruses"""
    other = (log.kind < N_MAIL) & (log.kind != VIRUS)
    mails = np.bincount(log.host[other], minlength=log.n) > 0
    n = virus_days.sum(1)
    out = []
    for low, high in ((0, 0), (1, 1), (2, 3), (4, 7), (8, NEVER)):
        hosts = mails & (n >= low) & (n <= high)
        out.append((ts[hosts] < NEVER).mean())
    return out


def say(name, values):
    print(f"{name:20}", *(f"{x:8.3f}" for x in values))


def main():
    with open(sys.argv[1], newline="") as lines:
        log = Log(lines)
    tv, ts = log.first(log.kind == VIRUS), log.first(log.kind == SPAM)
    dv, ds = day_of(tv), day_of(ts)
    v_to_s, s_to_v = hazard(log, dv, ds), hazard(log, ds, dv)
    spam, virus = log.days_with(SPAM), log.days_with(VIRUS)
    irr_spam, spam_without = self_control(log, dv, spam)
    irr_clean, clean_without = self_control(log, dv, log.days_with(CLEAN))
    one, mirror = apart(log, dv, virus, spam), apart(log, ds, spam, virus)

    print(f"{len(log.time)} events, {log.n} hosts, {log.n_days} days, "
          f"{(tv < NEVER).sum()} with viruses, {(ts < NEVER).sum()} with "
          f"spam, {((tv < NEVER) & (ts < NEVER)).sum()} with both")
    say("strength", strength(log, tv, ts))
    say("hazard virus to spam", jackknife(v_to_s, ratio))
    say("hazard spam to virus", jackknife(s_to_v, ratio))
    say("  arrow", jackknife(np.hstack([v_to_s, s_to_v]), ratio_of_ratios))
    say("irr spam", interval(irr_spam, spam_without))
    say("irr clean", interval(irr_clean, clean_without))
    say("  relative", interval(irr_spam / irr_clean,
                               spam_without / clean_without))
    say("apart", jackknife(one, ratio))
    say("mirror", jackknife(mirror, ratio))
    say("  arrow", jackknife(np.hstack([one, mirror]), ratio_of_ratios))
    say("dose", dose(log, ts, virus))


main()
