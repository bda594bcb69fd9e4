//! What the people of the demo write on the forms. Invented: no statement about a real product follows from it.

/// What is found about a component.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding {
    /// The cause.
    pub(crate) cause: &'static str,
    /// What is done about it.
    pub(crate) countermeasure: &'static str,
    /// R&D's opinion, where it is asked for one.
    pub(crate) opinion: &'static str,
}

const fn finding(
    cause: &'static str,
    countermeasure: &'static str,
    opinion: &'static str,
) -> Finding {
    Finding {
        cause,
        countermeasure,
        opinion,
    }
}

const ENGINE: &[Finding] = &[
    finding(
        "gasket face milled outside its flatness tolerance on one fixture; coolant passes into the cylinder",
        "fixture re-clamped and checked each shift with a dial gauge; stock of the week re-measured",
        "the gasket tolerates 0.05 mm; the drawing gives 0.08 mm and is to be tightened",
    ),
    finding(
        "oil pump drive belt of a lot with too short a cure",
        "lot blocked; cure time interlocked with the press; belts in stock tested for tear strength",
        "belt compound is adequate when cured as specified; no change of design is called for",
    ),
    finding(
        "chips left in the oil gallery after drilling",
        "wash pressure raised and its sensor put on the line stop; galleries endoscoped, one in fifty",
        "gallery geometry makes washing hard; a drain port is proposed for the next revision",
    ),
];
const DRIVE: &[Finding] = &[
    finding(
        "clutch pack assembled with one friction plate too few",
        "plate count weighed before closing; poka-yoke tray for the pack",
        "software cannot make up for a missing plate; replacement is the only remedy",
    ),
    finding(
        "torque converter seal damaged by a burr of the assembly mandrel",
        "mandrel polished and put on the tool calendar; seals of two weeks re-inspected",
        "a seal with a dust lip would tolerate the burr; trial ordered",
    ),
];
const ELECTRIC: &[Finding] = &[
    finding(
        "connector not fully latched; contact corroded under vibration",
        "end-of-line pull test of each connector; operators shown the click",
        "connector with a second lock exists and fits; change proposed",
    ),
    finding(
        "control unit shipped with an outdated parameter set",
        "flash station reads the set back and compares it with the order",
        "the old set drains the battery at rest; the new one has been verified over 72 hours",
    ),
    finding(
        "water enters the lamp housing through a missing vent membrane",
        "membrane presence checked by camera; housings in stock opened",
        "vent is needed; without it pressure draws water in at the first cold night",
    ),
];
const CHASSIS: &[Finding] = &[
    finding(
        "ball joint pressed in below the required force",
        "press force recorded for each part, window narrowed, lots of the month recalled from stock",
        "pull-out force of the returned parts is 30 % below the requirement",
    ),
    finding(
        "steering motor sensor magnet glued off centre",
        "glue jig replaced; offset measured on every tenth part",
        "assist fails safe, but too suddenly; ramp-down to be lengthened in software",
    ),
];
const BRAKES: &[Finding] = &[
    finding(
        "brake hose crimped with a worn die; weeps under pressure",
        "die changed, its life limited to 20,000 strokes; hoses of the lot pressure-tested",
        "residual burst pressure is above the legal minimum; the hoses are to be replaced nevertheless",
    ),
    finding(
        "valve block leaks inside after a heat treatment at too low a temperature",
        "furnace recorder with alarm; blocks of three charges returned for test",
        "internal leak lengthens the pedal travel; diagnosis cannot see it before the fluid drops",
    ),
];
const RESTRAINT: &[Finding] = &[
    finding(
        "occupancy sensor mat creased when the seat was covered",
        "covering sequence changed; mat resistance measured behind the covering",
        "a creased mat reads as an empty seat; the lamp then tells the truth",
    ),
    finding(
        "belt retractor spring cassette noisy, latch within tolerance",
        "cassettes of the supplier's lot sorted out; incoming inspection tightened",
        "latch function was not impaired in any of the returned parts",
    ),
];
const FUEL: &[Finding] = &[
    finding(
        "quick connector of the fuel line without its O-ring",
        "O-ring seen by camera; leak test with helium instead of air",
        "the leak rate without the ring exceeds what evaporation control can hold",
    ),
    finding(
        "pump impeller swells in fuel: wrong grade of resin from the supplier",
        "resin certificate checked by infra-red at receipt; stock returned",
        "grade B resin swells 0.4 % in 14 days; it must not be used",
    ),
];
const BODY: &[Finding] = &[
    finding(
        "weld of the hinge bracket without penetration after a change of electrodes",
        "electrode change now needs a peel test; brackets of the shift torn down",
        "bracket design carries the load with full penetration; no change of design",
    ),
    finding(
        "glass clamped with tension: support two millimetres too high",
        "support shimmed; gap gauged on each tenth body",
        "stress at the edge reaches the breaking range in frost",
    ),
];
const ASSIST: &[Finding] = &[
    finding(
        "radar bracket bent in transport; the sensor looks into the road",
        "packaging changed; angle calibrated again at pre-delivery",
        "with a tilt of 1.5 degrees the function brakes for manhole covers",
    ),
    finding(
        "camera plug wet after washing: seal turned over at assembly",
        "seal pre-mounted by the supplier; plugs of two weeks re-seated",
        "picture fails only while wet; a warning is to replace the black screen",
    ),
];
const OTHER: &[Finding] = &[
    finding(
        "could not be reproduced on the returned part; batch records show one deviating torque",
        "torque window narrowed; the tool is recorded from now on",
        "nothing in the design explains the effect",
    ),
    finding(
        "two similar part numbers mixed in one bin",
        "bins separated and labelled by colour; stock sorted",
        "the parts differ in stiffness only",
    ),
];

