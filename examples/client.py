# SPDX-License-Identifier: Apache-2.0
"""An SMTP client that speaks for another address, and what it sends."""
import base64
import io
import os
import socket
import time
import zipfile

import mailhost
import plan

PORTS = {"xclient": mailhost.PORT_SMTP, "postscreen": mailhost.PORT_POSTSCREEN,
         "proxy": mailhost.PORT_PROXY, "submission": mailhost.PORT_SUBMISSION}


class Refused(Exception):
    pass


class Session:
    """Replies of interest are gathered in self.replies."""

    def __init__(self, attempt):
        self.attempt = attempt
        self.replies = []
        self.sock = socket.create_connection(
            ("127.0.0.1", PORTS[attempt.via]), 120)
        self.file = self.sock.makefile("rb")

    def read(self):
        while True:
            line = self.file.readline()
            if line[3:4] != b"-":
                return line.decode("latin1").strip()

    def say(self, command):
        self.sock.sendall(command.encode("latin1") + b"\r\n")
        return self.read()

    def must(self, command):
        reply = self.say(command)
        if not reply.startswith(("2", "3")):
            self.replies.append(reply)
            raise Refused
        return reply

    def stop_at(self, place):
        if self.attempt.stop == place:
            raise ConnectionAbortedError

    def open(self):
        a = self.attempt
        if a.via == "postscreen":
            family = "TCP6" if ":" in a.source else "TCP4"
            here = "::1" if ":" in a.source else "127.0.0.1"
            early = "EHLO early\r\n" if a.sent == "pregreet" else ""
            self.sock.sendall(f"PROXY {family} {a.source} {here} 40000 25\r\n"
                              f"{early}".encode())
            self.stop_at("connect")
            greeting = self.read()
            if a.sent == "pregreet":
                return       # that was the answer to what came too early
        else:
            greeting = self.read()
            self.say(f"EHLO {a.helo}")
            address = ("IPV6:" if ":" in a.source else "") + a.source
            login = f" LOGIN={a.login}" if a.login else ""
            greeting = self.must("XCLIENT NAME=[UNAVAILABLE] "
                                 f"ADDR={address}{login}")
            self.stop_at("connect")
        if not greeting.startswith("220"):
            self.replies.append(greeting)
            raise Refused
        self.must(f"EHLO {a.helo}")
        self.stop_at("helo")

    def transact(self, data):
        a = self.attempt
        size = f" SIZE={len(data)}" if len(data) > 10000 else ""
        self.must(f"MAIL FROM:<{a.sender}>{size}")
        accepted = 0
        for rcpt in a.rcpts:
            reply = self.say(f"RCPT TO:<{rcpt}>")
            if reply.startswith("2"):
                accepted += 1
            else:
                self.replies.append(reply)
        self.stop_at("rcpt")
        if not accepted:
            raise Refused
        self.must("DATA")
        if a.stop == "data":
            self.sock.sendall(data[:200])
        self.stop_at("data")
        data = b"\r\n".join(b"." + line if line.startswith(b".") else line
                            for line in data.split(b"\r\n"))
        self.sock.sendall(data + b"\r\n.\r\n")
        self.replies.append(self.read())

    def run(self, data):
        try:
            self.open()
            self.transact(data)
        except Refused:
            pass
        except ConnectionAbortedError:
            self.close()
            return "(hung up)"
        try:
            self.say("QUIT")
        except OSError:
            pass
        self.close()
        return " | ".join(self.replies)

    def close(self):
        self.file.close()
        self.sock.close()
        time.sleep(0.03)     # let the server say so before the clock moves


def send(attempt, number):
    return Session(attempt).run(content(attempt, number))


# ----------------------------------------------------------------- content

def content(attempt, number):
    """The message's bytes: the corpus message with a name of ours, and what
    attempt.sent adds to it."""
    name = f"Message-ID: <{number}@corpus.example>".encode()
    if attempt.message is None:
        return name + b"\r\nSubject: test\r\n\r\ntest\r\n"
    m = attempt.message
    head, body = m.head, m.body
    extra = attachment(attempt.sent)
    if extra:
        head, body = wrap(head, body, *extra)
    raw = b"\n".join([name] + head) + b"\n\n" + body
    return b"\r\n".join(raw.replace(b"\r", b"").split(b"\n"))


def attachment(sent):
    """(file name, bytes) or None"""
    what, _, name = sent.partition(":")
    if what == "virus" and name == plan.EICAR_NAME:
        return "eicar.txt", plan.EICAR
    if what in ("virus", "junk"):
        return "document.dat", (plan.MARKERS[name] + "\n").encode()
    if what == "banned":
        return "document.pif", b"nothing to run here\n"
    if what == "encrypted":
        return "document.zip", locked_zip()
    size = {"large": 300_000, "oversized": 1_000_000, "huge": 2_000_000}
    if what in size:
        return "picture.dat", bytes(range(256)) * (size[what] // 256)
    return None


def locked_zip():
    """A zip whose one member says that it is encrypted."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("document.txt", os.urandom(64))
    raw = bytearray(out.getvalue())
    raw[6] |= 1
    raw[raw.index(b"PK\1\2") + 8] |= 1
    return bytes(raw)


def wrap(head, body, name, data):
    """The message as the first part of a multipart one, data as the next."""
    mime = [f for f in head if f.lower().startswith(
        (b"content-", b"mime-version"))]
    inner = [f for f in mime if f.lower().startswith(b"content-")
             and not f.lower().startswith(b"content-length")]
    head = [f for f in head if f not in mime] + [
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="=_rapsheet_example"']
    parts = [b"--=_rapsheet_example"] + inner + [
        b"", body, b"--=_rapsheet_example",
        b"Content-Type: application/octet-stream",
        f'Content-Disposition: attachment; filename="{name}"'.encode(),
        b"Content-Transfer-Encoding: base64", b"",
        base64.encodebytes(data), b"--=_rapsheet_example--", b""]
    return head, b"\n".join(parts)
