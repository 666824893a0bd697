"""The memory of a think tank: documents in, exact and verifiable passages out."""

__version__ = "0.1.0"
