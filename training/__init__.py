"""Makes an adapter: what the bundled model lacks to understand a corpus, in a few megabytes. See README.md."""
