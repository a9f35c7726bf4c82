"""Avionics: one definition of the messages between the boxes of a launcher, and the codecs that follow from it.

``message_set`` reads ``osea/message-set/v1``; ``layout`` places every field to the bit; ``codec``, ``bulk`` and the
stream modules read and write what the layout says. Code, XTCE, DBC and documents are generated from the same layout.
"""
