//! Which commands there are, with their members.

/// A member of a command: its name, its type, whether it must be there.
pub(super) type Member = (&'static str, &'static str, bool);

/// The commands on cases and on the whole, with their own members.
pub(super) const COMMANDS: &[(&str, &str, bool, &[Member])] = &[
    (
        "open",
        "M9-1",
        false,
        &[("values", "values", true), ("links", "links", false)],
    ),
    ("refile", "M9-9", true, &[("values", "values", true)]),
    (
        "report",
        "M9-4",
        true,
        &[
            ("stage", "text", true),
            ("visit", "integer", false),
            ("values", "values", false),
        ],
    ),
    (
        "endorse",
        "A16a",
        true,
        &[
            ("stage", "text", true),
            ("visit", "integer", false),
            ("remark", "text", false),
        ],
    ),
    (
        "send_back",
        "A12",
        true,
        &[
            ("to", "text", true),
            ("visit", "integer", false),
            ("reason", "text", true),
        ],
    ),
    (
        "complete",
        "M9-1",
        true,
        &[("path", "text", true), ("value", "value", true)],
    ),
    (
        "correct",
        "A8",
        true,
        &[
            ("path", "text", true),
            ("value", "value", true),
            ("reason", "text", true),
        ],
    ),
    ("suspend", "A16", true, &[("reason", "text", true)]),
    ("resume", "A16", true, &[]),
    ("withdraw", "M9", true, &[("reason", "text", true)]),
    ("inquire", "M14", true, &[("visit", "integer", true)]),
    (
        "answer_inquiry",
        "M14",
        true,
        &[("inquiry", "integer", true), ("reason", "text", true)],
    ),
    (
        "link",
        "M9-2",
        true,
        &[("relation", "text", true), ("other", "text", true)],
    ),
    (
        "answer",
        "M9-11",
        true,
        &[
            ("means", "means", true),
            ("text", "text", true),
            ("concedes", "money", false),
        ],
    ),
    (
        "object",
        "M9-12",
        true,
        &[
            ("petition", "text", true),
            ("from_customer", "boolean", false),
        ],
    ),
    (
        "rule",
        "M9-12",
        true,
        &[
            ("objection", "integer", true),
            ("upheld", "boolean", true),
            ("ruling", "text", true),
        ],
    ),
    (
        "name_third_party",
        "M9-13",
        true,
        &[("party", "text", true), ("reason", "text", true)],
    ),
    (
        "state_loss",
        "M9-7",
        true,
        &[("lines", "losses", true), ("reason", "text", false)],
    ),
    (
        "propose_responsibility",
        "M9-4",
        true,
        &[("shares", "shares", true)],
    ),
    (
        "determine_responsibility",
        "M9-7, M12",
        true,
        &[
            ("shares", "shares", true),
            ("charged", "basis_points", false),
            ("reason", "text", false),
        ],
    ),
    (
        "take_back_goods",
        "D1",
        true,
        &[("returned", "returned", true)],
    ),
    ("resell_goods", "D1", true, &[("resold", "resold", true)]),
    ("settle_resale", "A17", true, &[]),
    (
        "propose_discipline",
        "D6",
        true,
        &[("employee", "text", true)],
    ),
    (
        "decide_discipline",
        "D4, D5",
        true,
        &[
            ("employee", "text", true),
            ("sentence", "sentence", true),
            ("reason", "text", false),
        ],
    ),
    (
        "announce_discipline",
        "M12",
        true,
        &[("employee", "text", true)],
    ),
    ("open_improvement", "M9-7", true, &[]),
    (
        "draft_improvement",
        "M9-7",
        true,
        &[("items", "items", true)],
    ),
    (
        "return_improvement",
        "M9-7",
        true,
        &[("reason", "text", true)],
    ),
    ("confirm_improvement", "M9-7", true, &[]),
    (
        "carry_out_improvement",
        "M9-7",
        true,
        &[("item", "integer", true), ("done", "text", true)],
    ),
    (
        "judge_improvement",
        "M9-7, M9-10",
        true,
        &[("effective", "boolean", true), ("finding", "text", true)],
    ),
];

/// The commands that are on no case: on the organisation, on units and members, on bonuses, on months. They happen when
/// they are recorded.
pub(super) const BESIDE_CASES: &[(&str, &str, &[Member])] = &[
    (
        "join",
        "M7",
        &[
            ("employee", "text", true),
            ("department", "text", true),
            ("unit", "text", false),
            ("from", "instant", true),
        ],
    ),
    (
        "leave",
        "M7",
        &[("employee", "text", true), ("from", "instant", true)],
    ),
    (
        "hold_office",
        "M7",
        &[
            ("office", "text", true),
            ("employee", "text", true),
            ("from", "instant", true),
        ],
    ),
    (
        "head",
        "M7",
        &[
            ("department", "text", true),
            ("employee", "text", true),
            ("from", "instant", true),
        ],
    ),
    (
        "deputise",
        "M7",
        &[
            ("principal", "text", true),
            ("deputy", "text", true),
            ("period", "period", true),
        ],
    ),
    (
        "form_unit",
        "P1",
        &[
            ("unit", "text", true),
            ("kind", "unit_kind", true),
            ("department", "text", true),
            ("from", "date", true),
        ],
    ),
    (
        "set_base_points",
        "P3",
        &[
            ("unit", "text", true),
            ("employee", "text", true),
            ("points", "hundredths", true),
            ("from", "date", true),
        ],
    ),
    (
        "set_base_units",
        "D5",
        &[
            ("employee", "text", true),
            ("units", "hundredths", true),
            ("from", "date", true),
        ],
    ),
    (
        "record_bonus",
        "P3",
        &[
            ("employee", "text", true),
            ("month", "month", true),
            ("amount", "money", true),
            ("reason", "text", false),
        ],
    ),
    ("open_month", "M9-10", MONTH),
    ("gather_month", "M9-10, A14", MONTH),
    (
        "confirm_month",
        "M9-10",
        &[("month", "month", true), ("department", "text", true)],
    ),
    ("list_discipline", "M12", MONTH),
    ("issue_notices", "M12, P3", MONTH),
    ("approve_notices", "M12", MONTH),
    ("close_month", "A19", MONTH),
];

/// What most commands on a month say.
const MONTH: &[Member] = &[("month", "month", true)];
