"""CCSDS navigation messages: OPM, OMM, OEM, OCM (502.0-B-3) and RDM (508.1-B-1), read and written as KVN and XML."""
