//! What somebody new gets wrong with `month`, `ledger` and `explain`, and what is said to it, in both languages.

use crate::desk::{Desk, Told};

/// Words that fail: how, and what is said in English and in Chinese.
struct Slip<'s> {
    words: &'s [&'s str],
    exit: i32,
    code: &'s str,
    en: &'s [&'s str],
    zh: &'s [&'s str],
}

const NO_MONTH: &[&str] = &["2026-13", "is not a month"];
const NO_MONTH_ZH: &[&str] = &["“2026-13”不能作为 <YYYY-MM> 的值", "月份写作 `2026-03`"];
const NOT_OPENED: &[&str] = &[
    "the month 2026-02 has not been opened",
    "redress month open",
];
const NOT_OPENED_ZH: &[&str] = &["2026-02 尚未开启月结", "redress month open"];
const NOBODY: &[&str] = &["there is no employee `X9`", "redress organisation list"];
const NOBODY_ZH: &[&str] = &["没有员工 `X9`", "redress organisation list"];
const NO_CASE: &[&str] = &["there is no case `26-03-99`", "redress case list"];
const NO_CASE_ZH: &[&str] = &["没有案件 `26-03-99`", "redress case list"];

const SLIPS: &[Slip<'_>] = &[
    Slip {
        words: &["month", "show", "2026-13"],
        exit: 2,
        code: "usage",
        en: NO_MONTH,
        zh: NO_MONTH_ZH,
    },
    Slip {
        words: &["month", "report", "2026-13"],
        exit: 2,
        code: "usage",
        en: NO_MONTH,
        zh: NO_MONTH_ZH,
    },
    Slip {
        words: &["bonus", "record", "M1", "2026-13", "5"],
        exit: 2,
        code: "usage",
        en: NO_MONTH,
        zh: NO_MONTH_ZH,
    },
    Slip {
        words: &["month", "show", "2026-02"],
        exit: 4,
        code: "not_found",
        en: NOT_OPENED,
        zh: NOT_OPENED_ZH,
    },
    Slip {
        words: &["month", "report", "2026-02"],
        exit: 4,
        code: "not_found",
        en: NOT_OPENED,
        zh: NOT_OPENED_ZH,
    },
    Slip {
        words: &["ledger", "X9"],
        exit: 4,
        code: "not_found",
        en: NOBODY,
        zh: NOBODY_ZH,
    },
    Slip {
        words: &["ledger", "X 9"],
        exit: 2,
        code: "usage",
        en: &["`X 9` is not an employee id"],
        zh: &["“X 9”不能作为 <EMPLOYEE> 的值", "请写员工号"],
    },
    Slip {
        words: &["ledger"],
        exit: 2,
        code: "usage",
        en: &["required arguments were not provided"],
        zh: &["缺少 <EMPLOYEE>"],
    },
    Slip {
        words: &["explain", "26-03-99", "loss"],
        exit: 4,
        code: "not_found",
        en: NO_CASE,
        zh: NO_CASE_ZH,
    },
    Slip {
        words: &["explain", "26-03-99", "deduction", "--for-employee", "M1"],
        exit: 4,
        code: "not_found",
        en: NO_CASE,
        zh: NO_CASE_ZH,
    },
    Slip {
        words: &["explain", "26-03-01", "deduction", "--for-employee", "X9"],
        exit: 4,
        code: "not_found",
        en: NOBODY,
        zh: NOBODY_ZH,
    },
    Slip {
        words: &["explain", "26-03-01", "fine", "X9"],
        exit: 4,
        code: "not_found",
        en: NOBODY,
        zh: NOBODY_ZH,
    },
    Slip {
        words: &["explain", "26-03-01"],
        exit: 2,
        code: "usage",
        en: &["requires a subcommand"],
        zh: &["须写明子命令", "deduction"],
    },
    Slip {
        words: &["explain", "26-03-01", "deadlin"],
        exit: 2,
        code: "usage",
        en: &["unrecognized subcommand 'deadlin'"],
        zh: &["没有子命令“deadlin”", "deadline"],
    },
    Slip {
        words: &["month", "list", "--months"],
        exit: 2,
        code: "usage",
        en: &["unexpected argument '--months'"],
        zh: &["不认识参数“--months”"],
    },
    Slip {
        words: &["statistics", "--month", "2026-13"],
        exit: 2,
        code: "usage",
        en: NO_MONTH,
        zh: &[
            "“2026-13”不能作为 --month <MONTH> 的值",
            "月份写作 `2026-03`",
        ],
    },
];

#[test]
fn what_a_newcomer_gets_wrong_is_told_in_both_languages() {
    let desk = Desk::simulated();
    let case = desk.lodge("2026-03-02 09:00", &[]);
    desk.act("G1", "2026-03-02 09:30", &["case", "accept", &case]);
    for slip in SLIPS {
        for (lang, parts) in [("en", slip.en), ("zh", slip.zh)] {
            let ask = |format: &str| -> Told {
                desk.run(&[slip.words, &["--lang", lang, "--format", format]].concat())
            };
            let told = ask("table");
            assert_eq!(told.code, slip.exit, "{:?}: {}", slip.words, told.err);
            assert!(told.out.is_empty(), "{}", told.out);
            for part in parts {
                assert!(told.err.contains(part), "{:?}: {}", slip.words, told.err);
            }
            assert!(
                lang == "en" || !told.err.contains("error"),
                "not half in English: {}",
                told.err
            );
            let told = ask("json");
            let error = told.error();
            assert_eq!((told.code, &error["code"]), (slip.exit, &slip.code.into()));
            assert!(error["help"].is_string(), "{error}");
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(parts[0]), "{:?}: {message}", slip.words);
        }
    }
}

#[test]
fn somebody_whom_nothing_concerns_has_an_empty_ledger_and_is_told_so() {
    let desk = Desk::simulated();
    assert_eq!(desk.json(&["ledger", "M1"])["recorded"], false);
    for (lang, said) in [
        ("en", "no bonus, no deduction and no fine yet"),
        ("zh", "尚无奖金，亦无扣款或罚款"),
    ] {
        let told = desk.run(&["ledger", "M1", "--lang", lang]);
        assert_eq!(told.code, 0, "{}", told.err);
        assert!(told.out.contains(said), "{}", told.out);
    }
    let case = desk.lodge("2026-03-02 09:00", &[]);
    for what in [&["deduction", "--for-employee", "M1"][..], &["fine", "M1"]] {
        let told = desk.run(&[&["explain", &case], what].concat());
        assert_eq!(
            told.code, 0,
            "who works here is told that nothing is charged"
        );
    }
}
