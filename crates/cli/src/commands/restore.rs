//! `redress restore BACKUP DIR [--position N] --as EMPLOYEE`: makes a data directory of a backup.
//!
//! The directory must be new or empty. It is read through before it becomes a data directory, so a restore that is
//! interrupted leaves none; the same command takes it up again. BACKUP may also be the copy of a data directory. With
//! `--position N` the log ends at the last whole append at or before N.
//!
//! The restored log goes on in its next epoch, and its first event says so, by whom. Should that event be missing, every
//! other command that writes is refused until the same command is run again, or `redress --data DIR restore --record`.

use std::path::PathBuf;

use redress::Redress;
use redress_log::{Position, Restore, RestoreError, Restored};

use super::audit::tree;
use super::backup::no_dry_run;
use super::doctor::MARKER_LOST;
use crate::failure::{Exit, Failure};
use crate::output::{Cell, Reading, Record, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The backup, or the copy of a data directory
    #[arg(value_name = "BACKUP", required_unless_present = "record")]
    backup: Option<PathBuf>,
    /// The directory to make: new or empty
    #[arg(value_name = "DIR", required_unless_present = "record")]
    destination: Option<PathBuf>,
    /// Only up to the last whole append at or before this position
    #[arg(long, value_name = "N")]
    position: Option<u64>,
    /// Only record, in the data directory, that it was restored
    #[arg(long, conflicts_with_all = ["backup", "destination", "position"])]
    record: bool,
}

/// Restores it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    no_dry_run(session)?;
    let by = session.by()?;
    let (restored, at) = match (&args.backup, &args.destination) {
        (Some(backup), Some(destination)) => {
            is_known(session, backup, &by, args.position.map(Position)).await?;
            let reading = Reading::new(&session.output);
            let mut restore = Restore::new().tell(reading.tell());
            if let Some(position) = args.position {
                restore = restore.up_to(Position(position));
            }
            let made = restore.make(backup, destination);
            drop(reading);
            let made = made.map_err(|e| refused(session, &e))?;
            (made, session.at_directory(destination.clone()))
        }
        _ => {
            let data = session.settings.data.clone();
            let noted = Restored::of(&data).map_err(|e| session.failed(&e.into()))?;
            let restored = noted.ok_or_else(|| {
                Failure::new(
                    Exit::NotFound,
                    "not_restored",
                    format!(
                        "`{}` was not restored: there is nothing to record",
                        data.display()
                    ),
                )
                .chinese(format!("`{}` 未曾恢复：无可记录", data.display()))
                .help_both(
                    "`redress doctor` says what is wrong with a directory",
                    "用 `redress doctor` 检查目录",
                )
            })?;
            (restored, session.at_directory(data))
        }
    };
    let desk = at.desk(None).await?;
    let recorded = desk.record_restored(&by, &restored).await;
    let recorded = recorded.map_err(|e| at.failed(&e));
    at.close(&desk).await?;
    let recorded = recorded?;
    let mut record = Record::new("redress/restore@1");
    let data = at.settings.data.display().to_string();
    record.member(
        column("data", "数据目录", "Data directory"),
        Cell::Text(data),
    );
    record.member(
        column("log_id", "日志号", "Log"),
        Cell::text(restored.log.to_string()),
    );
    record.member(
        column("epoch", "世代", "Epoch"),
        Cell::count(restored.epoch),
    );
    record.member(
        column("from_epoch", "原世代", "From epoch"),
        Cell::count(restored.from_epoch),
    );
    record.member(
        column("position", "位置", "Position"),
        Cell::count(restored.head.position.0),
    );
    record.member(
        column("tree_head", "树头", "Tree head"),
        tree(&restored.head.hash.to_string()),
    );
    let taken_at = restored
        .taken_at
        .and_then(|stamp| stamp.as_str().parse().ok());
    record.member(
        column("taken_at", "备份时间", "Backup taken at"),
        Cell::of(taken_at, Cell::Instant),
    );
    record.member(
        column("recorded", "本次记入日志", "Recorded now"),
        Cell::Boolean(recorded),
    );
    session.output.record(&record, &at.zones())
}

/// Whoever restores must be known to the log as it is restored; better told before than after a long copy.
async fn is_known(
    session: &Session,
    backup: &std::path::Path,
    by: &redress_kernel::actor::By,
    up_to: Option<Position>,
) -> Result<(), Failure> {
    let open = Redress::builder().directory(backup).read_only().open();
    let desk = open.await.map_err(|e| session.failed(&e))?;
    let known = desk.may_restore(by, up_to).await;
    known.map_err(|e| session.failed(&e))
}

/// Why nothing was restored.
fn refused(session: &Session, error: &RestoreError) -> Failure {
    let (exit, chinese, help, chinese_help) = match error {
        RestoreError::Open(open) => return session.failed(&open.clone().into()),
        RestoreError::SourceDamaged { path, reason } => (
            Exit::Integrity,
            format!("`{}` 已损坏：{reason}", path.display()),
            "take an older backup; `redress audit verify --data BACKUP` names every place, `redress audit salvage` exports \
             what is whole",
            "请改用更早的备份；`redress audit verify --data 备份` 列出所有损坏处，`redress audit salvage` 导出完好部分",
        ),
        RestoreError::Beyond {
            path,
            position,
            end,
        } => (
            Exit::NotFound,
            format!("`{}` 止于位置 {end}，未到位置 {position}", path.display()),
            "leave `--position` out, or name an earlier one",
            "请省去 `--position`，或指定更早的位置",
        ),
        RestoreError::MarkerLost { path, found } => (
            Exit::Integrity,
            format!(
                "`{}` 并非中断的恢复：其中有 {found}；它是丢失了 `redress.json` 的日志",
                path.display()
            ),
            MARKER_LOST.1,
            MARKER_LOST.0,
        ),
        RestoreError::OtherRestore { path, .. } => (
            Exit::Refused,
            format!("`{}` 中中断的是另一恢复：{error}", path.display()),
            "run that restore again, or name a new directory",
            "请重新运行那一恢复命令，或指定新目录",
        ),
        RestoreError::Nothing { path } => (
            Exit::NotFound,
            format!("`{}` 在该位置之前没有完整的写入", path.display()),
            "name a later position",
            "请指定更后的位置",
        ),
        RestoreError::CopyDamaged { path, reason } => (
            Exit::Integrity,
            format!("`{}` 中的副本与原件不符：{reason}", path.display()),
            "the disk does not keep what is written to it: restore onto another",
            "该磁盘不能保存所写内容：请恢复到另一磁盘",
        ),
        _ => return Failure::new(Exit::Failure, error.code(), error.to_string()),
    };
    Failure::new(exit, error.code(), error.to_string())
        .chinese(chinese)
        .help_both(help, chinese_help)
}
