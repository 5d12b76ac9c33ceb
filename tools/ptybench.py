#!/usr/bin/env python3
"""Measure a terminal program from the outside, through a pseudo-terminal.

The program runs on a real pty, as it would under ssh/tmux. A light reader loop only
timestamps the output and answers the terminal queries that TUI toolkits wait for; all
screen work (pyte) happens AFTER the run, by replaying the recording, so the emulator
does not compete for CPU with the program being measured.

    .venv/bin/python tools/ptybench.py [options] -- COMMAND [ARG ...]

    --size 120x40            terminal size (columns x rows)
    --seconds 10             how long to run before the quit keys are sent
    --text REGEX             report when this first appears on the screen (repeatable)
    --key T:KEY[=REGEX]      at T seconds send KEY; with =REGEX also report the time from the
                             key until REGEX is on the screen AND was not just before (repeatable)
    --keys-every A:B:N:K,K   from A s, every B s, N keys, cycling through the list K,K
    --resize T:WxH           at T seconds resize the terminal (SIGWINCH) (repeatable)
    --window NAME:A:B        report bytes/s, frames/s, CPU% between A and B seconds (repeatable)
    --rate BYTES_PER_S       throttle the reader (a slow link); 0 = unlimited
    --stall A:B              stop reading between A and B seconds (a hung ssh client)
    --quit KEYS              comma list sent at the end (default ctrl+q), then SIGTERM, SIGKILL
    --term / --env K=V       environment for the child (default TERM=xterm-256color, COLORTERM=truecolor)
    --no-sync                pretend the terminal lacks synchronised output (mode 2026)
    --dump FILE              write the final screen as text     --raw FILE  write the raw byte stream
    --snap T:FILE            write the screen as text as it was at T seconds (repeatable)
    --repeat N               run N times and report every run plus medians of the main figures

Prints one JSON object. Linux only (it reads /proc); pyte is in .venv.
Keys: a-z etc. literally, ctrl+x, alt+x, enter, esc, tab, shift+tab, space, backspace, delete,
up/down/left/right, home, end, pgup, pgdn, f1..f12, comma, colon, equals, "text'literal".
"""

from __future__ import annotations

import argparse
import codecs
import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import termios
import time
import zlib

import pyte

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")
SYNC_BEGIN = b"\x1b[?2026h"
NAMED = {
    "enter": "\r",
    "esc": "\x1b",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pgup": "\x1b[5~",
    "pgdn": "\x1b[6~",
    "comma": ",",
    "colon": ":",
    "equals": "=",
    **{f"f{i}": f"\x1bO{c}" for i, c in zip(range(1, 5), "PQRS", strict=True)},
    **{
        f"f{i}": f"\x1b[{n}~"
        for i, n in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)
    },
}


def key_bytes(name: str) -> bytes:
    if name.startswith("text'"):
        return name[5:].encode()
    if name in NAMED:
        return NAMED[name].encode()
    if name.startswith("ctrl+") and len(name) == 6:
        return bytes([ord(name[-1].upper()) & 0x1F])
    if name.startswith("alt+"):
        return b"\x1b" + key_bytes(name[4:])
    return name.encode()


# ---------------------------------------------------------------- process tree (Linux /proc)
def tree(pid: int) -> list[int]:
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        try:
            for task in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{task}/children") as f:
                    todo += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return out


class Usage:
    """CPU seconds and RSS of a process and everything it starts."""

    def __init__(self, pid: int) -> None:
        self.pid, self.cpu_by_pid, self.peak_rss, self.peak_main = pid, {}, 0, 0
        self.samples: list[tuple[float, float]] = []
        self.max_procs = self.max_threads = 0

    def sample(self, now: float) -> None:
        rss, threads, pids = 0, 0, tree(self.pid)
        for p in pids:
            try:
                with open(f"/proc/{p}/stat") as f:
                    rest = f.read().rsplit(")", 1)[1].split()
                self.cpu_by_pid[p] = (int(rest[11]) + int(rest[12])) / TICK
                threads += int(rest[17])
                with open(f"/proc/{p}/statm") as f:
                    mem = int(f.read().split()[1]) * PAGE
            except (OSError, IndexError, ValueError):
                continue
            rss += mem
            if p == self.pid:
                self.peak_main = max(self.peak_main, mem)
        self.peak_rss = max(self.peak_rss, rss)
        self.max_procs, self.max_threads = (
            max(self.max_procs, len(pids)),
            max(self.max_threads, threads),
        )
        self.samples.append((now, sum(self.cpu_by_pid.values())))

    def at(self, t: float) -> float:
        best = 0.0
        for when, cpu in self.samples:
            if when > t:
                break
            best = cpu
        return best


