//! Moments that a case does not reach: before its opening, before a simulated clock.

use crate::desk::Desk;

#[test]
fn before_its_opening_a_case_is_told_to_be_not_opened_yet() {
    let desk = Desk::simulated();
    let id = desk.lodge("2026-03-02 09:30", &[]);
    for verb in ["show", "timeline", "replay"] {
        let words = ["case", verb, &id, "--at", "2026-03-02 09:29"];
        let (error, exit) = desk.refused(&words);
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some("not_opened_yet"), 4),
            "{verb}: {error}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("not opened yet at 2026-03-02 09:29:00"));
        assert!(error["help"].as_str().unwrap().contains("09:30:00"));
        let told = desk.run(&[&words[..], &["--lang", "zh"]].concat());
        assert!(told.err.contains("尚未立案"), "{}", told.err);
        let (error, exit) = desk.refused(&["case", verb, &id, "--known", "2020-01-01"]);
        assert_eq!(
            (error["code"].as_str(), exit),
            (Some("not_opened_yet"), 4),
            "{verb}: {error}"
        );
        let told = desk.run(&["case", verb, &id, "--at", "2026-03-02 09:30"]);
        assert_eq!(told.code, 0, "{verb}: {}", told.err);
    }
    // What is no case at all is told otherwise.
    let (error, _) = desk.refused(&["case", "show", "26-03-99", "--at", "2020-01-01"]);
    assert_eq!(error["code"], "not_found");
}

#[test]
fn a_simulated_clock_never_goes_back() {
    let desk = Desk::simulated();
    desk.lodge("2026-03-02 09:30", &[]);
    let before = desk.events();
    let (error, exit) = desk.refused(&["round", "--now", "2026-03-01 10:00"]);
    assert_eq!((error["code"].as_str(), exit), (Some("clock_goes_on"), 2));
    assert_eq!(desk.events(), before);
    assert_eq!(desk.run(&["round", "--now", "2026-03-02 10:00"]).code, 0);
}
