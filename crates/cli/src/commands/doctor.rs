//! `redress doctor`: what is wrong with the data directory, and what to do about it.
//!
//! Looks at the directory, the journal, the index, the disk and the clock; it reads everything and changes nothing. Each
//! finding is in order (ok), good to know (note), to be looked at (warning), or a fault. Ends with 0 if there is nothing
//! worse than a warning, with 7 if something is not what was written, with 8 if the directory cannot be worked with.

use redress::{Clock, Redress, SystemClock};
use redress_kernel::time::{Instant, Zone};
use redress_log::{ClockKind, Diagnosis, Doctor, Severity, Sign};

use crate::failure::{Exit, Failure};
use crate::output::{Cell, Listing, Reading, column};
use crate::session::Session;
use crate::settings::Lang;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// A finding, ready to be shown.
struct Shown {
    severity: Severity,
    code: &'static str,
    /// Whether it says that what is stored is not what was written.
    integrity: bool,
    what: (String, String),
    advice: (&'static str, &'static str),
}

/// Examines it.
pub(crate) async fn run(session: &Session, _args: &Args) -> Result<(), Failure> {
    let reading = Reading::new(&session.output);
    let diagnosis = Doctor::new()
        .by(redress::verification())
        .tell(reading.tell())
        .examine(&session.settings.data);
    drop(reading);
    let mut all: Vec<Shown> = diagnosis.signs.iter().map(shown).collect();
    all.extend(of_the_clock(session, &diagnosis).await);
    all.extend(of_the_restore(session, &diagnosis).await);
    let columns = vec![
        column("severity", "程度", "Severity"),
        column("code", "代码", "Code"),
        column("what", "情况", "What"),
        column("advice", "处理", "What to do"),
    ];
    let lang = session.output.lang;
    let mut listing = Listing::new("redress/doctor@1", "findings", columns);
    for shown in &all {
        let word = Cell::word(name(shown.severity), title(shown.severity, lang));
        listing.row(vec![
            match shown.severity {
                Severity::Warning | Severity::Fault => Cell::Alarm(Box::new(word)),
                _ => word,
            },
            Cell::text(shown.code),
            Cell::text(lang.pick(&shown.what.0, &shown.what.1)),
            match lang.pick(shown.advice.0, shown.advice.1) {
                "" => Cell::Empty,
                advice => Cell::text(advice),
            },
        ]);
    }
    let path = session.settings.data.display().to_string();
    listing.member(
        column("data", "数据目录", "Data directory"),
        Cell::Text(path),
    );
    listing.member(
        column("worst", "最重", "Worst").data_only(),
        Cell::text(name(
            all.iter().map(|s| s.severity).max().unwrap_or(Severity::Ok),
        )),
    );
    let zone = diagnosis.info.as_ref().map(|info| Zone::parse(&info.zone));
    let zone = zone.and_then(Result::ok).unwrap_or_default();
    let printed = session
        .output
        .listing(&listing, &session.output.zones(&zone));
    let mut faults = all.iter().filter(|s| s.severity == Severity::Fault);
    let found = match faults.next() {
        None => Ok(()),
        Some(first) if first.integrity || faults.any(|shown| shown.integrity) => {
            Err(Failure::silent(Exit::Integrity))
        }
        Some(_) => Err(Failure::silent(Exit::Unavailable)),
    };
    Failure::after(printed, found)
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok => "ok",
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Fault => "fault",
    }
}

fn title(severity: Severity, lang: Lang) -> &'static str {
    let (zh, en) = match severity {
        Severity::Ok => ("正常", "ok"),
        Severity::Note => ("提示", "note"),
        Severity::Warning => ("注意", "warning"),
        Severity::Fault => ("故障", "fault"),
    };
    lang.pick(zh, en)
}

/// Opens what was examined to ask what is recorded in it. Why it does not open has been told already.
async fn opened(session: &Session) -> Option<Redress> {
    let desk = Redress::builder()
        .directory(&session.settings.data)
        .read_only();
    desk.open().await.ok()
}

/// A clock behind the log holds commands up, unless it was confirmed.
async fn of_the_clock(session: &Session, diagnosis: &Diagnosis) -> Option<Shown> {
    let info = diagnosis.info.as_ref()?;
    let recorded: Instant = diagnosis.recorded_at?.as_str().parse().ok()?;
    let now = SystemClock.now();
    if info.clock != ClockKind::System || !redress::is_behind(now, recorded) {
        return None;
    }
    if let Some(desk) = opened(session).await
        && desk.clock_is_behind().await.is_ok_and(|behind| !behind)
    {
        return None;
    }
    Some(Shown {
        severity: Severity::Warning,
        code: "clock_behind",
        integrity: false,
        what: (
            format!("时钟为 {now}，而日志最后写于 {recorded}"),
            format!("the clock says {now}, the log was last written at {recorded}"),
        ),
        advice: (
            "请校正时钟，或用 `redress clock confirm` 确认",
            "set the clock right, or confirm it with `redress clock confirm`",
        ),
    })
}

