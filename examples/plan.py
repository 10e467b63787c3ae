# SPDX-License-Identifier: Apache-2.0
"""What is sent, by whom, when: a list of Attempts made from the corpus by a
fixed rule and a fixed seed."""
import datetime
import hashlib
import ipaddress
import random
from dataclasses import dataclass, field

SEED = 20020901
HOUR, DAY = 3600, 86400
BEGIN = int(datetime.datetime(2002, 9, 1, tzinfo=datetime.timezone.utc)
            .timestamp())
END = BEGIN + 28 * DAY
CLIENTS = ["alpha.example"] * 4 + ["beta.example"] * 3 + \
    ["gamma.example"] * 2 + ["delta.example"]
MAILBOXES = ["info", "sales", "office", "support"] + \
    [f"user{i:02}" for i in range(1, 30)]

# Signature name -> the harmless string of ours that it looks for.
NAMES = ("Worm.Klez.H-2", "Worm.Yaha.E-1", "Worm.Sobig.F-1", "W32.Magistr.B",
         "Trojan.Dropper.Sircam-1", "Sanesecurity.Junk.4711")
MARKERS = {name: "rapsheet test marker " +
           hashlib.sha1(name.encode()).hexdigest() for name in NAMES}
EICAR_NAME = "Win.Test.EICAR_HDB-1"
# The EICAR test file, in halves so that no scanner stumbles over this file.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" +
         "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


def signatures():
    """The files of clamd's signature folder."""
    body = "".join(f"{name}:0:*:{marker.encode().hex()}\n"
                   for name, marker in MARKERS.items())
    eicar = f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:{EICAR_NAME}\n"
    return {"markers.ndb": body, "eicar.hdb": eicar}


@dataclass
class Attempt:
    time: int
    source: str
    helo: str
    sent: str                # ham, spam, virus:NAME, …; see README.md
    message: object = None   # of the corpus, or None: nothing gets so far
    via: str = "xclient"     # or postscreen, proxy, submission
    sender: str = ""
    rcpts: list = field(default_factory=list)
    retry: bool = False      # comes again where it is asked to come later
    stop: str = ""           # hang up at connect, helo, rcpt or data
    login: str = ""


