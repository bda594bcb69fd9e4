use super::*;
use redress_kernel::refusal::{KERNEL_CODES, MISSING_FIELD, OCCURRED_IN_FUTURE};

use crate::refusal::{BEYOND_AUTHORITY, COMPLAINT_CODES, IMPROVEMENT_CODES, MONEY_CODES};

fn codes() -> Vec<Code> {
    KERNEL_CODES
        .iter()
        .chain(COMPLAINT_CODES)
        .chain(MONEY_CODES)
        .chain(IMPROVEMENT_CODES)
        .copied()
        .collect()
}

#[test]
fn every_code_speaks_both_languages_in_order_of_precedence() {
    let rows: Vec<Code> = any_case::ROWS
        .iter()
        .chain(complaint::ROWS)
        .chain(money::ROWS)
        .chain(improvement::ROWS)
        .map(|row| row.code)
        .collect();
    assert_eq!(rows, codes());
    for row in any_case::ROWS
        .iter()
        .chain(complaint::ROWS)
        .chain(money::ROWS)
        .chain(improvement::ROWS)
    {
        for text in [row.en, row.en_hint, row.zh, row.zh_hint] {
            assert!(!text.trim().is_empty(), "{} lacks a sentence", row.code);
            assert!(!text.ends_with(['.', '。']), "{}: {text}", row.code);
        }
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(!chinese(row.en) && !chinese(row.en_hint), "{}", row.code);
        assert!(chinese(row.zh) && chinese(row.zh_hint), "{}", row.code);
        assert!(!row.en.starts_with(char::is_uppercase), "{}", row.code);
    }
}

#[test]
fn both_languages_name_the_same_things() {
    for row in any_case::ROWS
        .iter()
        .chain(complaint::ROWS)
        .chain(money::ROWS)
        .chain(improvement::ROWS)
    {
        let names = |a: &'static str, b: &'static str| {
            let mut names: Vec<&str> = [a, b]
                .into_iter()
                .flat_map(|text| text.split('{').skip(1))
                .filter_map(|tail| tail.split_once('}').map(|(name, _)| name))
                .collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        assert_eq!(
            names(row.en, row.en_hint),
            names(row.zh, row.zh_hint),
            "{}",
            row.code
        );
    }
}

#[test]
fn no_code_is_given_twice() {
    let mut codes = codes();
    let all = codes.len();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), all);
}

#[test]
fn a_sentence_names_clause_figures_and_what_to_do() {
    let refusal = Refusal::new(BEYOND_AUTHORITY, "M11")
        .with("amount", "10,000.01 CNY")
        .with("office", "sales-manager")
        .with("needed", "deputy-gm");
    assert_eq!(
        say(&refusal, Lang::En),
        Sentence {
            message: "refused, M11: 10,000.01 CNY is beyond the authority of `sales-manager`"
                .to_owned(),
            hint: "let `deputy-gm` or a higher office decide".to_owned(),
        }
    );
    assert_eq!(
        say(&refusal, Lang::Zh).message,
        "不予办理（M11）：10,000.01 CNY 超出“sales-manager”的核决权限"
    );
}

#[test]
fn a_missing_argument_shows_as_its_name_and_an_unknown_code_as_itself() {
    let refusal = Refusal::new(MISSING_FIELD, "M9-1").with("field", "{form}");
    assert_eq!(
        say(&refusal, Lang::En).message,
        "refused, M9-1: the field `{form}` of `{form}` must be filled"
    );
    let refusal = Refusal::new(Code("of_tomorrow"), "Z1");
    assert_eq!(say(&refusal, Lang::En).message, "refused, Z1: of_tomorrow");
    assert_eq!(say(&refusal, Lang::Zh).hint, "");
}

#[test]
fn instants_are_shown_in_the_zone_asked_for() {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let refusal = Refusal::new(OCCURRED_IN_FUTURE, "A1")
        .with("at", "2026-03-02T01:30:00.000000Z")
        .with("now", "2026-03-02T01:29:59.000000Z");
    assert_eq!(
        say_in(&refusal, Lang::En, &zone).message,
        "refused, A1: `2026-03-02 09:30:00` lies in the future; it is `2026-03-02 09:29:59` now"
    );
}