# ---------------------------------------------------------------- terminal queries we answer
def answer(data: bytes, cols: int, rows: int, sync: bool) -> bytes:
    out = b""
    for m in re.finditer(rb"\x1b\[(\?)?([0-9;]*)(\$p|n|c|u)", data):
        private, arg, kind = m.groups()
        if kind == b"$p" and private:  # DECRQM: 2 = known but off, 0 = unknown
            known = arg == b"2026" and sync
            out += b"\x1b[?" + arg + (b";2$y" if known else b";0$y")
        elif kind == b"n" and arg == b"6":
            out += b"\x1b[1;1R"
        elif kind == b"n" and arg == b"5":
            out += b"\x1b[0n"
        elif kind == b"c" and arg in (b"", b"0"):
            out += b"\x1b[?62;22c"
        elif kind == b"u" and private and not arg:
            out += b"\x1b[?0u"
    for m in re.finditer(rb"\x1b\](10|11);\?(\x07|\x1b\\)", data):
        out += (
            b"\x1b]"
            + m[1]
            + b";rgb:"
            + (b"c0c0/c0c0/c0c0" if m[1] == b"10" else b"0000/0000/0000")
            + b"\x1b\\"
        )
    if b"\x1b[18t" in data:
        out += b"\x1b[8;%d;%dt" % (rows, cols)
    return out


