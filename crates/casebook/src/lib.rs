//! Case files: a story in dated sentences, a line, and below it the tables that must follow.

mod about;
mod answer;
mod book;
mod entry;
mod fault;
mod people;
mod play;
mod rules;
mod sentence;
mod shown;
mod story;
mod table;
mod when;

pub use book::{Casebook, Outcome};
pub use fault::Fault;
pub use rules::Rules;
pub use story::Story;
