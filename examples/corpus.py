# SPDX-License-Identifier: Apache-2.0
"""The SpamAssassin public corpus as messages to send again: when and from
where each came, and its bytes without the hops after that."""
import email.utils
import ipaddress
import os
import re
from dataclasses import dataclass

# The corpus owner's own relay: what it hands over, it had from another.
OWN_RELAYS = {"193.120.211.219"}
DROPPED = re.compile(rb"(return-path|delivered-to|delivery-date|message-id|"
                     rb"status|x-status|x-spam[^:]*|x-uid[^:]*|"
                     rb"bcc|resent-message-id):", re.I)
HOP = re.compile(rb"received: from (\S+) \(?[^;]*?\[(\d+\.\d+\.\d+\.\d+)\]",
                 re.I)
# Names of mail servers only: other hosts are named after people too often.
SERVER_NAME = re.compile(r"(mail|mailout|smtp|mx|relay|list|lists|listman)"
                         r"[0-9]*(\.[a-z0-9-]{1,63}){1,5}\.[a-z]{2,6}", re.I)


@dataclass
class Message:
    path: str
    kind: str      # ham or spam, as the corpus sorts it
    time: int      # when the hop took it
    source: str    # the address that connected to the hop
    helo: str
    head: list     # header fields below the hop, folded as they were
    body: bytes


def load(root):
    """All messages whose hop can be told, in the order of their paths."""
    for folder in sorted(os.listdir(root)):
        if not os.path.isdir(os.path.join(root, folder)):
            continue
        kind = "spam" if folder.startswith("spam") else "ham"
        for name in sorted(os.listdir(os.path.join(root, folder))):
            if name.endswith(".txt"):
                path = os.path.join(folder, name)
                with open(os.path.join(root, path), "rb") as file:
                    message = parse(path, kind, file.read())
                if message:
                    yield message


def parse(path, kind, raw):
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields = re.split(rb"\n(?![ \t])", head)
    if fields and fields[0].startswith(b"From "):
        fields.pop(0)
    for i, field in enumerate(fields):
        hop = read_hop(field)
        if hop:
            when, source, helo = hop
            below = [f for j, f in enumerate(fields)
                     if keep(f, after_hop=j > i)]
            return Message(path, kind, when, source, helo, below, body)
    return None


def keep(field, after_hop):
    if field.lower().startswith(b"received:"):
        return after_hop
    return re.match(rb"[!-9;-~]+:", field) and not DROPPED.match(field)


def read_hop(field):
    """(time, source, helo) of a Received line by SMTP from a public host."""
    line = re.sub(rb"\s+", b" ", field)
    match = HOP.match(line)
    if not match or b" by " in match[0] or \
            re.search(rb"with (POP3|IMAP)|fetchmail", line):
        return None
    source = match[2].decode()
    try:
        public = ipaddress.ip_address(source).is_global
    except ValueError:
        return None
    stamp = email.utils.parsedate_tz(line.rsplit(b";", 1)[-1]
                                     .decode("latin1"))
    if not public or source in OWN_RELAYS or not stamp:
        return None
    helo = match[1].decode("latin1").lower()
    if not SERVER_NAME.fullmatch(helo):
        helo = f"[{source}]"
    return email.utils.mktime_tz(stamp), source, helo
