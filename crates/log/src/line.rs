//! The lines of the journal: records, segment headers, seals. The one place that knows their bytes.
//!
//! A line is checked by its bytes, never by its meaning: keys stand in one order, numbers
//! have one spelling, hexadecimal digits are lower-case; anything else is damage.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    event_log::ClockKind,
    json::RawJson,
    position::{Position, Version},
    record::{Part, Recorded},
    stamp::Stamp,
    stream_id::StreamId,
    tree::{Tree, TreeHash},
    write::{NewEvent, kind_is_sound},
};

/// How a record's line begins.
pub(crate) const RECORD_START: &[u8] = b"{\"position\":";
/// How a seal's line begins.
pub(crate) const SEAL_START: &[u8] = b"{\"redress\":\"seal\"";
/// How a header's line begins.
pub(crate) const HEADER_START: &[u8] = b"{\"redress\":\"segment\"";
/// No header and no seal is as long as that.
pub(crate) const LONGEST_SEAL_BYTES: u64 = 4096;
/// What stands before the checksum.
pub(crate) const CRC_KEY: &[u8] = b",\"crc\":\"";
/// `,"crc":"1a2b3c4d"}`
pub(crate) const CRC_BYTES: usize = 18;

/// The place that a record gets; the same for all records of an append but position, part, stream, version.
pub(crate) struct Place<'a> {
    pub(crate) position: Position,
    pub(crate) turn: Position,
    pub(crate) number: u32,
    pub(crate) of: u32,
    pub(crate) recorded_at: Stamp,
    pub(crate) stream: &'a str,
    pub(crate) version: Version,
}

/// The first line of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    redress: String,
    pub(crate) format: u32,
    pub(crate) log: Uuid,
    pub(crate) epoch: u32,
    pub(crate) zone: String,
    pub(crate) clock: ClockKind,
    pub(crate) first: Position,
    /// The head of the Merkle tree over all records before.
    pub(crate) tree: TreeHash,
}

/// The line that a writer leaves when it closes cleanly or begins a new segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    redress: String,
    pub(crate) next: Position,
    /// The head of the Merkle tree over all records before.
    pub(crate) tree: TreeHash,
}

/// A line whose checksum agrees.
pub(crate) enum Line<'a> {
    Record(Record<'a>),
    Header(Header),
    Seal(Seal),
}

/// A record whose place has been read and whose content has not.
pub(crate) struct Record<'a> {
    pub(crate) place: Place<'a>,
    /// From `,"id":` up to and without `,"crc":`.
    rest: &'a [u8],
}

impl Header {
    pub(crate) fn new(info: &crate::event_log::LogInfo, tree: &Tree) -> Header {
        Header {
            redress: "segment".into(),
            format: info.format,
            log: info.log_id,
            epoch: info.epoch,
            zone: info.zone.clone(),
            clock: info.clock,
            first: tree.head().position.next(),
            tree: tree.hash(),
        }
    }

    pub(crate) fn line(&self) -> Vec<u8> {
        sealed_json(self)
    }
}

impl Seal {
    pub(crate) fn new(tree: &Tree) -> Seal {
        Seal {
            redress: "seal".into(),
            next: tree.head().position.next(),
            tree: tree.hash(),
        }
    }

    pub(crate) fn line(&self) -> Vec<u8> {
        sealed_json(self)
    }
}

fn sealed_json<T: Serialize>(value: &T) -> Vec<u8> {
    // Numbers, texts and nothing else: writing them cannot fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.pop();
    finish(&mut line, 0);
    line
}

