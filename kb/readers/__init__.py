"""From a file to its canonical text, segments, anchors and speakers: one file a format, one table here."""
