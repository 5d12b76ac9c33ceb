#!/usr/bin/env python3
"""See a terminal program as its user sees it: run it in tmux, type keys, save the screen as PNG and text.

    .venv/bin/python tools/shot.py --size 80x24 --out desk.png -- .venv/bin/tui-trader --home HOME
    .venv/bin/python tools/shot.py --wait BTC/USD --keys "?,shot:help.png,Escape" -- scripts/run

Keys are comma separated tmux key names (Enter, Escape, Tab, C-p, F1, Up, a, B ...); `text:hello` types literally,
`wait:SECONDS` pauses, `until:TEXT` waits for TEXT on the screen, `shot:FILE` saves a picture on the way,
`resize:WxH` resizes the terminal. Exit status 1 when an awaited text never came or the program died; the screen is
saved all the same. Needs tmux and a monospace font (apt: fonts-dejavu-core); pillow and wcwidth are in .venv.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from wcwidth import wcwidth

CELL_W, CELL_H, FONT_PX = 9, 18, 15
FONT_DIR = Path("/usr/share/fonts/truetype/dejavu")
BASE16 = [
    "#000000",
    "#cd3131",
    "#0dbc79",
    "#e5e510",
    "#2472c8",
    "#bc3fbc",
    "#11a8cd",
    "#e5e5e5",
    "#666666",
    "#f14c4c",
    "#23d18b",
    "#f5f543",
    "#3b8eea",
    "#d670d6",
    "#29b8db",
    "#ffffff",
]
SGR = re.compile(r"\x1b\[([0-9;:]*)m")
OTHER = re.compile(
    r"\x1b(?:\[[0-9;?]*[ -/]*[@-ln-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[^\[\]()])|[\x0e\x0f]"
)


def palette(index: int) -> str:
    """xterm-256 colour `index` as #rrggbb."""
    if index < 16:
        return BASE16[index]
    if index < 232:
        index -= 16
        steps = [0, 95, 135, 175, 215, 255]
        return "#%02x%02x%02x" % (steps[index // 36], steps[index // 6 % 6], steps[index % 6])
    grey = 8 + 10 * (index - 232)
    return "#%02x%02x%02x" % (grey, grey, grey)


class Style:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.fg = self.bg = None
        self.bold = self.dim = self.italic = self.under = self.reverse = self.strike = False

    def apply(self, params: str) -> None:
        codes = [int(p or 0) for p in params.replace(":", ";").split(";")] if params else [0]
        i = 0
        while i < len(codes):
            c = codes[i]
            if c == 0:
                self.reset()
            elif c in (1, 2, 3, 4, 7, 9):
                setattr(
                    self,
                    {1: "bold", 2: "dim", 3: "italic", 4: "under", 7: "reverse", 9: "strike"}[c],
                    True,
                )
            elif c == 22:
                self.bold = self.dim = False
            elif c in (23, 24, 27, 29):
                setattr(self, {23: "italic", 24: "under", 27: "reverse", 29: "strike"}[c], False)
            elif 30 <= c <= 37 or 90 <= c <= 97:
                self.fg = palette(c - 30 if c < 40 else c - 82)
            elif 40 <= c <= 47 or 100 <= c <= 107:
                self.bg = palette(c - 40 if c < 50 else c - 92)
            elif c in (39, 49):
                setattr(self, "fg" if c == 39 else "bg", None)
            elif c in (38, 48) and i + 1 < len(codes):
                if codes[i + 1] == 5 and i + 2 < len(codes):
                    colour, i = palette(codes[i + 2]), i + 2
                elif codes[i + 1] == 2 and i + 4 < len(codes):
                    colour, i = "#%02x%02x%02x" % tuple(codes[i + 2 : i + 5]), i + 4
                else:
                    break
                setattr(self, "fg" if c == 38 else "bg", colour)
            i += 1


def draw_block(draw: ImageDraw.ImageDraw, char: str, x: int, y: int, colour: str) -> bool:
    """Block elements and braille as geometry, so that charts look as in a real terminal."""
    code, w, h = ord(char), CELL_W, CELL_H
    if 0x2800 <= code <= 0x28FF:
        for bit, (col, row) in enumerate(
            [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
        ):
            if (code - 0x2800) >> bit & 1:
                cx, cy = x + w * (0.28 + 0.44 * col), y + h * (0.125 + 0.25 * row)
                draw.ellipse([cx - 1.2, cy - 1.2, cx + 1.2, cy + 1.2], fill=colour)
        return True
    if 0x2581 <= code <= 0x2588:
        part = (code - 0x2580) / 8
        draw.rectangle([x, y + round(h * (1 - part)), x + w - 1, y + h - 1], fill=colour)
    elif 0x2589 <= code <= 0x258F:
        draw.rectangle(
            [x, y, x + max(1, round(w * (0x2590 - code) / 8)) - 1, y + h - 1], fill=colour
        )
    elif code == 0x2580:
        draw.rectangle([x, y, x + w - 1, y + h // 2 - 1], fill=colour)
    elif code == 0x2590:
        draw.rectangle([x + w // 2, y, x + w - 1, y + h - 1], fill=colour)
    elif code == 0x2594:
        draw.rectangle([x, y, x + w - 1, y + 1], fill=colour)
    elif code == 0x2595:
        draw.rectangle([x + w - 1, y, x + w - 1, y + h - 1], fill=colour)
    elif 0x2596 <= code <= 0x259F:
        quads = {
            0x2596: "c",
            0x2597: "d",
            0x2598: "a",
            0x2599: "acd",
            0x259A: "ad",
            0x259B: "abc",
            0x259C: "abd",
            0x259D: "b",
            0x259E: "bc",
            0x259F: "bcd",
        }[code]
        for q in quads:
            qx, qy = x + (q in "bd") * (w // 2), y + (q in "cd") * (h // 2)
            draw.rectangle([qx, qy, qx + (w // 2), qy + h // 2 - 1], fill=colour)
    else:
        return False
    return True


def paint(ansi: str, width: int, height: int, out: Path) -> None:
    faces = {
        (b, i): ImageFont.truetype(str(FONT_DIR / f"DejaVuSansMono{name}.ttf"), FONT_PX)
        for (b, i), name in {(0, 0): "", (1, 0): "-Bold", (0, 1): "", (1, 1): "-Bold"}.items()
    }
    image = Image.new("RGB", (width * CELL_W, height * CELL_H), "#0c0c0c")
    draw = ImageDraw.Draw(image)
    style = Style()
    for row, line in enumerate(ansi.split("\n")[:height]):
        col, pos = 0, 0
        while pos < len(line):
            match = SGR.match(line, pos) or OTHER.match(line, pos)
            if match:
                if match.re is SGR:
                    style.apply(match.group(1))
                pos = match.end()
                continue
            char, pos = line[pos], pos + 1
            cells = max(wcwidth(char), 0)
            fg, bg = style.fg or "#cccccc", style.bg or "#0c0c0c"
            if style.reverse:
                fg, bg = bg, fg
            if style.dim:
                rgb = [(int(fg[i : i + 2], 16) + int(bg[i : i + 2], 16)) // 2 for i in (1, 3, 5)]
                fg = "#%02x%02x%02x" % tuple(rgb)
            x, y = col * CELL_W, row * CELL_H
            draw.rectangle([x, y, x + cells * CELL_W - 1, y + CELL_H - 1], fill=bg)
            if char != " " and not draw_block(draw, char, x, y, fg):
                draw.text((x, y), char, font=faces[(int(style.bold), int(style.italic))], fill=fg)
            if style.under:
                draw.line([x, y + CELL_H - 2, x + cells * CELL_W - 1, y + CELL_H - 2], fill=fg)
            col += cells
    image.save(out)


class Terminal:
    def __init__(self, command: list[str], size: str) -> None:
        self.width, self.height = map(int, size.split("x"))
        # One of its own each: a server of that name may still be on its way out.
        self.socket = f"shot-{os.getpid()}-{time.monotonic_ns()}"
        env = "env TERM=tmux-256color COLORTERM=truecolor " + " ".join(
            shlex.quote(c) for c in command
        )
        self.tmux(
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            str(self.width),
            "-y",
            str(self.height),
            "-s",
            "s",
            env,
            ";",
            "set",
            "-g",
            "remain-on-exit",
            "on",
            ";",
            "set",
            "-g",
            "status",
            "off",
            ";",
            "set",
            "-sg",
            "escape-time",
            "20",
        )

    def tmux(self, *args: str) -> str:
        return subprocess.run(
            ["tmux", "-u", "-L", self.socket, *args], capture_output=True, text=True, check=False
        ).stdout

    def text(self) -> str:
        return self.tmux("capture-pane", "-p", "-t", "s")

    def dead(self) -> bool:
        return self.tmux("list-panes", "-t", "s", "-F", "#{pane_dead}").strip() != "0"

    def until(self, text: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if text in self.text():
                return True
            if self.dead():
                return text in self.text()
            time.sleep(0.1)
        return False

    def save(self, out: str) -> None:
        path = Path(out)
        path.with_suffix(".txt").write_text(self.text())
        paint(self.tmux("capture-pane", "-e", "-N", "-p", "-t", "s"), self.width, self.height, path)
        print(f"saved {path} and {path.with_suffix('.txt')}")

    def close(self) -> None:
        self.tmux("kill-server")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="120x36", help="columns x rows (default 120x36)")
    parser.add_argument(
        "--out", default="shot.png", help="PNG to write at the end; the text goes beside it as .txt"
    )
    parser.add_argument("--wait", default="", help="text to await on the screen before the keys")
    parser.add_argument(
        "--settle",
        type=float,
        default=1.0,
        help="seconds to let the screen settle before each picture",
    )
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds to await any text")
    parser.add_argument("--keys", default="", help="comma separated keys and steps, see above")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND ARG ...")
    args = parser.parse_args()
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        parser.error("give the command after --")
    terminal, ok = Terminal(command, args.size), True
    try:
        if args.wait:
            ok &= terminal.until(args.wait, args.timeout)
        for step in filter(None, args.keys.split(",")):
            kind, _, value = step.partition(":")
            if kind == "wait" and value:
                time.sleep(float(value))
            elif kind == "until" and value:
                ok &= terminal.until(value, args.timeout)
            elif kind == "shot" and value:
                time.sleep(args.settle)
                terminal.save(value)
            elif kind == "resize" and value:
                terminal.width, terminal.height = map(int, value.split("x"))
                terminal.tmux(
                    "resize-window",
                    "-t",
                    "s",
                    "-x",
                    str(terminal.width),
                    "-y",
                    str(terminal.height),
                )
            elif kind == "text" and value:
                terminal.tmux("send-keys", "-t", "s", "-l", value)
            else:
                terminal.tmux("send-keys", "-t", "s", step)
            time.sleep(0.05)
        time.sleep(args.settle)
        if terminal.dead():
            print("the program has ended", file=sys.stderr)
            ok = False
        terminal.save(args.out)
    finally:
        terminal.close()
    if not ok:
        print("an awaited text never came, or the program ended", file=sys.stderr)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
