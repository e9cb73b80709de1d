"""The project's own local AWS: a signature gate, moto, and machines that really boot."""
