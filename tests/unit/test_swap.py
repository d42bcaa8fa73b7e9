"""Whether memory could reach the disk in the clear: told by what Linux says of its swap."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from secretshift.hardening import Swap, swaps

HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"


class System:
    """A root with /proc and /sys as Linux writes them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "proc").mkdir()
        self.says("")

    def says(self, *rows: str) -> None:
        (self.root / "proc/swaps").write_text(HEAD + "".join(f"{row}\n" for row in rows))

    def device(self, name: str, uuid: str = "", *, on: tuple[str, ...] = ()) -> Path:
        folder = self.root / "sys/class/block" / name
        folder.mkdir(parents=True)
        if uuid:
            (folder / "dm").mkdir()
            (folder / "dm/uuid").write_text(f"{uuid}\n")
        if on:
            (folder / "slaves").mkdir()
        for below in on:
            (folder / "slaves" / below).symlink_to(self.root / "sys/class/block" / below)
        return folder

    @property
    def found(self) -> list[bool | None]:
        return [swap.encrypted for swap in swaps(self.root) or ()]


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_no_swap_is_not_the_same_as_no_answer(system: System, tmp_path: Path) -> None:
    assert swaps(system.root) == ()
    assert swaps(tmp_path / "elsewhere") is None


def test_a_partition_is_plain_and_a_dm_crypt_device_is_not(system: System) -> None:
    system.device("sda2")
    system.device("dm-0", "CRYPT-LUKS2-abc-swap")
    system.says("/dev/sda2  partition 1 0 -2", "/dev/dm-0  partition 1 0 -3")
    assert swaps(system.root) == (Swap("/dev/sda2", False), Swap("/dev/dm-0", True))


def test_a_volume_is_as_safe_as_all_that_it_lies_on(system: System) -> None:
    system.device("sda2")
    system.device("dm-0", "CRYPT-LUKS2-abc", on=("sda2",))
    system.device("dm-1", "LVM-abc", on=("dm-0",))
    system.device("dm-2", "LVM-def", on=("dm-0", "sda2"))
    system.device("dm-3", "LVM-ghi", on=("sdz9",))
    rows = (f"/dev/dm-{number} partition 1 0 -2" for number in (1, 2, 3, 7))
    system.says(*rows)
    assert system.found == [True, False, None, None]


def test_a_file_is_as_safe_as_its_file_system(system: System) -> None:
    file = system.root / "my swap"
    file.touch()
    system.says("/my\\040swap file 1 0 -2")
    assert swaps(system.root) == (Swap("/my swap", None),)
    device = file.stat().st_dev
    numbers = system.root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    numbers.parent.mkdir(parents=True)
    numbers.symlink_to(system.device("dm-0", "CRYPT-LUKS2-abc"))
    assert system.found == [True]


def test_what_is_compressed_in_memory_is_no_disk(system: System) -> None:
    system.says("/dev/zram0 partition 1 0 100")
    assert swaps(system.root) == ()
