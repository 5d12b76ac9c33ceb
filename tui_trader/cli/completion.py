"""Completion of commands, verbs, options and their values for three shells, from the parsers."""

import argparse
from collections.abc import Iterator

from tui_trader.cli.command_tree import PROGRAM, Command, Option, commands, program_options
from tui_trader.cli.exit_codes import EXIT_OK
from tui_trader.cli.man import page
from tui_trader.cli.narration import answer
from tui_trader.cli.parser import Subparsers

SHELLS = ("bash", "zsh", "fish")
MAN = "man"


def add_parser(subparsers: Subparsers) -> None:
    """Declare `completion`."""
    completion = subparsers.add_parser(
        "completion",
        description="Print what a shell needs to complete commands, options and their values; or the "
        "manual page, with every command and every key of the console.",
        examples="tui-trader completion bash > ~/.local/share/bash-completion/completions/tui-trader\n"
        'tui-trader completion zsh > "${fpath[1]}/_tui-trader"\n'
        "tui-trader completion fish > ~/.config/fish/completions/tui-trader.fish\n"
        "tui-trader completion man > ~/.local/share/man/man1/tui-trader.1",
    )
    completion.add_argument(
        "shell", metavar="bash|zsh|fish|man", choices=(*SHELLS, MAN), help="which shell, or man"
    )


def run(args: argparse.Namespace) -> int:
    """Print it."""
    if args.shell == MAN:
        answer(page().removesuffix("\n"))
        return EXIT_OK
    lines = {"bash": bash_lines, "zsh": zsh_lines, "fish": fish_lines}[args.shell]
    answer("\n".join(lines(commands(), program_options())))
    return EXIT_OK


def bash_lines(known: tuple[Command, ...], shared: tuple[Option, ...]) -> Iterator[str]:
    """A function for `complete -F`: it finds the command and its verb, then offers what may follow."""
    yield f"# bash completion of {PROGRAM}"
    yield "_tui_trader() {"
    yield '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"'
    yield '  local command="" verb="" index'
    yield "  for ((index = 1; index < COMP_CWORD; index++)); do"
    yield '    case "${COMP_WORDS[index]}" in'
    valued = sorted(flag for one in shared if one.value for flag in one.flags)
    yield f"      {'|'.join(valued)}) ((index++)) ;;"
    yield "      -*) ;;"
    yield '      *) if [[ -z $command ]]; then command="${COMP_WORDS[index]}"'
    yield '         elif [[ -z $verb ]]; then verb="${COMP_WORDS[index]}"; fi ;;'
    yield "    esac"
    yield "  done"
    yield '  case "$command $verb $before" in'
    everywhere = {flag for one in shared for flag in one.flags}
    for path, one in _places(known):
        own = tuple(option for option in one.options if not everywhere & set(option.flags))
        yield from _bash_values(path, own)
    yield "  esac"
    yield '  case "$before" in'
    yield from _bash_values("", shared)
    yield "  esac"
    yield '  case "$command $verb" in'
    for path, one in _places(known):
        if " " in path:
            yield f'    "{path}") _tui_trader_offer "{_offered(one)}"; return ;;'
    yield "  esac"
    yield '  case "$command" in'
    names = " ".join((*(one.name for one in known), *_flags(shared)))
    yield f'    "") _tui_trader_offer "{names}"; return ;;'
    for one in known:
        yield f'    {one.name}) _tui_trader_offer "{_offered(one)}"; return ;;'
    yield "  esac"
    yield "}"
    yield "_tui_trader_offer() {"
    # Older shells, as on a Mac, have no mapfile; none of these words holds a space.
    yield '  COMPREPLY=($(compgen -W "$1" -- "$word"))'
    yield "}"
    yield f"complete -o default -F _tui_trader {PROGRAM}"


def _bash_values(path: str, options: tuple[Option, ...]) -> Iterator[str]:
    command, _, verb = path.partition(" ")
    for option in options:
        for flag in option.flags if option.value else ():
            # A command without verbs has a word in the place of one.
            place = f'"{command} {verb}"*" {flag}"' if path else f'"{flag}"'
            if option.choices:
                words = " ".join(option.choices)
                yield f'    {place}) _tui_trader_offer "{words}"; return ;;'
            else:
                # Nothing of ours lets the shell offer its files; what is no path has no offer at all.
                stop = "" if option.is_path else " compopt +o default 2>/dev/null;"
                yield f"    {place}) COMPREPLY=();{stop} return ;;"


