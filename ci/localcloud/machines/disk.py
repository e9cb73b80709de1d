"""Makes a root file system a disk that boots by BIOS and by UEFI.

No mounts and no loop devices: some kernels cannot parse partitions or mount vfat.
"""

from __future__ import annotations

import re
import struct
import subprocess
import uuid
from pathlib import Path

SECTOR_BYTES = 512
BLOCK_BYTES = 4096
MIB = 1 << 20
BIOS_BOOT_SECTOR = 2048
ESP_SECTOR = 4096
ESP_BYTES = 64 * MIB
MINIMUM_DISK_BYTES = 6 << 30
ROOM_BYTES = 3 << 30
STEP_TIMEOUT_SECONDS = 900

# Offsets within GRUB's boot.img and core.img.
# Source: grub-core/boot/i386/pc/boot.S and diskboot.S of GRUB 2.
BOOT_KERNEL_SECTOR = 0x5C
BOOT_DRIVE_CHECK = 0x66
BOOT_CODE_BYTES = 440
CORE_BLOCK_LIST = 0x1F4

GRUB_MODULES = (
    "part_gpt ext2 fat normal configfile linux search search_fs_uuid serial terminal "
    "echo boot test ls minicmd"
)

GRUB_CONFIG = """\
set timeout=0
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
menuentry "Data Science Sandbox" {{
  search --no-floppy --fs-uuid --set=root {identity}
  linux /vmlinuz root=UUID={identity} ro console=tty0 console=ttyS0,115200
  initrd /initrd.img
}}
"""

EARLY_CONFIG = """\
search --no-floppy --fs-uuid --set=root {identity}
set prefix=($root)/boot/grub
configfile $prefix/grub.cfg
"""


class DiskError(Exception):
    """A disk could not be made."""


def make_bootable_disk(root: Path, disk: Path) -> None:
    """Write a sparse raw disk of `root` to `disk`; `root` gets a boot configuration."""
    identity = str(uuid.uuid4())
    work = disk.with_name(disk.name + ".parts")
    work.mkdir(parents=True, exist_ok=True)
    try:
        _write_boot_configuration(root, identity)
        with disk.open("wb") as handle:
            handle.truncate(disk_size_bytes(root))
        first_sector, last_sector = _partition(disk)
        _write_root(root, disk, identity, first_sector, last_sector)
        (work / "early.cfg").write_text(EARLY_CONFIG.format(identity=identity))
        grub = root / "usr/lib/grub"
        _write_esp(grub, disk, work)
        _write_bios_boot(grub, disk, work)
    finally:
        for leftover in work.iterdir():
            leftover.unlink()
        work.rmdir()