# pyte would print the tails of these; they never change the text on the screen
UNKNOWN = re.compile(
    r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[[?0-9;]*\$[a-z]|\x1b\[[0-9;?]*u|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b\[[0-9;]* q|\x1b\[[0-9;]*t"
)


class Replay:
    """Feed the recording to pyte step by step."""

    def __init__(self, cols: int, rows: int) -> None:
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.Stream(self.screen)
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.tail = ""

    def feed(self, data: bytes) -> None:
        text = self.tail + self.decode(data)
        cut = text.rfind("\x1b", max(0, len(text) - 64))  # do not split an escape sequence
        if cut >= 0 and not re.match(r"\x1b(\[[0-9;:?<>=!$ ]*[@-~]|[^\[\]P_^X])", text[cut:]):
            text, self.tail = text[:cut], text[cut:]
        else:
            self.tail = ""
        text = UNKNOWN.sub("", text).replace("\x1b[?1049h", "\x1b[2J\x1b[H")
        self.stream.feed(re.sub(r"\x1b\[\d+;\d+;?\d*:[\d:]*m", "", text))

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)


def run_once(a: argparse.Namespace) -> dict:
    cols, rows = map(int, a.size.lower().split("x"))
    env = {
        k: v
        for k, v in os.environ.items()
        if k not in ("TMUX", "TERM_PROGRAM", "NO_COLOR", "LINES", "COLUMNS")
    }
    env |= {
        "TERM": a.term,
        "COLORTERM": "truecolor",
        "LANG": env.get("LANG", "C.UTF-8"),
        "PYTHONUTF8": "1",
    }
    env |= dict(e.split("=", 1) for e in a.env)

    events: list[tuple[float, str, object]] = []
    expects: dict[float, str] = {}
    for spec in a.key:
        t, rest = spec.split(":", 1)
        name, _, expect = rest.partition("=")
        events.append((float(t), "key", name))
        if expect:
            expects[float(t)] = expect
    for spec in a.keys_every:
        start, step, count, names = spec.split(":", 3)
        names = names.split(",")
        events.extend(
            (float(start) + i * float(step), "key", names[i % len(names)])
            for i in range(int(count))
        )
    for spec in a.resize:
        t, wh = spec.split(":")
        events.append((float(t), "resize", tuple(map(int, wh.lower().split("x")))))
    events.sort(key=lambda e: e[0])
    stall = tuple(map(float, a.stall.split(":"))) if a.stall else None

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    t0 = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(slave, fd)
        os.closerange(3, 256)
        try:
            os.execvpe(a.command[0], a.command, env)
        except OSError as e:
            os.write(2, str(e).encode())
            os._exit(127)
    os.close(slave)
    os.set_blocking(master, False)

    usage, chunks, sent, resized = Usage(pid), [], [], []
    next_sample, deadline, quit_at, status = 0.0, a.seconds, None, None
    budget, budget_t = float(a.rate), 0.0
    quit_keys = [k for k in a.quit.split(",") if k]
    while True:
        now = time.perf_counter() - t0
        if now >= next_sample:
            usage.sample(now)
            next_sample = now + 0.1
        while events and events[0][0] <= now:
            _, kind, value = events.pop(0)
            if kind == "key":
                os.write(master, key_bytes(str(value)))
                sent.append((time.perf_counter() - t0, value, _))
            else:
                fcntl.ioctl(
                    master, termios.TIOCSWINSZ, struct.pack("HHHH", value[1], value[0], 0, 0)
                )
                resized.append((time.perf_counter() - t0, value))
        if quit_at is None and now >= deadline:
            quit_at = now
            for k in quit_keys:
                try:
                    os.write(master, key_bytes(k))
                except OSError:
                    break
                time.sleep(0.05)
        if quit_at is not None and status is None and now > quit_at + 3:
            os.kill(pid, signal.SIGKILL if now > quit_at + 6 else signal.SIGTERM)
        if status is None:
            done, st = os.waitpid(pid, os.WNOHANG)
            if done:
                status = st
        timeout = min(0.02, max(0.0, (events[0][0] - now) if events else 0.02))
        if stall and stall[0] <= now < stall[1]:
            time.sleep(min(timeout, stall[1] - now))
            continue
        size = 65536
        if a.rate and status is None:
            budget = min(float(a.rate) / 4, budget + (now - budget_t) * a.rate)
            budget_t = now
            size = int(budget)
            if size < 64:
                time.sleep(0.005)
                continue
        r, _, _ = select.select([master], [], [], timeout)
        if r:
            try:
                data = os.read(master, size)
            except OSError:
                data = b""
            if not data:
                break
            budget -= len(data)
            chunks.append((time.perf_counter() - t0, data))
            reply = answer(data, cols, rows, not a.no_sync)
            if reply:
                os.write(master, reply)
        elif status is not None:
            break
    end = time.perf_counter() - t0
    if status is None:
        _, status = os.waitpid(pid, 0)
    os.close(master)

    # ------------------------------------------------------------ analysis by replay
    raw = b"".join(d for _, d in chunks)
    if a.raw:
        open(a.raw, "wb").write(raw)
    rep = Replay(cols, rows)
    first_paint = first_byte = None
    texts: dict[str, float | None] = dict.fromkeys(a.text)
    waiting: list[tuple[float, float, str]] = []
    expect_ms: dict[str, float | None] = {}
    snaps = sorted((float(s.split(":", 1)[0]), s.split(":", 1)[1]) for s in a.snap)
    todo_keys = [(t, str(v), t_spec) for t, v, t_spec in sent if t_spec in expects]
    todo_sizes = list(resized)
    last_live = ""
    live_end = quit_at if quit_at is not None else end
    for t, data in chunks:
        if first_byte is None:
            first_byte = t
        while snaps and snaps[0][0] < t:
            open(snaps.pop(0)[1], "w").write(rep.text() + "\n")
        while todo_sizes and todo_sizes[0][0] < t:
            w, h = todo_sizes.pop(0)[1]
            rep.screen.resize(h, w)
        while todo_keys and todo_keys[0][0] < t:
            tk, name, spec = todo_keys.pop(0)
            pat = expects[spec]
            label = f"{spec:g}:{name}={pat}"
            expect_ms[label] = None
            if not re.search(pat, rep.text()):
                waiting.append((tk, spec, label))
        if t > live_end and not last_live:
            last_live = rep.text()
        rep.feed(data)
        if first_paint is None or waiting or any(v is None for v in texts.values()):
            shown = rep.text()
            if first_paint is None and shown.strip():
                first_paint = t
            for pat, v in texts.items():
                if v is None and re.search(pat, shown):
                    texts[pat] = t
            for w in waiting[:]:
                if re.search(expects[w[1]], shown):
                    expect_ms[w[2]] = round((t - w[0]) * 1000, 2)
                    waiting.remove(w)
    last_live = last_live or rep.text()
    for _, path in snaps:
        open(path, "w").write(last_live + "\n")
    if a.dump:
        open(a.dump, "w").write(last_live + "\n")

    latencies = []
    times = [t for t, _ in chunks]
    for tk, _, _ in sent:
        after = next((t for t in times if t > tk), None)
        if after is not None and after < live_end:
            latencies.append((after - tk) * 1000)
    latencies.sort()

    def window(t1: float, t2: float) -> dict:
        part = [d for t, d in chunks if t1 <= t < t2]
        n, span = sum(map(len, part)), max(t2 - t1, 1e-9)
        frames = b"".join(part).count(SYNC_BEGIN)
        cpu = usage.at(t2) - usage.at(t1)
        return {
            "bytes_per_s": round(n / span),
            "frames_per_s": round(frames / span, 2),
            "bytes_per_frame": round(n / frames) if frames else None,
            "cpu_percent": round(100 * cpu / span, 2),
        }

    def ms(v: float | None) -> float | None:
        return None if v is None else round(v * 1000, 1)

    code = os.waitstatus_to_exitcode(status)
    return {
        "first_byte_ms": ms(first_byte),
        "first_nonblank_screen_ms": ms(first_paint),
        "text_ms": {k: ms(v) for k, v in texts.items()},
        "bytes_total": len(raw),
        "live": window(0, live_end),
        "bytes_gzip_ratio": round(len(raw) / max(1, len(zlib.compress(raw, 6))), 1),
        "windows": {n: window(float(x), float(y)) for n, x, y in (w.split(":") for w in a.window)},
        "cpu_seconds_tree": round(usage.samples[-1][1], 2),
        "peak_rss_mb": round(usage.peak_rss / 2**20, 1),
        "peak_rss_main_mb": round(usage.peak_main / 2**20, 1),
        "processes": usage.max_procs,
        "threads": usage.max_threads,
        "keys_sent": len(sent),
        "key_to_first_output_ms": {
            "n": len(latencies),
            "median": round(statistics.median(latencies), 2) if latencies else None,
            "p95": round(latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))], 2)
            if latencies
            else None,
            "max": round(latencies[-1], 2) if latencies else None,
        },
        "key_to_text_ms": expect_ms,
        "quit_ms": ms(end - quit_at) if quit_at is not None else None,
        "exit_code": code,
        "restored": {
            "left_alt_screen": raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h"),
            "mouse_off": raw.rfind(b"\x1b[?1003l") >= raw.rfind(b"\x1b[?1003h"),
            "cursor_shown": raw.rfind(b"\x1b[?25h") > raw.rfind(b"\x1b[?25l"),
        },
    }


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--size", default="120x40")
    p.add_argument("--seconds", type=float, default=10.0)
    for name in ("text", "key", "keys-every", "resize", "window", "env", "snap"):
        p.add_argument(f"--{name}", action="append", default=[])
    p.add_argument("--rate", type=int, default=0)
    p.add_argument("--stall")
    p.add_argument("--quit", default="ctrl+q")
    p.add_argument("--term", default="xterm-256color")
    p.add_argument("--no-sync", action="store_true")
    p.add_argument("--dump")
    p.add_argument("--raw")
    p.add_argument("--repeat", type=int, default=1)
    p.add_argument("command", nargs=argparse.REMAINDER)
    a = p.parse_args()
    if a.command[:1] == ["--"]:
        a.command = a.command[1:]
    if not a.command:
        p.error("no command given")
    runs = [run_once(a) for _ in range(a.repeat)]
    if a.repeat == 1:
        print(json.dumps(runs[0], indent=1))
        return
    med = {}
    for k in (
        "first_byte_ms",
        "first_nonblank_screen_ms",
        "cpu_seconds_tree",
        "peak_rss_mb",
        "quit_ms",
    ):
        vals = [r[k] for r in runs if r[k] is not None]
        med[k] = round(statistics.median(vals), 2) if vals else None
    for t in a.text:
        vals = [r["text_ms"][t] for r in runs if r["text_ms"][t] is not None]
        med[f"text_ms:{t}"] = round(statistics.median(vals), 2) if vals else None
    vals = [
        r["key_to_first_output_ms"]["median"] for r in runs if r["key_to_first_output_ms"]["median"]
    ]
    med["key_to_first_output_ms"] = round(statistics.median(vals), 2) if vals else None
    print(json.dumps({"median": med, "runs": runs}, indent=1))


if __name__ == "__main__":
    main()
