//! Reads workflow and calendar files; every fault with its file, line, sentence and hint.
