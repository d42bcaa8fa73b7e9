"""A process that opens a socket to a network is ended by the kernel at once, native code too.

A filter of Linux's seccomp for ``socket(AF_INET…)`` and ``socket(AF_INET6…)``. Source of the
numbers: linux/filter.h, linux/seccomp.h, linux/audit.h, and the tables of system calls.
"""

from __future__ import annotations

import ctypes
import platform
import signal
import socket
import struct

ENDED = -int(signal.SIGSYS)
"""What ``subprocess`` gives as the code of a process that tried."""

_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Machine -> its id for the kernel, and its number of ``socket``."""
_LOAD, _SAME, _RETURN = 0x20, 0x15, 0x06
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_NUMBER, _MACHINE, _FAMILY = 0, 4, 16
"""Offsets in struct seccomp_data."""
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2

CAN = platform.system() == "Linux" and platform.machine() in _MACHINES


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]


def forbid() -> None:
    """For this process and all that it starts; to be called between fork and exec."""
    machine, number = _MACHINES[platform.machine()]
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        (_SAME, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_SAME, 0, 3, number),
        (_LOAD, 0, 0, _FAMILY),
        (_SAME, 2, 0, int(socket.AF_INET)),
        (_SAME, 1, 0, int(socket.AF_INET6)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in (
        (_NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        (_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "no filter")
