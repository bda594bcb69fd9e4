//! The complaint: lodging, acceptance, the decision by authority, settlement. Pure: no I/O, no async, no clock, no randomness.
