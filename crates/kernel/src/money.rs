//! Money: whole minor units with their currency, never a float.
