//! `redress audit verify [--position N] [--expect HASH]`: is what is stored what was written?
//!
//! Reads every byte of the journal and of a closed index, beside a running service or on media that cannot be written
//! to, and changes nothing. A tree head that was printed earlier says whether anything before it was changed since:
//! name its position and at least 32 of its digits. The head that a closed month recorded is compared without being asked
//! for: `redress month report` prints it. Ends with 0 if everything is whole, with 7 if anything is not as it
//! was written, a torn end and a wrong index included.

use redress_log::{Finding, FindingKind, IndexState, Position, TreeHead, Verified};

use super::tree;
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Listing, Reading, Record, column};
use crate::session::Session;
use crate::settings::Lang;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Also say the tree head at this position
    #[arg(long, value_name = "N")]
    position: Option<u64>,
    /// The tree head that was printed, in full or its beginning of at least 32 digits: at --position, else at the end
    #[arg(long, value_name = "HASH", value_parser = digits)]
    expect: Option<String>,
}

/// The digits of a tree head as people write them down: in groups, in either case.
fn digits(text: &str) -> Result<String, String> {
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if (32..=64).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(digits);
    }
    Err("write 32 to 64 hexadecimal digits, in groups or not".to_owned())
}

/// Verifies it.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let reading = Reading::new(&session.output);
    let mut verification = redress::verification().tell(reading.tell());
    if let Some(position) = args.position {
        verification = verification.up_to(Position(position));
    }
    let verified = verification.read(&session.settings.data);
    drop(reading);
    let verified = verified.map_err(|e| session.failed(&e.into()))?;
    let head = match args.position {
        Some(_) => verified.head_at,
        None => verified.head,
    };
    let ends_before = args.position.filter(|p| *p > verified.position.0);
    if let (Some(position), None) = (ends_before, &args.expect)
        && verified.findings.is_empty()
    {
        let end = verified.position;
        return Err(Failure::new(
            Exit::NotFound,
            "position_beyond_the_end",
            format!("the log ends at position {end}, before position {position}"),
        )
        .chinese(format!("日志止于位置 {end}，未到位置 {position}"))
        .help_both(
            "if it was longer once, records are missing: compare with a backup",
            "若日志曾更长，则有记录缺失：请与备份比对",
        ));
    }
    let mismatch = args.expect.as_ref().and_then(|e| differs(e, head, session));
    let whole = verified.findings.is_empty() && mismatch.is_none();
    let printed = session.output.record(
        &record(&verified, head, mismatch, args, session.output.lang),
        &session.zones(),
    );
    let found = match whole {
        true => Ok(()),
        false => Err(Failure::silent(Exit::Integrity)),
    };
    Failure::after(printed, found)
}

/// What a head that is not the expected one says.
fn differs(expected: &str, head: Option<TreeHead>, session: &Session) -> Option<String> {
    let found = head.map(|head| head.hash.to_string());
    if found.as_ref().is_some_and(|f| f.starts_with(expected)) {
        return None;
    }
    let found = found.unwrap_or_else(|| session.output.pick("无", "none").to_owned());
    Some(match session.output.lang {
        Lang::Zh => format!("树头为 {found}，而应为 {expected}"),
        Lang::En => format!("the tree head is {found}, {expected} was expected"),
    })
}

