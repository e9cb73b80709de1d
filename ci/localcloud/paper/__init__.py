"""What stands in paper mode for machines, playbooks, `qemu` and a Docker engine."""