class Plan:
    def __init__(self, messages):
        self.rng = random.Random(SEED)
        self.attempts = []
        self.listed = []     # (time, address): on the blocklist from then
        self.n = 0
        inside = [m for m in messages if BEGIN <= m.time < END]
        self.outside = [m for m in messages if m.time < BEGIN]
        self.spam = self.some([m for m in inside if m.kind == "spam"], 270, 25)
        self.ham = self.some([m for m in inside if m.kind == "ham"], 250, 40)
        self.spammers = sorted({m.source for m in self.spam})
        self.add_corpus()
        self.add_viruses()
        self.add_odd_content()
        self.add_refusals()
        self.add_postscreen()
        self.add_submission()
        self.attempts.sort(key=lambda a: a.time)

    def some(self, messages, most, per_host):
        """A random choice, no host with more than per_host."""
        messages = list(messages)
        self.rng.shuffle(messages)
        count, chosen = {}, []
        for m in messages:
            count[m.source] = count.get(m.source, 0) + 1
            if count[m.source] <= per_host:
                chosen.append(m)
        return sorted(chosen[:most], key=lambda m: (m.time, m.path))

    def mailbox(self, client=None):
        return self.rng.choice(MAILBOXES) + "@" + \
            (client or self.rng.choice(CLIENTS))

    def add(self, time, source, sent, message=None, **more):
        self.n += 1
        more.setdefault("helo", message.helo if message and
                        message.source == source else f"[{source}]")
        more.setdefault("sender", f"s{self.n}@sender.example")
        more.setdefault("rcpts", [self.mailbox()])
        source = str(ipaddress.ip_address(source))
        if ":" in source and more["helo"].startswith("["):
            more["helo"] = f"[IPv6:{source}]"
        time = min(max(int(time), BEGIN + 60), END - 60)
        self.attempts.append(Attempt(time, source, sent=sent, message=message,
                                     **more))

    def any_time(self):
        return self.rng.randrange(BEGIN + HOUR, END - HOUR)

    # --------------------------------------------------------------- parts

    def add_corpus(self):
        """The chosen messages at their own times; every 25th goes to two
        clients, every 40th comes by IPv6, some by amavis before the queue."""
        both = sorted(self.spam + self.ham, key=lambda m: (m.time, m.path))
        for i, m in enumerate(both):
            more = {"retry": m.kind == "ham" or self.rng.random() < 0.3}
            source = m.source
            if i % 25 == 7:
                more["rcpts"] = [self.mailbox("alpha.example"),
                                 self.mailbox("beta.example")]
            elif i % 25 == 13:
                more["via"] = "proxy"
            if i % 40 == 3:
                source = f"2001:db8:{i % 7}::{i:x}"
            self.add(m.time, source, m.kind, m, **more)

    def virus(self, time, source, **more):
        message = self.rng.choice(self.ham)
        name = self.rng.choice([n for n in MARKERS if "Sane" not in n])
        self.add(time, source, f"virus:{name}", message, **more)

    def add_viruses(self):
        """From hosts that spam later, that spammed before, that send ham,
        and from hosts seen with nothing else."""
        rng = self.rng
        first = {}
        for m in self.spam:
            first.setdefault(m.source, m.time)
        late = [h for h in self.spammers if first[h] > BEGIN + 4 * DAY]
        rng.shuffle(late)
        for host in late[:14]:
            start = first[host] - rng.randrange(HOUR, 4 * DAY)
            for k in range(rng.randint(1, 4)):
                self.virus(start + k * rng.randrange(60, 30 * HOUR), host)
        for host in late[14:21]:
            for k in range(rng.randint(1, 3)):
                self.virus(first[host] + rng.randrange(HOUR, 5 * DAY), host)
        for host in sorted({m.source for m in self.ham})[:4]:
            self.virus(self.any_time(), host)
        alone = sorted({m.source for m in self.outside} -
                       {a.source for a in self.attempts})
        for host in rng.sample(alone, 12):
            start = self.any_time()
            for k in range(rng.randint(1, 5)):
                self.virus(start + k * rng.randrange(60, DAY), host,
                           via=rng.choice(["xclient", "xclient", "proxy"]))
        for k in range(3):
            self.virus(self.any_time(), f"2001:db8:3::{k + 1:x}")

    def add_odd_content(self):
        ham, rng = self.ham, self.rng
        for what, n in (("virus:" + EICAR_NAME, 3), ("banned", 5),
                        ("junk:Sanesecurity.Junk.4711", 5), ("encrypted", 4),
                        ("large", 2), ("oversized", 2), ("huge", 1)):
            for m in rng.sample(ham, n):
                self.add(self.any_time(), m.source, what, m, retry=True)
        two = ["info@alpha.example", "info@gamma.example"]
        m = ham[3]
        self.add(self.any_time(), m.source, "virus:Worm.Klez.H-2", m,
                 rcpts=two)

    def add_refusals(self):
        rng, hosts = self.rng, self.spammers
        for i in range(40):
            client = rng.choice(CLIENTS)
            self.add(self.any_time(), rng.choice(hosts), "unknown-user",
                     rcpts=[f"nobody{i}@{client}"])
        for i in range(12):
            self.add(self.any_time(), rng.choice(hosts), "relay",
                     rcpts=[f"victim{i}@elsewhere.example"])
        for i in range(8):
            self.add(self.any_time(), rng.choice(hosts), "helo",
                     helo="mx1.rapsheet.example")
        for i in range(5):
            self.add(self.any_time(), rng.choice(hosts), "helo",
                     helo="no..name")
        for i in range(5):
            self.add(self.any_time(), rng.choice(hosts), "no-domain",
                     sender=f"s{i}@nowhere.invalid")
        for i in range(12):
            self.add(self.any_time(), rng.choice(hosts), "hangup",
                     rng.choice(self.spam),
                     stop=["connect", "helo", "rcpt", "data"][i % 4])
        self.add_listed()

    def add_listed(self):
        """On the blocklist from their last spam on, and back twice more."""
        last = {m.source: m.time for m in self.spam if m.time < END - 5 * DAY}
        for host in self.rng.sample(sorted(last), 8):
            if max(m.time for m in self.spam if m.source == host) != last[host]:
                continue
            self.listed.append((last[host] + HOUR, host))
            for k in range(2):
                self.add(last[host] + self.rng.randrange(2 * HOUR, 4 * DAY),
                         host, "listed")

    def add_postscreen(self):
        rng = self.rng
        outside = sorted({m.source for m in self.outside} - set(self.spammers))
        for host in rng.sample(self.spammers, 10):
            self.add(self.any_time(), host, "pregreet", via="postscreen")
        for host in rng.sample(outside, 5):
            self.listed.append((BEGIN, host))
            self.add(self.any_time(), host, "listed", via="postscreen")
        for host in rng.sample(self.spammers, 3):
            self.add(self.any_time(), host, "hangup", via="postscreen",
                     stop="connect")
        for m in rng.sample(self.ham, 10) + rng.sample(self.spam, 5):
            self.add(m.time + 600, m.source, m.kind, m, via="postscreen",
                     retry=True)

    def add_submission(self):
        for i in range(8):
            rcpt = self.mailbox() if i % 2 else "friend@elsewhere.example"
            self.add(self.any_time(), f"198.51.100.{20 + i % 3}", "ham",
                     self.rng.choice(self.ham), via="submission",
                     login=f"user{i % 3 + 1:02}", rcpts=[rcpt],
                     sender=f"user{i % 3 + 1:02}@alpha.example")
