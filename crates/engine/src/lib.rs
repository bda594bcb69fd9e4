//! An event-sourced complaint-handling workflow engine.
