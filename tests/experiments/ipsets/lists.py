# SPDX-License-Identifier: Apache-2.0
"""lists.py - the published lists as sets of hosts and first times.

A host is an IPv4 address as an integer. The tables hold '=' (in the first
version kept), '+' (appeared), '-' (left). A prefix of /24 or longer is the
merged form of its addresses and is expanded; a shorter one is left out.
"""
import datetime
import io
import ipaddress
import subprocess
import tarfile

DAY = 86400
STALE = 14 * DAY        # an older list says nothing about now

# What the publishers' headers say an entry is. Dead lists fall out by date.
CLASSES = {
    "socks": ["socks_proxy", "socks_proxy_1d", "socks_proxy_30d"],
    "web": [p + s for p in ("proxylists", "proxyrss", "proxyspy", "proxz",
                            "ri_connect_proxies", "ri_web_proxies",
                            "sslproxies", "xroxy")
            for s in ("", "_1d", "_30d")],
    "server": ["bambenek_c2", "cybercrime", "zeus", "zeus_badips", "feodo",
               "palevo", "malc0de", "urlvir", "et_botcc", "cleanmx_viruses"],
    "scan": ["turris_greylist", "taichung", "alienvault_reputation",
             "bds_atif", "blocklist_de_bots"],
    "form": ["sblam"],
    "password": ["blocklist_de_imap"],
    "mailattack": ["blocklist_de_mail"],
    "worm": ["iw_wormlist"],
    "nixspam": ["nixspam"],
    "improware": ["iw_spamlist"],
}
NAMES = {
    "socks": "open SOCKS proxies", "web": "other open proxies",
    "server": "malware servers", "scan": "scanners and attackers",
    "form": "web-form spammers", "password": "password guessers",
    "mailattack": "attackers of mail servers",
    "nixspam": "NiX Spam", "improware": "ImproWare spam list",
}


def members(archive):
    """(name, text) of every file in a .tar.zst"""
    raw = subprocess.run(["zstd", "-dc", "--long=27", archive], check=True,
                         stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for m in tar:
            if m.isfile():
                yield (m.name.rsplit("/", 1)[-1],
                       tar.extractfile(m).read().decode("latin-1"))


def hosts_of(text):
    net = ipaddress.ip_network(text, strict=False)
    if net.prefixlen < 24:
        return ()
    first = int(net.network_address)
    return range(first, first + net.num_addresses)


class Table:
    """One list over the window: base (first version), first ('+' times)"""

    def __init__(self, text):
        self.base, self.base_time = set(), None
        self.first, self.plus = {}, []
        for line in text.splitlines():
            time, op, addr = line.split()
            time = int(time)
            for h in hosts_of(addr):
                if op == "=":
                    self.base.add(h)
                    self.base_time = time
                elif op == "+":
                    self.plus.append((time, h))
                    if h not in self.base:
                        self.first[h] = min(time, self.first.get(h, time))


def tables_of(data, month):
    path = f"{data}/ipsets-events-{month}/events.tar.zst"
    return {n[:-len(".events.tsv")]: Table(t) for n, t in members(path)}


class Kind:
    """All live lists of one class: base at t0, first time seen after"""

    def __init__(self, tables, names, t0):
        self.lists, self.dead = [], []
        self.base, self.first, self.plus = set(), {}, []
        for n in names:
            t = tables.get(n)
            if not t or t.base_time is None:
                continue
            if t.base_time < t0 - STALE:
                self.dead.append(n)
                continue
            self.lists.append(n)
            self.base |= t.base
            self.base |= {h for h, s in t.first.items() if s <= t0}
            self.plus += [(s, h) for s, h in t.plus if s > t0]
        for s, h in self.plus:
            if h not in self.base:
                self.first[h] = min(s, self.first.get(h, s))
        self.ever = self.base | set(self.first)


def kinds_of(data, month):
    tables = tables_of(data, month)
    t0 = tables["nixspam"].base_time
    t1 = max(s for s, _ in tables["nixspam"].plus)
    kinds = {k: Kind(tables, v, t0) for k, v in CLASSES.items()}
    return tables, kinds, t0, t1


def snapshot_of(data, year, t_now):
    """{list: set of hosts} of what was not stale when the snapshot was made"""
    path = f"{data}/ipsets-snapshot-{year}"
    live = set()
    with open(f"{path}/INDEX.tsv") as f:
        next(f)
        for line in f:
            col = line.split("\t")
            when = datetime.datetime.strptime(
                col[3].strip(), "%a %b %d %H:%M:%S UTC %Y").replace(
                tzinfo=datetime.timezone.utc).timestamp()
            if when >= t_now - STALE:
                live.add(col[0])
    out, nets = {}, {}
    for name, text in members(f"{path}/lists.tar.zst"):
        if name not in live:
            continue
        rows = [r for r in text.split("\n") if r and r[0] != "#"]
        key = name.rsplit(".", 1)[0]
        if name.endswith(".netset"):
            nets[key] = [ipaddress.ip_network(r.strip()) for r in rows]
        out[key] = {h for r in rows for h in hosts_of(r.strip())}
    return out, nets
