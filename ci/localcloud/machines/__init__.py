"""Real machines behind the emulated EC2: base file system, containers, network, disks."""
