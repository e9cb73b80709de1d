"""What moto lacks, added to it one service aspect a module; importing a module installs it."""