/// What can be found about a component, by the name that the authority gives it.
pub(crate) fn findings(component: &str) -> &'static [Finding] {
    let component = component.to_ascii_uppercase();
    let table: &[(&str, &[Finding])] = &[
        ("ENGINE", ENGINE),
        ("POWER TRAIN", DRIVE),
        ("ELECTRICAL", ELECTRIC),
        ("EXTERIOR LIGHTING", ELECTRIC),
        ("STEERING", CHASSIS),
        ("SUSPENSION", CHASSIS),
        ("WHEELS", CHASSIS),
        ("TIRES", CHASSIS),
        ("SERVICE BRAKES", BRAKES),
        ("AIR BAGS", RESTRAINT),
        ("SEAT", RESTRAINT),
        ("CHEST CLIP", RESTRAINT),
        ("FUEL", FUEL),
        ("STRUCTURE", BODY),
        ("VISIBILITY", BODY),
        ("LATCHES", BODY),
        ("FORWARD COLLISION", ASSIST),
        ("BACK OVER", ASSIST),
        ("LANE DEPARTURE", ASSIST),
        ("VEHICLE SPEED", ASSIST),
    ];
    table
        .iter()
        .find(|(begins, _)| component.starts_with(begins))
        .map_or(OTHER, |(_, findings)| findings)
}

/// Why a case is sent back to an earlier stage.
pub(crate) const SENT_BACK: &[&str] = &[
    "the cause does not explain why only some of the lot is concerned; look again",
    "the production date of the returned part is missing",
    "the countermeasure mends this part, it does not prevent the next one",
    "who carried it out and by when is not said",
];

/// What the customer wants.
pub(crate) const DEMANDS: &[&str] = &[
    "replacement of the parts and freight",
    "an allowance on the delivered lot",
    "return of the remaining stock",
    "rework at the customer's works, at our cost",
    "an explanation and a date by which it is mended",
];

/// What sales thinks of it at lodging.
pub(crate) const OPINIONS: &[&str] = &[
    "plausible: two other dealers reported the like this month",
    "the customer is a large one and impatient; an early word would help",
    "photographs are clear; samples are on their way",
    "doubtful: the storage at the customer's place is damp",
];

/// What sales proposes.
pub(crate) const PROPOSALS: &[&str] = &[
    "grant the allowance as negotiated; parts remain with the customer",
    "take the parts back, replace them, bear the freight",
    "pay the customer's rework by its invoice, no return",
    "allowance now, replacement with the next delivery",
];

/// What came of the talks with the customer.
pub(crate) const OUTCOMES: &[&str] = &[
    "agreed after two calls; the customer asks for the report in writing",
    "the customer wanted more and accepted this for the sake of the next order",
    "agreed at once",
    "agreed, provided that it does not happen again",
];

/// What GM office writes when it reviews and consolidates.
pub(crate) const REVIEWS: &[&str] = &[
    "cause and countermeasure agree with the samples; responsibility as proposed",
    "checked against the batch records; nothing to add",
    "views of sales and plant agree; submitted for decision",
    "plant and sales differ on the amount; sales' figure is documented",
];

/// The manager's office instructs.
pub(crate) const INSTRUCTIONS: &[&str] = &[
    "agreed; report the first week's figures to me",
    "agreed; train the night shift as well",
    "agreed",
];

/// Why a department was late, as it answers an inquiry.
pub(crate) const EXCUSES: &[&str] = &[
    "the samples were held up in the goods-in queue",
    "the only person who knows the machine was on leave",
    "opened on a Friday afternoon; worked on from Monday",
    "the measuring room was booked for an audit",
    "the customer could not be reached for three days",
];

/// Why a customer withdraws.
pub(crate) const WITHDRAWALS: &[&str] = &[
    "the customer found that the part came from another supplier",
    "the customer mended it and asks us to let it rest",
    "filed twice by two of the customer's branches; the other is pursued",
];

/// Why the customer does not accept the conclusion.
pub(crate) const REFUSALS: &[&str] = &[
    "not accepted: the fault came back after the replacement",
    "not accepted: the customer's own costs are not covered",
];

/// Petitions against a resolution, and rulings.
pub(crate) const PETITIONS: &[&str] = &[
    "the material came from the supplier with a certificate; manufacturing cannot be the only one responsible",
    "sales had told the customer about the limit; see the confirmation of the order",
];

/// Rulings on petitions.
pub(crate) const RULINGS: &[&str] = &[
    "the certificate covers another charge; the resolution stands",
    "agreed: responsibility is to be shared with the supplier",
];

/// Where the tables say nothing.
pub(crate) const NOTHING_FOUND: Finding = finding(
    "no abnormality found on the returned part",
    "none; the part is kept for a year",
    "nothing to add",
);

/// Why no group can be named (P1).
pub(crate) const NO_GROUP: &str =
    "the batch passed through all groups of the section; its travel card does not say which did it";

/// Why nobody can be named (P2).
pub(crate) const NOBODY: &str = "several took the calls about this order; nobody noted who did";

/// Why the general manager decides another grade than the petition proposes (D3, D4).
pub(crate) const MILDER: &str = "he reported it himself before the goods left the gate";

/// A department's petition after its month was closed, the ruling, and the correction that follows (M9-12).
pub(crate) const NEW_EVIDENCE: &str = "the supplier's own measurements have come in: the lot was out of tolerance before it reached us";
/// See [`NEW_EVIDENCE`].
pub(crate) const UPHELD: &str =
    "agreed: the supplier carries the larger part; what was deducted too much is given back";
/// See [`NEW_EVIDENCE`].
pub(crate) const SHARED: &str = "the petition was upheld: shared with the supplier";
