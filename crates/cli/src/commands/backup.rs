//! `redress backup DIR`: copies the log into another directory, or what was appended since into the backup there.
//!
//! It runs beside a service; what is copied is a prefix of whole events' appends, read through before it counts as a
//! backup. The first run makes the backup, later ones extend it; one that is interrupted leaves the one before. A backup
//! can be read like a data directory (`--data DIR`), verified, and restored; nothing writes to it. What was erased of
//! personal values here is erased there.

use std::path::{Path, PathBuf};

use redress::{Clock, SystemClock};
use redress_kernel::time::Instant;
use redress_log::{Backup, BackupError, Stamp};

use super::audit::tree;
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Reading, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory of the backup: new, empty, or a backup of the same log
    #[arg(value_name = "DIR")]
    destination: PathBuf,
}

/// Takes it.
pub(crate) fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    no_dry_run(session)?;
    let now = SystemClock.now();
    let taken_at = Stamp::parse(&now.to_string())
        .map_err(|e| Failure::new(Exit::Failure, "clock", e.to_string()))?;
    let reading = Reading::new(&session.output);
    let taken = Backup::at(taken_at)
        .tell(reading.tell())
        .take(&session.settings.data, &args.destination);
    drop(reading);
    let taken = taken.map_err(|e| refused(session, &e))?;
    if let Some(torn) = &taken.torn {
        session.output.warn(
            "torn_end",
            &format!("日志末尾不完整，未计入备份：{torn}"),
            &format!(
                "the log ends in something that is no whole append and is not in the backup: {torn}"
            ),
        );
    }
    let mut record = Record::new("redress/backup@1");
    let path = |path: &Path| Cell::Text(path.display().to_string());
    record.member(
        column("backup", "备份目录", "Backup"),
        path(&args.destination),
    );
    record.member(
        column("data", "数据目录", "Of"),
        path(&session.settings.data),
    );
    record.member(
        column("log_id", "日志号", "Log"),
        Cell::text(taken.info.log_id.to_string()),
    );
    record.member(
        column("epoch", "世代", "Epoch"),
        Cell::count(taken.info.epoch),
    );
    record.member(
        column("position", "位置", "Position"),
        Cell::count(taken.head.position.0),
    );
    record.member(
        column("tree_head", "树头", "Tree head"),
        tree(&taken.head.hash.to_string()),
    );
    record.member(
        column("before", "此前至位置", "Reached before"),
        Cell::of(taken.before, |position| Cell::count(position.0)),
    );
    for (column, count) in [
        (
            column("bytes_copied", "复制字节", "Bytes copied"),
            taken.bytes_copied,
        ),
        (
            column("segments_copied", "复制或续写的段", "Segments copied"),
            taken.segments_copied,
        ),
        (
            column("segments_kept", "沿用的段", "Segments kept"),
            taken.segments_kept,
        ),
        (
            column("files_copied", "复制的其他文件", "Other files copied"),
            taken.beside_copied,
        ),
        (
            column("files_erased", "删除的其他文件", "Other files erased"),
            taken.beside_erased,
        ),
    ] {
        record.member(column, Cell::count(count));
    }
    record.member(column("taken_at", "备份时间", "Taken at"), instant(now));
    let zone = redress_kernel::time::Zone::parse(&taken.info.zone).unwrap_or_default();
    session.output.record(&record, &session.output.zones(&zone))
}

fn instant(instant: Instant) -> Cell {
    Cell::Instant(instant)
}

/// Refuses `--dry-run` where there is nothing to decide.
pub(crate) fn no_dry_run(session: &Session) -> Result<(), Failure> {
    if !session.settings.dry_run {
        return Ok(());
    }
    Err(Failure::usage(
        "no_dry_run",
        "this command decides nothing that could be tried with `--dry-run`",
    )
    .chinese("此命令不作决定，不能用 `--dry-run` 试运行")
    .help_both("leave `--dry-run` out", "请省去 `--dry-run`"))
}

/// Why there is no backup.
fn refused(session: &Session, error: &BackupError) -> Failure {
    let (exit, chinese, help, chinese_help) = match error {
        BackupError::Open(open) => return session.failed(&open.clone().into()),
        BackupError::SourceDamaged { path, damage } => (
            Exit::Integrity,
            format!("`{}` 已损坏：{damage}", path.display()),
            "keep the backup as it is; `redress audit verify` names every place, `redress audit salvage DIR` exports what \
             is whole, `redress restore BACKUP DIR` goes on from the last backup",
            "请保留原备份；`redress audit verify` 列出所有损坏处，`redress audit salvage 目录` 导出完好部分，\
             `redress restore 备份 目录` 从上次备份恢复",
        ),
        BackupError::Nothing { path } => (
            Exit::NotFound,
            format!("`{}` 中尚无事件", path.display()),
            "found it with `redress init`",
            "请先用 `redress init` 建立",
        ),
        BackupError::Occupied { path, found } => (
            Exit::Refused,
            format!(
                "`{}` 既非空目录，也不是备份：其中有 {}",
                path.display(),
                found.join("、")
            ),
            "name a new or empty directory, or the backup of this log",
            "请指定新目录、空目录，或此日志的备份目录",
        ),
        BackupError::OtherLog { path, log } => (
            Exit::Refused,
            format!("`{}` 是另一日志（{log}）的备份", path.display()),
            "name a new directory, or the backup of this log",
            "请指定新目录，或此日志的备份目录",
        ),
        BackupError::Diverged {
            path,
            position,
            epoch,
            source_position,
            source_epoch,
        } => (
            Exit::Refused,
            format!(
                "`{}` 中的备份至位置 {position}（世代 {epoch}），其中有数据目录没有的记录（数据目录至位置 \
                 {source_position}，世代 {source_epoch}）",
                path.display()
            ),
            "one of the two was restored meanwhile, or this is an older copy: keep that backup and take a new one elsewhere",
            "其中之一曾被恢复，或此目录为旧副本：请保留该备份，另行备份到别处",
        ),
        BackupError::DestinationDamaged { path, .. } => (
            Exit::Integrity,
            format!("`{}` 中的备份已损坏：{error}", path.display()),
            "the data directory itself was found whole: take a new backup elsewhere, and look after that disk",
            "数据目录本身完好：请另行备份到别处，并检查该磁盘",
        ),
        BackupError::SourceChanged { path } => (
            Exit::Unavailable,
            format!("`{}` 在读取期间被截短", path.display()),
            "try again",
            "请重试",
        ),
        _ => return Failure::new(Exit::Failure, error.code(), error.to_string()),
    };
    Failure::new(exit, error.code(), error.to_string())
        .chinese(chinese)
        .help_both(help, chinese_help)
}