/// A restored log takes no command before its restore is recorded.
async fn of_the_restore(session: &Session, diagnosis: &Diagnosis) -> Option<Shown> {
    let info = diagnosis.info.as_ref()?;
    let is_backup = diagnosis
        .signs
        .iter()
        .any(|sign| matches!(sign, Sign::Backup { .. }));
    if info.epoch <= 1 || is_backup {
        return None;
    }
    let desk = opened(session).await?;
    if desk.restore_is_recorded().await.unwrap_or(true) {
        return None;
    }
    Some(Shown {
        severity: Severity::Fault,
        code: "restore_unrecorded",
        integrity: false,
        what: (
            format!(
                "日志已恢复至世代 {}，但尚未记入日志：不接受命令",
                info.epoch
            ),
            format!(
                "the log was restored and is in epoch {}; that is not recorded yet, and commands are refused",
                info.epoch
            ),
        ),
        advice: (
            "重新运行同一 `redress restore` 命令，或 `redress restore --record --as 员工号`",
            "run the same `redress restore` again, or `redress restore --record --as EMPLOYEE`",
        ),
    })
}

fn shown(sign: &Sign) -> Shown {
    let (zh, en) = what(sign);
    Shown {
        severity: sign.severity(),
        code: sign.code(),
        integrity: sign.is_integrity(),
        what: (zh, en),
        advice: advice(sign),
    }
}

/// What was found, in both languages.
fn what(sign: &Sign) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match sign {
        Sign::NotFound => both("没有此目录", "there is no such directory"),
        Sign::NotRedress { found } => (
            format!("不是 redress 数据目录：其中有 {}", found.join("、")),
            format!("no redress directory: it holds {}", found.join(", ")),
        ),
        Sign::RestoreCutShort => both(
            "恢复到此目录的操作中断，尚不是数据目录",
            "a restore into it was interrupted: it is no data directory yet",
        ),
        Sign::BackupCutShort => both(
            "首次备份到此目录的操作中断，尚不是备份",
            "a first backup into it was interrupted: it is no backup yet",
        ),
        Sign::MarkerLost { found } => (
            format!("标记文件 redress.json 丢失，而其中是日志：有 {found}"),
            format!("`redress.json` is gone from a directory that holds a log: there is {found}"),
        ),
        Sign::Backup { position } => (
            format!("是备份，至位置 {position}"),
            format!("a backup, up to position {position}"),
        ),
        Sign::OtherFormat { found, known } => (
            format!("格式为 {found}，本程序只识别格式 {known}"),
            format!("of format {found}; this program knows format {known}"),
        ),
        Sign::MarkerDamaged { reason } => (
            format!("标记文件损坏：{reason}"),
            format!("the file that says what the directory is is damaged: {reason}"),
        ),
        Sign::Unreadable { reason } => (
            format!("无法读取：{reason}"),
            format!("cannot be read: {reason}"),
        ),
        Sign::Locked { holder } => match holder {
            Some(pid) => (
                format!("进程 {pid} 正在写入"),
                format!("process {pid} writes to it"),
            ),
            None => both("另一进程正在写入", "another process writes to it"),
        },
        Sign::Restored { epoch, position } => (
            format!("曾恢复至位置 {position}，此后为世代 {epoch}"),
            format!("restored up to position {position}; in epoch {epoch} since"),
        ),
        Sign::Whole { position, records } => (
            format!("日志完好，至位置 {position}，共 {records} 条记录"),
            format!("the journal is whole up to position {position}: {records} records"),
        ),
        Sign::Damaged { first, more } => {
            let line = first.line.map(|line| line.to_string()).unwrap_or_default();
            let (file, what) = (&first.file, &first.what);
            (
                format!("日志损坏：{file} 第 {line} 行：{what}；另有 {more} 处"),
                format!("the journal is damaged: {file} line {line}: {what}; {more} more places"),
            )
        }
        Sign::Torn { at } => (
            format!("日志末尾不完整：{}", at.what),
            format!(
                "the journal ends in something that is no whole append: {}",
                at.what
            ),
        ),
        Sign::Unclean => both("上次写入者未正常关闭", "the last writer did not close it"),
        Sign::Leftover { file } => (format!("遗留文件 {file}"), format!("a leftover: {file}")),
        Sign::IndexAbsent => both("没有索引", "there is no index"),
        Sign::IndexUnclosed => both("索引未正常关闭", "the index was not closed"),
        Sign::IndexSound { position } => (
            format!("索引完好，至位置 {position}"),
            format!("the index is sound up to position {position}"),
        ),
        Sign::IndexNotCompared { reason } => (
            format!("索引未逐项核对：{reason}"),
            format!("the index was not compared: {reason}"),
        ),
        Sign::IndexWrong { reason } => (
            format!("索引有误：{reason}"),
            format!("the index is wrong: {reason}"),
        ),
        Sign::IndexAhead { position, end } => (
            format!("索引至位置 {position}，而日志止于 {end}：已确认的记录缺失"),
            format!(
                "the index reaches position {position}, the journal ends at {end}: acknowledged records are missing"
            ),
        ),
        Sign::SetAside => both(
            "有一份不可信而搁置的索引（index-aside）",
            "an index that was not believed was set aside (index-aside)",
        ),
        Sign::Room { bytes } => {
            let mebibytes = bytes >> 20;
            (
                format!("磁盘剩余 {mebibytes} MiB"),
                format!("{mebibytes} MiB are free on the disk"),
            )
        }
        Sign::NotWritable { reason } => (
            format!("目录不可写：{reason}"),
            format!("the directory cannot be written to: {reason}"),
        ),
        _ => both(sign.code(), sign.code()),
    }
}

