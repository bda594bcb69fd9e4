//! Bits flipped at random over all files of a directory: journal, store, note, marker, lock. `REDRESS_FLIPS` says
//! how many; the example `bitflips` does the same in a program that aborts where another would unwind.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it counted"
)]

mod support;

use support::flips::flip;

#[test]
fn a_flipped_bit_is_found_or_changes_nothing() {
    let flips = std::env::var("REDRESS_FLIPS").map_or(600, |flips| flips.parse().unwrap());
    let tally = flip(flips);
    println!("{tally}");
    assert!(
        tally.wrong.is_empty(),
        "{:#?}",
        &tally.wrong[..tally.wrong.len().min(5)]
    );
    assert!(
        tally.rebuilt > 0 && tally.damaged + tally.failed > 0,
        "{tally}"
    );
}
