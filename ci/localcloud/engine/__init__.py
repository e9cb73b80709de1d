"""A Docker engine of the local cloud's own, apart from any other on this machine."""