/// Adds a record's line, with its line break, to the buffer.
pub(crate) fn write_record(buffer: &mut Vec<u8>, place: &Place<'_>, event: &NewEvent) {
    let start = buffer.len();
    // Piece by piece: the machinery of `write!` takes longer than everything else together.
    buffer.extend_from_slice(RECORD_START);
    number(buffer, place.position.0);
    buffer.extend_from_slice(b",\"turn\":");
    number(buffer, place.turn.0);
    buffer.extend_from_slice(b",\"part\":\"");
    number(buffer, u64::from(place.number));
    buffer.push(b'/');
    number(buffer, u64::from(place.of));
    buffer.extend_from_slice(b"\",\"recorded_at\":\"");
    buffer.extend_from_slice(place.recorded_at.as_bytes());
    buffer.extend_from_slice(b"\",\"stream\":\"");
    buffer.extend_from_slice(place.stream.as_bytes());
    buffer.extend_from_slice(b"\",\"version\":");
    number(buffer, place.version.0);
    buffer.extend_from_slice(b",\"id\":\"");
    let mut id = [0; 36];
    buffer.extend_from_slice(event.id.hyphenated().encode_lower(&mut id).as_bytes());
    buffer.extend_from_slice(b"\",\"type\":\"");
    buffer.extend_from_slice(event.kind.as_bytes());
    buffer.extend_from_slice(b"\",\"schema\":");
    number(buffer, u64::from(event.schema));
    buffer.extend_from_slice(b",\"occurred_at\":\"");
    buffer.extend_from_slice(event.occurred_at.as_bytes());
    buffer.extend_from_slice(b"\",\"actor\":");
    buffer.extend_from_slice(event.actor.as_str().as_bytes());
    buffer.extend_from_slice(b",\"command\":");
    buffer.extend_from_slice(event.command.as_str().as_bytes());
    buffer.extend_from_slice(b",\"payload\":");
    buffer.extend_from_slice(event.payload.as_str().as_bytes());
    finish(buffer, start);
}

/// A record's line, with its line break, as the journal spells it.
pub(crate) fn spell(record: &Recorded) -> Vec<u8> {
    let place = Place {
        position: record.position,
        turn: record.turn,
        number: record.part.number.get(),
        of: record.part.of.get(),
        recorded_at: record.recorded_at,
        stream: record.stream.as_str(),
        version: record.version,
    };
    let event = NewEvent {
        id: record.id,
        kind: record.kind.clone(),
        schema: record.schema,
        occurred_at: record.occurred_at,
        actor: record.actor.clone(),
        command: record.command.clone(),
        payload: record.payload.clone(),
    };
    let mut line = Vec::new();
    write_record(&mut line, &place, &event);
    line
}

/// Spells the line of an append of one event, as the journal would at a place: for measuring what the journal does
/// beyond that.
#[doc(hidden)]
pub fn spell_alone(
    buffer: &mut Vec<u8>,
    position: Position,
    turn: Position,
    version: Version,
    append: &crate::write::Append,
) {
    for write in &append.writes {
        for event in &write.events {
            let place = Place {
                position,
                turn,
                number: 1,
                of: 1,
                recorded_at: append.recorded_at,
                stream: write.stream.as_str(),
                version,
            };
            write_record(buffer, &place, event);
        }
    }
}

/// Writes a number in its one spelling.
fn number(buffer: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        at -= 1;
        if rest == 0 {
            break;
        }
    }
    buffer.extend_from_slice(digits.get(at..).unwrap_or_default());
}

/// Adds the checksum of all bytes from `start` on, the closing brace and a line break.
pub(crate) fn finish(buffer: &mut Vec<u8>, start: usize) {
    let crc = crc32c::crc32c(buffer.get(start..).unwrap_or_default());
    buffer.extend_from_slice(CRC_KEY);
    buffer.extend_from_slice(&hex(crc));
    buffer.extend_from_slice(b"\"}\n");
}

/// A checksum as it is written: eight lower-case hexadecimal digits.
pub(crate) fn hex(crc: u32) -> [u8; 8] {
    let mut digits = [0; 8];
    for (i, digit) in digits.iter_mut().enumerate() {
        let nibble = (crc >> (28 - 4 * i)) & 0xf;
        let value = u8::try_from(nibble).unwrap_or(0);
        *digit = if value < 10 {
            b'0' + value
        } else {
            b'a' + value - 10
        };
    }
    digits
}

