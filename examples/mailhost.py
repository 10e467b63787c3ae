# SPDX-License-Identifier: Apache-2.0
"""A whole mail host of our own: Postfix, amavis, clamd and rsyslog, on
loopback, in one place, with a clock that can be set.

    enter_namespace(directory)   run the rest in namespaces of its own
    host = MailHost()            nothing is started yet
    host.start_clock(time)       before the servers, if the clock is wanted
    host.start_dns(zone)         host.start_policy()  host.start_sink()
    host.start_syslog()          host.start_clamd()
    host.start_amavis()          host.start_postfix()
    host.stop_all()

enter_namespace() gives the process its own network (loopback alone), mounts,
process ids and host name: no mail can leave, no port of the machine is taken,
its /dev/log and /etc/resolv.conf stay untouched, and when the first process
of the namespace ends, every server in it ends too. Needs root.

The clock is libfaketime's, read from a file at every look: the servers write
their own stamps by it, in the log and everywhere else."""
import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "mx1.rapsheet.example"
WORK = "/srv"          # where the namespace sees its directory
PORT_SMTP = 2500       # smtpd that takes XCLIENT; amavis after the queue
PORT_POSTSCREEN = 2501 # postscreen that takes the PROXY protocol
PORT_PROXY = 2502      # the same, but amavis before the queue
PORT_SUBMISSION = 2587
PORT_AMAVIS = 10024
PORT_BACK = 10025      # Postfix takes the filtered mail back here
PORT_AMAVIS_PROXY = 10026
PORT_SINK = 2525       # the clients' mail servers


def enter_namespace(directory):
    """Start this program again in namespaces of its own, and end with it.
    directory is seen there as WORK, so that no log tells where it was."""
    if os.environ.get("MAILHOST_INSIDE") != "1":
        os.environ["MAILHOST_INSIDE"] = "1"
        command = ["unshare", "--mount", "--net", "--uts", "--pid", "--fork",
                   "--kill-child", "--mount-proc", sys.executable] + sys.argv
        sys.exit(subprocess.call(command))
    subprocess.check_call(["ip", "link", "set", "lo", "up"])
    socket.sethostname(NAME)
    os.chmod(directory, 0o755)
    subprocess.check_call(["mount", "--bind", directory, WORK])
    private_dev()


def private_dev():
    """A /dev of our own, so that its log socket is ours."""
    old = "/mnt"
    run = subprocess.check_call
    run(["mount", "--bind", "/dev", old])
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", "/dev"])
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        open(f"/dev/{name}", "w").close()
        run(["mount", "--bind", f"{old}/{name}", f"/dev/{name}"])
    os.symlink("/proc/self/fd", "/dev/fd")
    os.mkdir("/dev/shm")
    os.chmod("/dev/shm", 0o1777)
    run(["umount", "-l", old])


