"""Everything that is written from one message set: code, ground databases, dissector, interface document."""
