//! A case file that cannot be played says where and what to do.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on stops"
)]

use redress_casebook::{Outcome, Rules, Story};

const HEAD: &str = "title: t\npasses: M8\nshow: cases\n\n";

/// The fault of a story whose head is ordinary.
fn fault_of(sentences: &str) -> String {
    let text = format!("{HEAD}{sentences}\n----\n");
    match Story::read("a.case", &text) {
        Err(fault) => fault.to_string(),
        Ok(story) => match story.play(&Rules::builtin().unwrap()) {
            Outcome::Broken(fault) => fault.to_string(),
            other => panic!("{sentences}: {other:?}"),
        },
    }
}

#[test]
fn each_fault_names_file_line_and_what_to_do() {
    for (sentences, line, words) in [
        ("2026-03-02 sara lodges C1", 5, "is not an instant"),
        ("2026-03-02 9:00 sara lodges C1", 5, "is not an instant"),
        ("2026-02-30 09:00 sara lodges C1", 5, "is not an instant"),
        ("2026-03-02 09:00 sara eats C1", 5, "the verbs are"),
        ("2026-03-02 09:00 sara lodges c1", 5, "no short name"),
        (
            "2026-03-02 09:00 sara lodges C1 twice",
            5,
            "`twice` is not understood",
        ),
        (
            "2026-03-02 09:00 sara lodges C1: in a hurry",
            5,
            "behind the colon",
        ),
        (
            "2026-03-02 09:00 sara (quality) lodges C1 as usual",
            5,
            "sara works in sales",
        ),
        (
            "2026-03-02 09:00 gina accepts C1",
            5,
            "C1 has not been opened",
        ),
        ("2026-03-02 09:00 ask nonsense", 5, "is no question"),
        ("ask due 13 from 2026-03-02", 5, "has no unit"),
        (
            "2026-03-02 09:00 sara lodges C1 as usual:\n    market domestic",
            6,
            "gives nothing a value",
        ),
        ("    market = domestic", 5, "without a sentence"),
        ("2026-03-02 09:00 round\nand then", 6, "is no sentence"),
        (
            "2026-03-02 09:00 round\n2026-03-02 08:00 round",
            6,
            "goes back in time",
        ),
        (
            "2026-03-02 09:00 sara lodges C1",
            5,
            "was refused, M9-1: missing_field",
        ),
        ("2026-03-02 09:00 round:\n    x = 1", 5, "takes no lines"),
    ] {
        let fault = fault_of(sentences);
        assert!(
            fault.starts_with(&format!("a.case:{line}: ")),
            "{sentences}\n{fault}"
        );
        assert!(fault.contains(words), "{sentences}\n{fault}");
        assert!(fault.contains("\n  hint: "), "{sentences}\n{fault}");
    }
}

#[test]
fn the_head_is_strict() {
    for (text, words) in [
        ("titel: t\n----\n", "the head lines are"),
        ("title: t\n----\n", "names no clause"),
        ("passes: M8\n----\n", "has no title"),
        (
            "title: t\npasses: M8\nshow: everything\n----\n",
            "the tables are",
        ),
        ("title: t\npasses: M8\nzone: Mars\n----\n", "Asia/Shanghai"),
        ("title: t\npasses: M8\nshow: cases\n----\n", "tells nothing"),
        (
            "title: t\npasses: M8\n2026-03-02 09:00 round\n----\n",
            "shows no table",
        ),
        (
            "title: t\nrefuses: M8\n2026-03-02 09:00 round\n----\n",
            "differ about refusals",
        ),
        (
            "title: t\npasses: M8\nshow: cases\n2026-03-02 09:00 round\n",
            "`----` is missing",
        ),
    ] {
        let fault = Story::read("a.case", text).unwrap_err().to_string();
        assert!(fault.contains(words), "{text}\n{fault}");
    }
}

#[test]
fn what_is_said_to_be_refused_must_be() {
    let text = "title: t\nrefuses: M8\nshow: cases\n2026-03-02 09:00 refused: sara lodges C1 as usual\n----\n";
    let story = Story::read("a.case", text).unwrap();
    let Outcome::Broken(fault) = story.play(&Rules::builtin().unwrap()) else {
        panic!("it went through");
    };
    assert!(fault.to_string().contains("was not refused"), "{fault}");
}

#[test]
fn an_unmatched_table_is_red_and_only_what_is_below_the_line_is_rewritten() {
    let text =
        format!("{HEAD}# a remark stays\n2026-03-02 09:00 sara lodges C1 as usual\n----\nold\n");
    let story = Story::read("a.case", &text).unwrap();
    let Outcome::Red { follows, differs } = story.play(&Rules::builtin().unwrap()) else {
        panic!("it is not red");
    };
    assert!(differs.contains("stated:  old"), "{differs}");
    let rewritten = story.with_below(&follows);
    let (above, below) = rewritten.split_once("----\n").unwrap();
    assert_eq!(above, text.split_once("----\n").unwrap().0);
    assert!(below.starts_with("cases\n"));
    let again = Story::read("a.case", &rewritten).unwrap();
    assert_eq!(again.play(&Rules::builtin().unwrap()), Outcome::Green);
}