class MailHost:
    def __init__(self, directory=WORK + "/mail"):
        self.dir = directory
        self.children = {}
        self.clock = None
        self.offset = 0.0
        os.makedirs(directory, exist_ok=True)
        os.chmod(directory, 0o755)

    # ------------------------------------------------------------- pieces

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def fill(self, template, target, **more):
        """A file of examples/conf with @NAMES@ put in."""
        text = open(os.path.join(HERE, "conf", template)).read()
        names = {"DIR": self.dir, "NAME": NAME}
        names.update((k, str(v)) for k, v in globals().items()
                     if k.startswith("PORT_"))
        names.update(more)
        for key, value in names.items():
            text = text.replace(f"@{key}@", value)
        with open(target, "w") as out:
            out.write(text)

    def make_dir(self, name, user, mode=0o750):
        path = self.path(name)
        os.makedirs(path, exist_ok=True)
        shutil.chown(path, user, grp.getgrgid(pwd.getpwnam(user).pw_gid)[0])
        os.chmod(path, mode)
        return path

    def environment(self):
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C",
               "TZ": "UTC"}
        if self.clock:
            env.update(LD_PRELOAD=self.clock, FAKETIME_NO_CACHE="1",
                       FAKETIME_TIMESTAMP_FILE=self.path("clock"),
                       FAKETIME_DONT_FAKE_MONOTONIC="1",
                       FAKETIME_DONT_RESET="1")
        return env

    def spawn(self, name, command):
        out = open(self.path(f"{name}.out"), "ab")
        self.children[name] = subprocess.Popen(
            command, env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=out, stderr=out, start_new_session=True, cwd="/")

    def stop(self, name):
        child = self.children.pop(name)
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def stop_all(self):
        for name in list(reversed(self.children)):
            self.stop(name)

    # -------------------------------------------------------------- clock

    def start_clock(self, now):
        self.clock = ("/usr/lib/" + os.uname().machine +
                      "-linux-gnu/faketime/libfaketimeMT.so.1")
        self.offset = now - time.time()
        self.write_clock()

    def write_clock(self):
        with open(self.path("clock.new"), "w") as out:
            out.write(f"{self.offset:+.3f}\n")
        os.chmod(self.path("clock.new"), 0o644)
        os.rename(self.path("clock.new"), self.path("clock"))

    def set_clock(self, now):
        """Forward to now; never backward."""
        self.offset = max(self.offset, now - time.time())
        self.write_clock()

    def now(self):
        return time.time() + self.offset

    # ------------------------------------------------------------ servers

    def start_dns(self, zone):
        """The only name server of the namespace; zone: file, see dns.py."""
        with open(self.path("resolv.conf"), "w") as out:
            out.write("nameserver 127.0.0.1\n")
        subprocess.check_call(["mount", "--bind", self.path("resolv.conf"),
                               "/etc/resolv.conf"])
        self.spawn("dns", [sys.executable, f"{HERE}/dns.py", zone])

    def start_policy(self):
        """Greylisting, as a Postfix policy service."""
        self.spawn("policy", [sys.executable, f"{HERE}/greylist.py",
                              "10040", "300"])
        wait_port(10040)

    def start_sink(self):
        """The clients' servers: take everything, one file a message."""
        self.make_dir("sink", "nobody")
        self.spawn("sink", ["smtp-sink", "-u", "nobody", "-D",
                            self.path("sink", "m."),
                            f"127.0.0.1:{PORT_SINK}", "100"])
        wait_port(PORT_SINK)

    def start_syslog(self):
        """mail.log as Debian 12 writes it; mail-bsd.log with short stamps."""
        self.make_dir("log", "root", 0o755)
        self.fill("rsyslog.conf", self.path("rsyslog.conf"))
        self.spawn("rsyslog", ["rsyslogd", "-n", "-f",
                               self.path("rsyslog.conf"), "-i",
                               self.path("rsyslog.pid")])
        wait_for(lambda: os.path.exists("/dev/log"))

    def start_clamd(self, signatures):
        """signatures: text of each signature file by its name."""
        self.make_dir("clamd", "amavis")
        folder = self.make_dir("clamd/db", "amavis")
        for name, text in signatures.items():
            with open(f"{folder}/{name}", "w") as out:
                out.write(text)
            os.chmod(f"{folder}/{name}", 0o644)
        self.fill("clamd.conf", self.path("clamd.conf"))
        self.spawn("clamd", ["clamd", "--foreground", "--config-file",
                             self.path("clamd.conf")])
        wait_for(lambda: os.path.exists(self.path("clamd/socket")), 60)

    def start_amavis(self):
        for name in ("", "/tmp", "/db", "/var", "/quarantine"):
            self.make_dir("amavis" + name, "amavis")
        self.fill("amavisd.conf", self.path("amavisd.conf"))
        self.spawn("amavis", ["amavisd", "-c", self.path("amavisd.conf"),
                              "foreground"])
        wait_port(PORT_AMAVIS, 60)

    def start_postfix(self):
        etc = self.make_dir("postfix", "root", 0o755)
        self.make_dir("data", "postfix", 0o700)
        self.make_dir("queue", "root", 0o755)
        for name in ("main.cf", "master.cf"):
            self.fill(f"postfix-{name}", f"{etc}/{name}")
        for name in ("recipients", "helo", "restrictions"):
            self.fill(f"postfix-{name}", f"{etc}/{name}")
        shutil.copy("/etc/postfix/dynamicmaps.cf", etc)
        subprocess.check_call(["postfix", "-c", etc, "check"],
                              env=self.environment())
        self.spawn("postfix", ["/usr/lib/postfix/sbin/master", "-c", etc,
                               "-d"])
        wait_port(PORT_BACK)

    def drain(self, seconds=60):
        """Until Postfix has nothing under way; what it defers may stay."""
        def empty():
            return not any(files for part in ("maildrop", "incoming", "active")
                           for _, _, files in os.walk(self.path("queue", part)))
        return wait_for(empty, seconds, False)


def wait_for(condition, seconds=20, must=True):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            if must:
                raise TimeoutError("a server does not come up")
            return False
        time.sleep(0.02)
    return True


def wait_port(port, seconds=20):
    def open_port():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    wait_for(open_port, seconds)
