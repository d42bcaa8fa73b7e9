"""What a process wrote is there when it is asked for."""

from __future__ import annotations

import os

from secretshift.demo.extensions.process_output import ProcessOutput


def opened() -> tuple[ProcessOutput, int]:
    reading, writing = os.pipe()
    return ProcessOutput(os.fdopen(reading, "rb", buffering=0)), writing


def test_everything_written_before_is_taken_at_once() -> None:
    output, writing = opened()
    for number in range(300):
        os.write(writing, f"line {number}\n".encode())
        assert output.take() == f"line {number}"
    assert output.take() == ""
    os.close(writing)
    output.close()


def test_nobody_waits_for_a_full_pipe() -> None:
    output, writing = opened()
    for _ in range(40):
        os.write(writing, b"x" * 50_000)
    os.write(writing, "the end ü".encode())
    os.close(writing)
    text = output.take()
    assert text.endswith("the end ü")
    assert len(text) <= 1_048_576
    output.close()


def test_what_was_read_can_be_taken_after_closing() -> None:
    output, writing = opened()
    os.write(writing, b"last words\n")
    output.close()
    assert output.take() == "last words"
    os.close(writing)
    output.close()