/// Reads a line (without its line break): its checksum, and what it is. Says what is wrong otherwise.
pub(crate) fn read(line: &[u8]) -> Result<Line<'_>, &'static str> {
    let body = checked(line)?;
    if body.starts_with(RECORD_START) {
        return read_place(body)
            .map(Line::Record)
            .ok_or("not a record as this format writes it");
    }
    // The closing brace stands behind the checksum; with it the rest is a value of its own.
    let whole = || [body, b"}"].concat();
    let of_ours = body.starts_with(SEAL_START) || body.starts_with(HEADER_START);
    if of_ours && body.ends_with(b",\"tree\":null") {
        return Err(
            "written by an earlier build of format 0, without a tree: this build does not read it",
        );
    }
    if body.starts_with(SEAL_START) {
        let seal = serde_json::from_slice(&whole()).ok();
        return seal
            .filter(|seal: &Seal| is_spelled(&seal.line(), line))
            .map(Line::Seal)
            .ok_or("not a seal as this format writes it");
    }
    if body.starts_with(HEADER_START) {
        let header = serde_json::from_slice(&whole()).ok();
        return header
            .filter(|header: &Header| is_spelled(&header.line(), line))
            .map(Line::Header)
            .ok_or("not a header as this format writes it");
    }
    Err("neither a record nor a header nor a seal")
}

/// Whether a line is, to the letter, the one that would be written (its break aside).
fn is_spelled(written: &[u8], line: &[u8]) -> bool {
    written.strip_suffix(b"\n") == Some(line)
}

/// The bytes that the checksum covers, if it agrees.
pub(crate) fn checked(line: &[u8]) -> Result<&[u8], &'static str> {
    let (body, tail) = line
        .len()
        .checked_sub(CRC_BYTES)
        .and_then(|at| line.split_at_checked(at))
        .ok_or("not a whole line")?;
    let digits = tail
        .strip_prefix(CRC_KEY)
        .and_then(|rest| rest.strip_suffix(b"\"}"))
        .ok_or("the line does not end with a checksum")?;
    if digits != hex(crc32c::crc32c(body)) {
        return Err("the checksum does not agree");
    }
    Ok(body)
}

fn read_place(body: &[u8]) -> Option<Record<'_>> {
    let mut cursor = Cursor { rest: body };
    cursor.literal(RECORD_START)?;
    let position = Position(cursor.number()?);
    cursor.literal(b",\"turn\":")?;
    let turn = Position(cursor.number()?);
    cursor.literal(b",\"part\":\"")?;
    let number = u32::try_from(cursor.number()?).ok()?;
    cursor.literal(b"/")?;
    let of = u32::try_from(cursor.number()?).ok()?;
    cursor.literal(b"\",\"recorded_at\":\"")?;
    let recorded_at = cursor.stamp()?;
    cursor.literal(b"\",\"stream\":\"")?;
    let stream = cursor.text()?;
    cursor.literal(b"\",\"version\":")?;
    let version = Version(cursor.number()?);
    let place = Place {
        position,
        turn,
        number,
        of,
        recorded_at,
        stream,
        version,
    };
    let sound = position.0 >= 1
        && turn.0 >= 1
        && turn <= position
        && version.0 >= 1
        && number >= 1
        && number <= of;
    (sound && cursor.rest.starts_with(b",\"id\":\"")).then_some(Record {
        place,
        rest: cursor.rest,
    })
}

impl<'a> Record<'a> {
    /// The event's id and type, without looking at its content.
    pub(crate) fn name(&self) -> Option<(Uuid, &'a str)> {
        let mut cursor = Cursor { rest: self.rest };
        let name = cursor.name()?;
        Some(name)
    }

    /// Whether the content, too, is what this format writes: every value in its one spelling.
    pub(crate) fn is_sound(&self) -> bool {
        let check = || -> Option<()> {
            let mut cursor = Cursor { rest: self.rest };
            let (_, kind) = cursor.name()?;
            kind_is_sound(kind).then_some(())?;
            cursor.literal(b",\"schema\":")?;
            u32::try_from(cursor.number()?).ok()?;
            cursor.literal(b",\"occurred_at\":\"")?;
            cursor.stamp()?;
            cursor.literal(b"\",\"actor\":")?;
            let actor = cursor.value()?;
            cursor.literal(b",\"command\":")?;
            let command = cursor.value()?;
            cursor.literal(b",\"payload\":")?;
            for value in [actor, command, cursor.rest] {
                RawJson::check(std::str::from_utf8(value).ok()?).ok()?;
            }
            StreamId::parse(self.place.stream).ok()?;
            Some(())
        };
        check().is_some()
    }

