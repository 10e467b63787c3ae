#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""replay.py CORPUS WORK OUT - send a choice of the corpus again through a
mail host of our own, which lives in WORK; leave its log and what was sent in
OUT. CORPUS and OUT must not be under /srv, /dev or /mnt. See README.md."""
import os
import re
import subprocess
import sys
import time

import client
import corpus
import mailhost
import plan

EXCERPT = "2002-09-05"  # the day that is also kept as plain text
# clamd is down for these eight hours.
DOWN = (plan.BEGIN + 17 * plan.DAY + 36000, plan.BEGIN + 17 * plan.DAY + 64800)


def main():
    source, work, out = sys.argv[1:]
    mailhost.enter_namespace(work)
    the_plan = plan.Plan(list(corpus.load(source)))
    print(f"{len(the_plan.attempts)} attempts", flush=True)
    host = mailhost.MailHost()
    try:
        start(host)
        rows = Replay(host, the_plan).run()
    except Exception:
        show_trouble(host)
        raise
    finally:
        host.stop_all()
    add_outcomes(host, rows)
    write(host, rows, out)


def start(host):
    host.start_clock(plan.BEGIN)
    write_zone(host, [])
    host.start_dns(host.path("zone"))
    host.start_policy()
    host.start_sink()
    host.start_syslog()
    host.start_clamd(plan.signatures())
    host.start_amavis()
    host.start_postfix()


def show_trouble(host):
    for name in sorted(os.listdir(host.dir)):
        if name.endswith(".out"):
            sys.stderr.write(open(host.path(name), errors="replace").read())
    if os.path.exists(host.path("log/mail.log")):
        sys.stderr.write(open(host.path("log/mail.log")).read()[-4000:])


def write_zone(host, listed):
    """Any sender's domain is there; the blocklist holds whom we list."""
    lines = ["*.example 192.0.2.1", "*.dnsbl.example -"]
    lines += [".".join(reversed(a.split("."))) + ".dnsbl.example 127.0.0.2"
              for a in listed]
    with open(host.path("zone"), "w") as out:
        out.write("\n".join(lines) + "\n")


class Replay:
    def __init__(self, host, the_plan):
        self.host = host
        self.plan = the_plan
        self.todo = list(the_plan.attempts)
        self.listed = set()
        self.rows = []

    def run(self):
        started = time.monotonic()
        while self.todo:
            self.one(self.todo.pop(0))
            if len(self.rows) % 100 == 0:
                print(f"{len(self.rows)} sent, "
                      f"{time.monotonic() - started:.0f} s", flush=True)
        self.host.drain()
        return self.rows

    def one(self, attempt):
        self.host.set_clock(attempt.time)
        self.list_who_is_due()
        self.scanner_is_down(DOWN[0] <= attempt.time < DOWN[1])
        number = len(self.rows) + 1
        now = self.host.now()
        reply = client.send(attempt, number)
        self.rows.append({"n": number, "time": now, "attempt": attempt,
                          "reply": reply, "outcome": ""})
        if attempt.retry and reply.startswith("4"):
            self.again(attempt)
        self.host.drain()

    def again(self, attempt):
        attempt.retry = False
        attempt.time = int(self.host.now()) + 900
        self.todo.append(attempt)
        self.todo.sort(key=lambda a: a.time)

    def list_who_is_due(self):
        due = {a for t, a in self.plan.listed if t <= self.host.now()}
        if due != self.listed:
            self.listed = due
            write_zone(self.host, sorted(due))

    def scanner_is_down(self, down):
        if down and "clamd" in self.host.children:
            self.host.stop("clamd")
        elif not down and "clamd" not in self.host.children:
            self.host.start_clamd(plan.signatures())


# ------------------------------------------------------------------ results

def add_outcomes(host, rows):
    """What became of each message, not from the log but from where it lies:
    the clients' server, or amavis' quarantine."""
    by_number = {row["n"]: row for row in rows}
    for name in os.listdir(host.path("amavis/quarantine")):
        raw = open(host.path("amavis/quarantine", name), "rb").read()
        number = re.search(rb"^Message-ID: <(\d+)@corpus", raw, re.M)
        by_number[int(number[1])]["outcome"] = \
            "quarantined:" + name.split("-")[0]
    raw = open(host.path("sink", "m."), "rb").read()
    for part in raw.split(b"X-Client-Addr: ")[1:]:
        number = re.search(rb"^Message-ID: <(\d+)@corpus", part, re.M)
        flag = re.search(rb"^X-Spam-Flag: YES", part, re.M)
        if number:
            by_number[int(number[1])]["outcome"] = \
                "delivered:spam" if flag else "delivered"


def clients_of(attempt):
    return ",".join(dict.fromkeys(r.split("@")[1] for r in attempt.rcpts))


def write(host, rows, out):
    with open(os.path.join(out, "truth.tsv"), "w") as file:
        file.write("n\ttime\tsource\tclients\tvia\tsent\treply\toutcome\n")
        for row in rows:
            a = row["attempt"]
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                  time.gmtime(row["time"]))
            file.write("\t".join([str(row["n"]), stamp, a.source,
                                  clients_of(a), a.via, a.sent, row["reply"],
                                  row["outcome"]]) + "\n")
    with open(host.path("log/mail.log")) as log, \
            open(os.path.join(out, "excerpt.log"), "w") as file:
        file.writelines(line for line in log if line.startswith(EXCERPT))
    for name in ("mail.log", "mail-bsd.log"):
        subprocess.check_call(["zstd", "-q", "-19", "-f",
                               host.path("log", name), "-o",
                               os.path.join(out, name + ".zst")])
        os.chmod(os.path.join(out, name + ".zst"), 0o644)


main()
