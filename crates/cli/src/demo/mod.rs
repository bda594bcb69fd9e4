//! The demo: real complaints (`source`) reach a company that is made up (`company`), whose people keep office hours
//! (`hours`). What befalls each complaint is drawn once from the seed (`dice`, `fate`), what our fault costs and whom with
//! it (`fault`, `staff`); what is written on the forms comes from `words`; `play` moves a clock by hand and gives every
//! command to the engine; `report` reads back what came of it.

pub(crate) mod company;
pub(crate) mod dice;
pub(crate) mod fate;
pub(crate) mod fault;
pub(crate) mod forms;
pub(crate) mod hours;
pub(crate) mod play;
pub(crate) mod report;
pub(crate) mod source;
pub(crate) mod staff;
pub(crate) mod words;

#[cfg(test)]
mod tests;
