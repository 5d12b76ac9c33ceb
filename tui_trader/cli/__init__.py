"""The command line: one file a group of commands, each imported only when it is called.

Law: stdout is for the answer, stderr for the story. A command module offers `add_parser(subparsers)`
and `run(args) -> exit code`, and takes its line in `commands.COMMANDS`.
"""
