//! Plain-text case files: a story, and what must follow from it.