def zsh_lines(known: tuple[Command, ...], shared: tuple[Option, ...]) -> Iterator[str]:
    """A function for zsh's own system, with what each word means."""
    yield f"#compdef {PROGRAM}"
    yield "_tui_trader() {"
    yield "  local line state"
    yield "  _arguments -C \\"
    for option in shared:
        yield from (f"    {argument} \\" for argument in _zsh_option(option))
    yield "    '1: :->command' '*:: :->rest'"
    yield "  case $state in"
    yield "    command) local -a names=("
    for one in known:
        yield f"      {_quoted(f'{one.name}:{one.says}')}"
    yield "    ); _describe command names ;;"
    yield "    rest) case $line[1] in"
    for one in known:
        yield from _zsh_command(one)
    yield "    esac ;;"
    yield "  esac"
    yield "}"
    yield '_tui_trader "$@"'


def _zsh_command(one: Command) -> Iterator[str]:
    if one.verbs:
        verbs = " ".join(verb.name for verb in one.verbs)
        yield f"      {one.name}) if ((CURRENT == 2)); then compadd {verbs}; else case $words[2] in"
        for verb in one.verbs:
            yield f"        {verb.name}) {_zsh_arguments(verb)} ;;"
        yield "      esac; fi ;;"
    else:
        yield f"      {one.name}) {_zsh_arguments(one)} ;;"


def _zsh_arguments(one: Command) -> str:
    parts = [argument for option in one.options for argument in _zsh_option(option)]
    parts += [_quoted(f":{word.value}:({' '.join(word.choices)})") for word in one.words]
    return " ".join(("_arguments", *parts))


def _zsh_option(option: Option) -> Iterator[str]:
    says = option.says.replace("[", "(").replace("]", ")").replace(":", "\\:")
    for flag in option.flags:
        value = ""
        if option.choices:
            value = f":{option.value}:({' '.join(option.choices)})"
        elif option.value:
            value = f":{option.value}:{'_files' if option.is_path else ''}"
        yield _quoted(f"{flag}[{says}]{value}")


def fish_lines(known: tuple[Command, ...], shared: tuple[Option, ...]) -> Iterator[str]:
    """One `complete` a word."""
    yield f"# fish completion of {PROGRAM}"
    yield f"complete -c {PROGRAM} -f"
    names = " ".join(one.name for one in known)
    for option in shared:
        yield from _fish_option(option, "")
    for one in known:
        says = _quoted(one.says)
        yield f"complete -c {PROGRAM} -n 'not __fish_seen_subcommand_from {names}' -a {one.name} -d {says}"
    for path, one in _places(known):
        command, _, verb = path.partition(" ")
        seen = f"__fish_seen_subcommand_from {command}"
        if verb:
            seen += f"; and __fish_seen_subcommand_from {verb}"
        for each in one.verbs:
            says = _quoted(each.says.split(". ")[0])
            yield f"complete -c {PROGRAM} -n {_quoted(seen)} -a {each.name} -d {says}"
        for option in one.options:
            yield from _fish_option(option, seen)
        for word in one.words:
            if word.choices:
                choices = _quoted(" ".join(word.choices))
                yield f"complete -c {PROGRAM} -n {_quoted(seen)} -a {choices}"


def _fish_option(option: Option, seen: str) -> Iterator[str]:
    where = f" -n {_quoted(seen)}" if seen else ""
    for flag in option.flags:
        name = f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"
        takes = ""
        if option.choices:
            takes = f" -x -a {_quoted(' '.join(option.choices))}"
        elif option.value:
            takes = " -r -F" if option.is_path else " -x"
        yield f"complete -c {PROGRAM}{where} {name}{takes} -d {_quoted(option.says)}"


def _places(known: tuple[Command, ...]) -> Iterator[tuple[str, Command]]:
    """Every command and every verb, by what is typed before its options."""
    for one in known:
        yield one.name, one
        for verb in one.verbs:
            yield f"{one.name} {verb.name}", verb


def _offered(one: Command) -> str:
    words = [choice for word in one.words for choice in word.choices]
    return " ".join((*(verb.name for verb in one.verbs), *words, *_flags(one.options)))


def _flags(options: tuple[Option, ...]) -> list[str]:
    return [flag for option in options for flag in option.flags if flag.startswith("--")]


def _quoted(text: str) -> str:
    """For any of the three shells, whose single quotes take everything but themselves."""
    plain = text.replace("'", "’")  # noqa: RUF001 (looks the same to a reader, ends no quote)
    return f"'{plain}'"
