//! What is written for the foreign reader: a log with everything in it that the format knows, the same every day.

use std::path::Path;

use redress_log::{
    Append, ClockKind, EventLog, Expected, Founding, Journal, JournalOptions, NewEvent, RawJson,
    Stamp, StreamId, StreamWrite,
};
use uuid::Uuid;

/// Numbers that look like chance and are the same every day.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number()).unwrap() % bound.max(1)
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

pub(crate) const TEXTS: [&str; 18] = [
    "\"",
    "\\",
    "\n\r\t",
    "\u{8}\u{c}",
    "\0",
    "\u{1}\u{b}\u{1f}",
    "\u{7f}\u{80}",
    "\u{2028}\u{2029}",
    "\u{feff}\u{fffd}",
    "\u{ffff}\u{10ffff}",
    "客户投诉：外观不良",
    "不合格品 12 件",
    "🧯👩‍🔧🇨🇳",
    "e\u{301}א",
    "</script>&amp;'",
    "\\u0041",
    r#"{"position":1,"crc":"00000000"}"#,
    "plain words of a customer",
];
pub(crate) const INTEGERS: [&str; 8] = [
    "0",
    "-1",
    "7",
    "9007199254740991",
    "-9007199254740991",
    "4294967296",
    "-2147483649",
    "20240203",
];

pub(crate) fn text(chance: &mut Chance) -> String {
    let pieces: String = (0..chance.below(6)).map(|_| chance.one(&TEXTS)).collect();
    serde_json::to_string(&pieces).unwrap()
}

/// A value as text, so that keys stand in every order.
pub(crate) fn value(chance: &mut Chance, depth: usize) -> String {
    match chance.below(if depth == 0 { 6 } else { 8 }) {
        0 | 1 => text(chance),
        2 | 3 => chance.one(&INTEGERS).to_owned(),
        4 => chance.one(&["null", "true", "false"]).to_owned(),
        5 => chance.one(&["{}", "[]", "\"\""]).to_owned(),
        6 => {
            let items = (0..chance.below(5)).map(|_| value(chance, depth - 1));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        _ => object(chance, depth),
    }
}

pub(crate) fn object(chance: &mut Chance, depth: usize) -> String {
    let start = chance.below(90);
    let members = (0..chance.below(6)).map(|nth| {
        let key = serde_json::to_string(&format!("{}{}", chance.one(&TEXTS), 97 - start - nth));
        format!("{}:{}", key.unwrap(), value(chance, depth - 1))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

pub(crate) fn payload(chance: &mut Chance) -> RawJson {
    let written = match chance.below(40) {
        0 => "{}".to_owned(),
        1 => "null".to_owned(),
        2 => format!("{}{}", "[".repeat(100), "]".repeat(100)),
        3 => format!("{}-1{}", r#"{"":"#.repeat(100), "}".repeat(100)),
        4 => chance.one(&INTEGERS).to_owned(),
        _ => object(chance, 4),
    };
    RawJson::new(written).unwrap()
}

pub(crate) fn event(chance: &mut Chance) -> NewEvent {
    let kinds = ["case.stage_reported", "a", "x-1.y_2", "case.closed"];
    let occurred = [
        "0000-01-01T00:00:00.000000Z",
        "2024-02-30T23:59:59.999999Z",
        "9999-12-31T23:59:59.999999Z",
    ];
    let high = u128::from(chance.number()) << 96;
    NewEvent {
        id: Uuid::from_u128(high | u128::from(chance.number()) << 40 | u128::from(chance.number())),
        kind: chance.one(&kinds).to_owned(),
        schema: [1, 2, 0, u32::MAX][chance.below(4)],
        occurred_at: Stamp::parse(chance.one(&occurred)).unwrap(),
        actor: RawJson::new(text(chance)).unwrap(),
        command: RawJson::new(value(chance, 2)).unwrap(),
        payload: payload(chance),
    }
}

pub(crate) fn stream(number: usize) -> StreamId {
    let names = ["complaint/", "a_b-1/Ünï~@+:.", "organisation/投诉-", "c/ⓐ٣"];
    StreamId::parse(&format!("{}{number}", names[number % names.len()])).unwrap()
}

/// One append to up to five streams, now and then to very many records or to none.
pub(crate) fn append(chance: &mut Chance, second: u64) -> Append {
    let most = if chance.below(400) == 0 { 1500 } else { 3 };
    let streams = [1, 1, 1, 2, 5][chance.below(5)];
    let first = chance.below(3000);
    let writes = (0..streams)
        .map(|nth| StreamWrite {
            stream: stream(first + nth),
            expected: Expected::Any,
            events: (0..chance.below(most + 1)).map(|_| event(chance)).collect(),
        })
        .collect();
    let at = format!(
        "2024-{:02}-{:02}T{:02}:{:02}:{:02}.000{:03}Z",
        second / 2_419_200 % 12 + 1,
        second / 86400 % 28 + 1,
        second / 3600 % 24,
        second / 60 % 60,
        second % 60,
        chance.below(1000),
    );
    Append {
        recorded_at: Stamp::parse(&at).unwrap(),
        writes,
    }
}

pub(crate) fn options(segment_bytes: u64) -> JournalOptions {
    JournalOptions::new()
        .segment_bytes(segment_bytes)
        .tail(usize::MAX)
        .by_hand()
}

pub(crate) fn found(directory: &Path, segment_bytes: u64) -> Journal {
    let founding = Founding {
        log_id: Uuid::from_u128(0x0191_0000_0000_7000_8000_0000_0000_0009),
        zone: "Asia/Shanghai".into(),
        clock: ClockKind::System,
    };
    options(segment_bytes).create(directory, &founding).unwrap()
}

/// Writes some turns of some appends, until the log has so many records.
pub(crate) async fn write(log: &Journal, chance: &mut Chance, until: u64, most_appends: usize) {
    while log.head().0 < until {
        let second = log.head().0;
        let appends: Vec<_> = (0..=chance.below(most_appends))
            .map(|_| {
                // A clock that goes back now and then: the log keeps its order.
                let back = 30 * u64::from(chance.below(5) == 0);
                log.append(append(chance, second + 60 - back))
            })
            .collect();
        log.drive();
        for append in appends {
            append.await.unwrap();
        }
    }
}

pub(crate) async fn close(log: Journal) {
    let closing = log.close();
    log.drive();
    closing.await.unwrap();
}