    /// The whole record; `None` when the bytes are not what this format writes.
    pub(crate) fn decode(&self) -> Option<Recorded> {
        let mut cursor = Cursor { rest: self.rest };
        let (id, kind) = cursor.name()?;
        cursor.literal(b",\"schema\":")?;
        let schema = u32::try_from(cursor.number()?).ok()?;
        cursor.literal(b",\"occurred_at\":\"")?;
        let occurred_at = cursor.stamp()?;
        cursor.literal(b"\",\"actor\":")?;
        let actor = cursor.value()?;
        cursor.literal(b",\"command\":")?;
        let command = cursor.value()?;
        cursor.literal(b",\"payload\":")?;
        let payload = cursor.rest;
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(RawJson::trusted);
        let Place {
            position,
            turn,
            recorded_at,
            version,
            ..
        } = self.place;
        let part = Part {
            number: NonZeroU32::new(self.place.number)?,
            of: NonZeroU32::new(self.place.of)?,
        };
        Some(Recorded {
            position,
            turn,
            part,
            recorded_at,
            stream: StreamId::parse(self.place.stream).ok()?,
            version,
            id,
            kind: kind.to_owned(),
            schema,
            occurred_at,
            actor: text(actor)?,
            command: text(command)?,
            payload: text(payload)?,
        })
    }
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// An integer in its one spelling: no sign, no leading zero.
    fn number(&mut self) -> Option<u64> {
        let digits = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let taken = self.take(digits)?;
        let leading_zero = digits > 1 && taken.first() == Some(&b'0');
        if !(1..=16).contains(&digits) || leading_zero {
            return None;
        }
        Some(
            taken
                .iter()
                .fold(0, |value, b| value * 10 + u64::from(b - b'0')),
        )
    }

    fn stamp(&mut self) -> Option<Stamp> {
        Stamp::from_bytes(self.take(Stamp::BYTES)?)
    }

    /// A text up to its quotation mark; stream names and types never hold an escape.
    fn text(&mut self) -> Option<&'a str> {
        let length = memchr::memchr2(b'"', b'\\', self.rest)?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn name(&mut self) -> Option<(Uuid, &'a str)> {
        self.literal(b",\"id\":\"")?;
        let written = self.take(36)?;
        let id = Uuid::try_parse_ascii(written).ok()?;
        if id.hyphenated().encode_lower(&mut [0; 36]).as_bytes() != written {
            return None;
        }
        self.literal(b"\",\"type\":\"")?;
        let kind = self.text()?;
        self.literal(b"\"")?;
        Some((id, kind))
    }

    /// One JSON value, passed over: its spelling was checked before it was written, its
    /// bytes by the checksum, so only its end is looked for.
    fn value(&mut self) -> Option<&'a [u8]> {
        let mut depth = 0_usize;
        let mut at = 0;
        loop {
            match self.rest.get(at)? {
                b'"' => at = end_of_string(self.rest, at)?,
                b'{' | b'[' => {
                    depth += 1;
                    at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    at += 1;
                }
                b',' if depth == 0 => return self.take(at),
                _ => {
                    at += 1;
                    continue;
                }
            }
            if depth == 0 {
                return self.take(at);
            }
        }
    }
}