def disk_size_bytes(root: Path) -> int:
    """Return a size with room for what the machine will write."""
    used_bytes = int(_run("du", "--summarize", "--block-size=1", str(root)).split()[0])
    wanted_bytes = max(MINIMUM_DISK_BYTES, used_bytes * 5 // 4 + ROOM_BYTES)
    return -(-wanted_bytes // (1 << 30)) << 30


def _write_boot_configuration(root: Path, identity: str) -> None:
    (root / "boot/efi").mkdir(parents=True, exist_ok=True)
    (root / "boot/grub").mkdir(parents=True, exist_ok=True)
    (root / "boot/grub/grub.cfg").write_text(GRUB_CONFIG.format(identity=identity))
    (root / "etc/fstab").write_text(f"UUID={identity} / ext4 errors=remount-ro 0 1\n")


def _partition(disk: Path) -> tuple[int, int]:
    _run(
        "sgdisk",
        "--clear",
        f"--new=1:{BIOS_BOOT_SECTOR}:{ESP_SECTOR - 1}",
        "--typecode=1:ef02",
        f"--new=2:{ESP_SECTOR}:+{ESP_BYTES // MIB}M",
        "--typecode=2:ef00",
        "--new=3:0:0",
        "--typecode=3:8304",
        str(disk),
    )
    described = _run("sgdisk", "--info=3", str(disk))
    sectors = re.findall(r"^(First|Last) sector: (\d+)", described, re.MULTILINE)
    if len(sectors) != 2:
        raise DiskError(
            f"sgdisk does not tell where the root partition lies: {described}"
        )
    return int(sectors[0][1]), int(sectors[1][1])


def _write_root(root: Path, disk: Path, identity: str, first: int, last: int) -> None:
    size_bytes = (last - first + 1) * SECTOR_BYTES
    blocks = size_bytes // BLOCK_BYTES
    _run(
        "mke2fs",
        "-q",
        "-F",
        *("-t", "ext4"),
        *("-U", identity),
        *("-L", "root"),
        *("-E", f"offset={first * SECTOR_BYTES},root_owner=0:0"),
        # GRUB and older rescue systems do not read these.
        *("-O", "^orphan_file,^metadata_csum_seed"),
        *("-d", str(root)),
        str(disk),
        f"{blocks * BLOCK_BYTES // 1024}k",
    )


def _write_esp(grub: Path, disk: Path, work: Path) -> None:
    loader, esp = work / "BOOTX64.EFI", work / "esp.img"
    _grub_image(grub / "x86_64-efi", "x86_64-efi", loader, work)
    with esp.open("wb") as handle:
        handle.truncate(ESP_BYTES)
    _run("mformat", "-F", "-i", str(esp), "::")
    _run("mmd", "-i", str(esp), "::/EFI", "::/EFI/BOOT")
    _run("mcopy", "-i", str(esp), str(loader), "::/EFI/BOOT/BOOTX64.EFI")
    with esp.open("rb") as source, disk.open("r+b") as target:
        target.seek(ESP_SECTOR * SECTOR_BYTES)
        while chunk := source.read(MIB):
            if chunk.count(0) == len(chunk):
                target.seek(len(chunk), 1)
            else:
                target.write(chunk)


def _write_bios_boot(grub: Path, disk: Path, work: Path) -> None:
    image = work / "core.img"
    _grub_image(grub / "i386-pc", "i386-pc", image, work, "biosdisk")
    core = bytearray(image.read_bytes())
    if len(core) > (ESP_SECTOR - BIOS_BOOT_SECTOR) * SECTOR_BYTES:
        raise DiskError(
            f"GRUB's core image of {len(core)} bytes does not fit its partition"
        )
    boot = bytearray((grub / "i386-pc/boot.img").read_bytes()[:SECTOR_BYTES])
    struct.pack_into("<Q", boot, BOOT_KERNEL_SECTOR, BIOS_BOOT_SECTOR)
    # Two no-operations, so that GRUB believes the firmware's drive number.
    boot[BOOT_DRIVE_CHECK : BOOT_DRIVE_CHECK + 2] = b"\x90\x90"
    struct.pack_into("<Q", core, CORE_BLOCK_LIST, BIOS_BOOT_SECTOR + 1)
    with disk.open("r+b") as handle:
        partition_table = handle.read(SECTOR_BYTES)[BOOT_CODE_BYTES:]
        handle.seek(0)
        handle.write(bytes(boot[:BOOT_CODE_BYTES]) + partition_table)
        handle.seek(BIOS_BOOT_SECTOR * SECTOR_BYTES)
        handle.write(core)


def _grub_image(
    modules: Path, platform: str, output: Path, work: Path, *more: str
) -> None:
    if not modules.is_dir():
        raise DiskError(
            f"the machine has no GRUB for `{platform}`: `{modules}` is missing"
        )
    _run(
        "grub-mkimage",
        f"--directory={modules}",
        f"--format={platform}",
        f"--output={output}",
        f"--config={work / 'early.cfg'}",
        "--prefix=/boot/grub",
        *more,
        *GRUB_MODULES.split(),
    )


def _run(*command: str) -> str:
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STEP_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise DiskError(f"`{command[0]}` is not installed: run `bin/setup`") from error
    except subprocess.TimeoutExpired as error:
        raise DiskError(f"`{command[0]}` took over {STEP_TIMEOUT_SECONDS} s") from error
    if result.returncode != 0:
        raise DiskError(f"`{command[0]}` failed: {result.stderr.strip()[-500:]}")
    return result.stdout
