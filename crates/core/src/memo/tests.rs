use redress_kernel::money::Money;

use super::reckon::{part, share};
use super::words::{decimal, hundredths, percent};
use super::{Step, Steps};
use crate::sentence::Lang;

fn money(figure: &str) -> Money {
    format!("{figure} CNY").parse().unwrap()
}

fn figures(sum: &str, weights: &[(&str, u64)]) -> Vec<String> {
    let weights: Vec<(String, u64)> = weights.iter().map(|(id, w)| ((*id).into(), *w)).collect();
    let shared = share(money(sum), &weights).unwrap();
    shared.parts.iter().map(|p| p.share.decimal()).collect()
}

#[test]
fn the_worked_examples_are_reckoned_letter_for_letter() {
    let ratios = |sum, a, b, c| figures(sum, &[("a", a), ("b", b), ("c", c)]);
    assert_eq!(
        figures("10000.00", &[("a", 7000), ("b", 3000)]),
        ["7000.00", "3000.00"]
    );
    assert_eq!(
        ratios("100.00", 3334, 3333, 3333),
        ["33.34", "33.33", "33.33"]
    );
    assert_eq!(
        ratios("1234.57", 4500, 3300, 2200),
        ["555.56", "407.41", "271.60"]
    );
    assert_eq!(
        ratios("1234.57", 3750, 3750, 2500),
        ["462.97", "462.96", "308.64"]
    );
    let points = [("E1", 500), ("E2", 300), ("E3", 200), ("E4", 150)];
    assert_eq!(
        figures("1000.00", &points),
        ["434.78", "260.87", "173.91", "130.44"]
    );
    assert_eq!(
        figures("555.56", &points),
        ["241.55", "144.93", "96.62", "72.46"]
    );
}

#[test]
fn what_is_left_over_goes_to_the_second_and_the_fourth() {
    let points = [("E1", 500), ("E2", 300), ("E3", 200), ("E4", 150)];
    let weights: Vec<(String, u64)> = points.iter().map(|(id, w)| ((*id).into(), *w)).collect();
    let shared = share(money("1000.00"), &weights).unwrap();
    assert_eq!((shared.floors.decimal(), shared.left), ("999.98".into(), 2));
    let mut lucky: Vec<&str> = shared.lucky().iter().map(|p| p.id.as_str()).collect();
    lucky.sort_unstable();
    assert_eq!(lucky, ["E2", "E4"]);
}

#[test]
fn nothing_is_shared_by_no_weight_and_no_sum_below_0() {
    assert!(share(money("1.00"), &[]).is_none());
    assert!(share(money("-1.00"), &[("a".into(), 1)]).is_none());
}

#[test]
fn a_part_is_rounded_down() {
    assert_eq!(part(money("2000.01"), 5000), Some(money("1000.00")));
    assert_eq!(part(money("0.01"), 9999), Some(money("0.00")));
}

#[test]
fn figures_are_written_as_they_are_read() {
    assert_eq!(
        [500, 125, 1150, 7].map(hundredths),
        ["5.0", "1.25", "11.5", "0.07"]
    );
    assert_eq!(
        [10_000, 3750, 5, 0].map(percent),
        ["100 %", "37.5 %", "0.05 %", "0 %"]
    );
    assert_eq!(decimal(12_113_341_700, 7), "1211.3341700");
    assert_eq!(decimal(7, 0), "7");
}

#[test]
fn a_figure_that_does_not_follow_is_told() {
    let steps = |lang| Steps::new(lang);
    let (recorded, reckoned) = (money("12.34"), Some(money("12.35")));
    assert_eq!(
        steps(Lang::En).agrees(recorded, reckoned),
        "; recorded 12.34 CNY, reckoned 12.35 CNY: not in agreement"
    );
    assert_eq!(
        steps(Lang::Zh).agrees(recorded, reckoned),
        "；记录 12.34 CNY，复算 12.35 CNY：不一致"
    );
    assert_eq!(steps(Lang::En).agrees(recorded, Some(recorded)), "");
    let mut told = steps(Lang::En);
    told.push("P3", None, "one".into());
    let one = Step {
        clause: "P3".into(),
        at: None,
        event: None,
        mark: None,
        text: "one".into(),
    };
    assert_eq!(told.list, [one]);
    // What follows from the steps above stands on no event, whichever was told last.
    let ground = super::Ground {
        kind: "complaint.loss_stated".into(),
        stream: "case/one".into(),
        version: 26,
        position: 57,
    };
    told.on(Some(&ground));
    told.push("P3", None, "two".into());
    let at = "2026-03-02T01:30:00Z".parse().ok();
    told.push("P3", at, "three".into());
    let events: Vec<_> = told.list.iter().map(|step| step.event.clone()).collect();
    assert_eq!(events, [None, None, Some(ground)]);
}
