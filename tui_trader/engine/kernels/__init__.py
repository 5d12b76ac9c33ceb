"""The rulebook and loops over bars, compiled: arrays in, arrays out.

Law: a kernel holds no rule of its own; it lends functions of `engine/rules` to the compiler.
"""