/// Where the string that begins at `start` is over.
fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> NewEvent {
        NewEvent {
            id: Uuid::from_u128(0xA1),
            kind: "case.stage_reported".into(),
            schema: 1,
            occurred_at: Stamp::parse("2024-02-01T00:00:00.000000Z").unwrap(),
            actor: RawJson::of(&serde_json::json!({"employee": "a\"}],\\"})).unwrap(),
            command: RawJson::new("12").unwrap(),
            payload: RawJson::new(r#"{"visit":1,"form":{"text":"外观","list":[1,[2]]}}"#).unwrap(),
        }
    }

    fn golden() -> Vec<u8> {
        let mut buffer = Vec::new();
        let place = Place {
            position: Position(17),
            turn: Position(12),
            number: 1,
            of: 3,
            recorded_at: Stamp::parse("2024-02-02T00:00:00.000000Z").unwrap(),
            stream: "complaint/7",
            version: Version(4),
        };
        write_record(&mut buffer, &place, &event());
        buffer
    }

    #[test]
    fn a_record_is_written_as_the_format_says() {
        assert_eq!(
            String::from_utf8(golden()).unwrap(),
            concat!(
                r#"{"position":17,"turn":12,"part":"1/3","recorded_at":"2024-02-02T00:00:00.000000Z","#,
                r#""stream":"complaint/7","version":4,"id":"00000000-0000-0000-0000-0000000000a1","#,
                r#""type":"case.stage_reported","schema":1,"occurred_at":"2024-02-01T00:00:00.000000Z","#,
                r#""actor":{"employee":"a\"}],\\"},"command":12,"payload":{"visit":1,"#,
                r#""form":{"text":"外观","list":[1,[2]]}},"crc":"CRC"}"#,
                "\n"
            )
            .replace("CRC", &crc_of(&golden()))
        );
    }

    fn crc_of(line: &[u8]) -> String {
        let body = &line[..line.len() - 1 - CRC_BYTES];
        format!("{:08x}", crc32c::crc32c(body))
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let line = golden();
        let Ok(Line::Record(record)) = read(&line[..line.len() - 1]) else {
            panic!("not a record")
        };
        let decoded = record.decode().unwrap();
        assert_eq!(decoded.position, Position(17));
        assert_eq!(decoded.part.of.get(), 3);
        assert_eq!(decoded.actor, event().actor);
        assert_eq!(decoded.command, event().command);
        assert_eq!(decoded.payload, event().payload);
        assert_eq!(record.name(), Some((event().id, "case.stage_reported")));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let line = golden();
        let line = &line[..line.len() - 1];
        for at in 0..line.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut changed = line.to_vec();
                changed[at] ^= flip;
                assert!(read(&changed).is_err(), "byte {at} ^ {flip:#x}");
            }
        }
    }

    #[test]
    fn headers_and_seals_come_back() {
        let info = crate::event_log::LogInfo {
            log_id: Uuid::from_u128(7),
            epoch: 1,
            format: 0,
            zone: "Asia/Shanghai".into(),
            clock: ClockKind::Simulated,
        };
        let mut tree = Tree::default();
        tree.push(TreeHash::leaf(b"1"));
        tree.push(TreeHash::leaf(b"2"));
        let line = Header::new(&info, &tree).line();
        let text = String::from_utf8(line.clone()).unwrap();
        assert!(
            text.starts_with(r#"{"redress":"segment","format":0,"log":"0000"#),
            "{text}"
        );
        let Ok(Line::Header(header)) = read(&line[..line.len() - 1]) else {
            panic!("not a header")
        };
        assert_eq!(header, Header::new(&info, &tree));
        assert_eq!((header.first, header.tree), (Position(3), tree.hash()));
        let line = Seal::new(&tree).line();
        let start = format!(
            r#"{{"redress":"seal","next":3,"tree":"{}","crc":""#,
            tree.hash()
        );
        assert!(line.starts_with(start.as_bytes()));
        let Ok(Line::Seal(seal)) = read(&line[..line.len() - 1]) else {
            panic!("not a seal")
        };
        assert_eq!((seal.next, seal.tree), (Position(3), tree.hash()));
        // Earlier builds left the tree out; they are refused by name.
        let mut earlier = br#"{"redress":"seal","next":3,"tree":null"#.to_vec();
        finish(&mut earlier, 0);
        let refused = read(&earlier[..earlier.len() - 1]).err().unwrap();
        assert!(refused.contains("earlier build"), "{refused}");
        // The same meaning spelled otherwise is not the line.
        let mut otherwise = Seal::new(&tree).line();
        otherwise.truncate(otherwise.len() - 1 - CRC_BYTES);
        otherwise.insert(1, b' ');
        finish(&mut otherwise, 0);
        assert!(read(&otherwise[..otherwise.len() - 1]).is_err());
    }
}