/// What to do when nothing but the marker is gone.
pub(super) const MARKER_LOST: (&str, &str) = (
    "勿再向此目录恢复；先另存副本，再按 docs/event-log-format.md 重写 `redress.json` 这一行，然后运行 `redress audit verify`",
    "do not restore into it: copy it, write the one line of `redress.json` again as docs/event-log-format.md says, and run \
     `redress audit verify`",
);

/// What to do, in both languages; nothing where nothing is to be done.
fn advice(sign: &Sign) -> (&'static str, &'static str) {
    match sign {
        Sign::NotFound | Sign::NotRedress { .. } => (
            "请用 `--data 目录` 另指目录，或用 `redress init` 新建",
            "name another with `--data DIR`, or found one with `redress init`",
        ),
        Sign::RestoreCutShort => (
            "重新运行同一 `redress restore` 命令",
            "run the same `redress restore` again",
        ),
        Sign::BackupCutShort => (
            "重新运行同一 `redress backup` 命令",
            "run the same `redress backup` again",
        ),
        Sign::MarkerLost { .. } => MARKER_LOST,
        Sign::Backup { .. } => (
            "只读命令可直接使用；要写入，请用 `redress restore 备份 目录` 恢复",
            "commands that only read take it as it is; to write, restore it with `redress restore BACKUP DIR`",
        ),
        Sign::OtherFormat { .. } => (
            "请用相应版本的程序",
            "use the program that wrote it, or a newer one",
        ),
        Sign::MarkerDamaged { .. } => (
            "从备份恢复；或用 `redress audit salvage 目录` 导出完好记录",
            "restore a backup; `redress audit salvage DIR` exports the records without it",
        ),
        Sign::Unreadable { .. } => (
            "检查磁盘与权限",
            "look after the disk, and after who may read the directory",
        ),
        Sign::Locked { .. } => (
            "写入命令交给该进程；只读命令不受影响",
            "send commands that write to that process; those that read go on",
        ),
        Sign::Damaged { .. } => (
            "勿改动目录；先另存副本，再从备份恢复；备份之后的记录用 `redress audit salvage 目录` 导出",
            "leave it as it is and copy it; restore a backup elsewhere; `redress audit salvage DIR` exports what was \
             recorded since",
        ),
        Sign::Torn { .. } => (
            "从未确认过：下次写入时另存并截去",
            "it was never acknowledged: the next command that writes keeps it aside and cuts it off",
        ),
        Sign::Leftover { file } if file == "journal/next.tmp" => (
            "无须处理：下次写入时移除",
            "nothing: the next command that writes removes it",
        ),
        Sign::Leftover { file } if file.starts_with("journal/cut-") => (
            "曾截去的不完整末尾，可保留",
            "an end that was cut off once; it may stay",
        ),
        Sign::Leftover { .. } => (
            "不属于日志：请查看其内容后移走",
            "not the log's: see what it is, and move it elsewhere",
        ),
        Sign::IndexAbsent => (
            "无须处理：记录多时自动建立",
            "nothing: one is made when there are enough records",
        ),
        Sign::IndexUnclosed | Sign::Unclean => (
            "无须处理：下次写入时自动修复",
            "nothing: the next command that writes sets it right",
        ),
        Sign::IndexWrong { .. } => (
            "下次写入时自动搁置并重建；请检查磁盘",
            "the next command that writes sets it aside and builds it anew; look after the disk",
        ),
        Sign::IndexAhead { .. } => (
            "从备份取回缺失的日志文件，或恢复备份；仅当确知日志完整时才删除 `index/`",
            "bring the missing journal files back from a backup, or restore one; only if you are sure that the journal is \
             complete, delete `index/`",
        ),
        Sign::SetAside => ("可删除 `index-aside/`", "`index-aside/` may be deleted"),
        Sign::Room { .. } if sign.severity() > Severity::Ok => {
            ("请腾出磁盘空间", "make room on the disk")
        }
        Sign::NotWritable { .. } => (
            "检查权限，或该磁盘是否只读；只读命令不受影响",
            "look after who may write there, and whether the disk is read-only; commands that read go on",
        ),
        _ => ("", ""),
    }
}