fn record(
    verified: &Verified,
    head: Option<TreeHead>,
    mismatch: Option<String>,
    args: &Args,
    lang: Lang,
) -> Record {
    let mut record = Record::new("redress/verify@1");
    let whole = verified.findings.is_empty() && mismatch.is_none();
    record.member(column("whole", "完好", "Whole"), Cell::Boolean(whole));
    record.member(
        column("log_id", "日志号", "Log"),
        Cell::text(verified.info.log_id.to_string()),
    );
    record.member(
        column("backup", "备份", "A backup"),
        Cell::Boolean(verified.is_backup),
    );
    record.member(
        column("last_position", "末位置", "Last position"),
        Cell::count(verified.position.0),
    );
    let at = args.position.unwrap_or(verified.position.0);
    record.member(column("position", "位置", "Position"), Cell::count(at));
    record.member(
        column("tree_head", "树头", "Tree head"),
        Cell::of(head, |head| tree(&head.hash.to_string())),
    );
    let counts = verified.counts;
    for (column, count) in [
        (column("records", "记录", "Records"), counts.records),
        (column("streams", "事件流", "Streams"), counts.streams),
        (column("segments", "段", "Segments"), counts.segments),
        (column("bytes", "字节", "Bytes"), counts.bytes),
    ] {
        record.member(column, Cell::count(count));
    }
    record.member(
        column("epoch", "世代", "Epoch"),
        Cell::count(verified.info.epoch),
    );
    record.member(
        column("index", "索引", "Index"),
        Cell::word(verified.index.as_str(), index(&verified.index, lang)),
    );
    record.member(
        column("leftovers", "遗留文件", "Leftovers"),
        Cell::List(verified.leftovers.clone()),
    );
    record.member(
        column("findings_untold", "未列出", "More findings").data_only(),
        Cell::count(verified.untold),
    );
    let mut epochs = Listing::new(
        "redress/verify@1",
        "epochs",
        vec![
            column("epoch", "世代", "Epoch"),
            column("first", "首位置", "From position"),
        ],
    );
    for (epoch, first) in &verified.epochs {
        epochs.row(vec![Cell::count(*epoch), Cell::count(first.0)]);
    }
    let mut findings = findings(&verified.findings, lang);
    if let Some(what) = mismatch {
        let kind = FindingKind::Head;
        findings.row(vec![
            Cell::Alarm(Box::new(Cell::word(kind.as_str(), title(kind, lang)))),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::count(at),
            Cell::Text(what),
        ]);
    }
    record.part("findings", findings);
    record.part("epochs", epochs);
    record
}

/// Findings as rows.
fn findings(findings: &[Finding], lang: Lang) -> Listing {
    let mut listing = Listing::new(
        "redress/verify@1",
        "findings",
        vec![
            column("kind", "发现", "Finding"),
            column("file", "文件", "File"),
            column("line", "行", "Line"),
            column("offset", "偏移", "Offset"),
            column("position", "位置", "Position"),
            column("what", "说明", "What"),
        ],
    );
    for finding in findings {
        let kind = Cell::word(finding.kind.as_str(), title(finding.kind, lang));
        listing.row(vec![
            Cell::Alarm(Box::new(kind)),
            Cell::text(&finding.file),
            Cell::of(finding.line, Cell::count),
            Cell::of(finding.offset, Cell::count),
            Cell::of(finding.position, |position| Cell::count(position.0)),
            Cell::text(&finding.what),
        ]);
    }
    listing
}

/// A kind of finding, as people read it.
fn title(kind: FindingKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        FindingKind::Damage => ("损坏", "damage"),
        FindingKind::Torn => ("末尾不完整", "torn end"),
        FindingKind::Index => ("索引有误", "wrong index"),
        FindingKind::Ahead => ("已确认的记录缺失", "acknowledged records are missing"),
        FindingKind::Head => ("树头不符", "other tree head"),
        FindingKind::Marker => ("标记文件不符", "marker spelled otherwise"),
        _ => return kind.as_str(),
    };
    lang.pick(zh, en)
}

/// What the index is, as people read it.
fn index(state: &IndexState, lang: Lang) -> String {
    match state {
        IndexState::Absent => lang.pick("无", "none").to_owned(),
        IndexState::Unclosed => lang
            .pick("使用中或未正常关闭", "open, or was not closed")
            .to_owned(),
        IndexState::Sound { position } => match lang {
            Lang::Zh => format!("完好，至位置 {position}"),
            Lang::En => format!("sound, up to position {position}"),
        },
        IndexState::NotCompared { reason } => match lang {
            Lang::Zh => format!("文件完好，未逐项核对：{reason}"),
            Lang::En => format!("its files are sound; its rows were not compared: {reason}"),
        },
        IndexState::Wrong { reason } => match lang {
            Lang::Zh => format!("有误：{reason}"),
            Lang::En => format!("wrong: {reason}"),
        },
        IndexState::Ahead { position } => match lang {
            Lang::Zh => format!("至位置 {position}，超出日志"),
            Lang::En => format!("reaches position {position}, behind the journal's end"),
        },
        _ => state.as_str().to_owned(),
    }
}
