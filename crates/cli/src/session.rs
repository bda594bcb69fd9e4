//! What a command is handed: the settings, a place to write to, and the desk, opened only by who needs it.

use std::sync::{Arc, OnceLock};

use redress::{Builder, HandClock, Redress, Sending};
use redress_core::regulation::Workflow;
use redress_kernel::actor::By;
use redress_kernel::form::FieldKind;
use redress_kernel::id::{CaseId, StageId};
use redress_kernel::time::{Instant, Zone};
use redress_kernel::value::{Path, Scope, Value};
use redress_log::ClockKind;
use uuid::Uuid;

use crate::failure::{Exit, Failure};
use crate::fill;
use crate::moment::Moment;
use crate::output::{Output, Zones};
use crate::settings::Settings;
use crate::waiting::Waiting;

/// What a command is handed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) settings: Settings,
    pub(crate) output: Output,
    zone: OnceLock<Zone>,
    /// The clock of a data directory that is kept by a simulated one.
    clock: OnceLock<Arc<HandClock>>,
}

impl Session {
    /// A session by the settings.
    pub(crate) fn new(settings: Settings) -> Self {
        let output = Output::new(&settings);
        Self {
            settings,
            output,
            zone: OnceLock::new(),
            clock: OnceLock::new(),
        }
    }

    /// The same session at another data directory.
    pub(crate) fn at_directory(&self, data: std::path::PathBuf) -> Self {
        Self {
            settings: Settings {
                data,
                ..self.settings.clone()
            },
            output: self.output.clone(),
            zone: OnceLock::new(),
            clock: OnceLock::new(),
        }
    }

    /// The company's zone, as far as a data directory has told it.
    pub(crate) fn zone(&self) -> Zone {
        self.zone.get().copied().unwrap_or_default()
    }

    /// The zones in which instants are written.
    pub(crate) fn zones(&self) -> Zones {
        self.output.zones(&self.zone())
    }

    /// The company's zone, whichever the reader asked for.
    pub(crate) fn company_zones(&self) -> Zones {
        let company = self.zone();
        Zones {
            company,
            shown: company,
        }
    }

    /// Opens the data directory to write to it. A simulated clock stands at the last recording, or at the moment
    /// at which the deed is said to happen if that is later.
    pub(crate) async fn desk(&self, moment: Option<Moment>) -> Result<Redress, Failure> {
        if self.settings.dry_run {
            return self.looking(moment).await;
        }
        let open = || self.builder();
        let desk = open().open().await.map_err(|e| self.failed(&e))?;
        self.told(&desk);
        let desk = if desk.info().clock == ClockKind::Simulated {
            let now = desk.now().await.map_err(|e| self.failed(&e))?;
            let zone = desk.zone();
            let at = moment.map_or(now, |m| m.instant(&zone).max(now));
            desk.close().await.map_err(|e| self.failed(&e))?;
            drop(desk);
            let clock = self.clock.get_or_init(|| Arc::new(HandClock::at(at)));
            open()
                .clock(clock.clone())
                .open()
                .await
                .map_err(|e| self.failed(&e))?
        } else {
            desk
        };
        self.opened(&desk);
        Ok(desk)
    }

    /// Opens the data directory to write to it, its simulated clock moved to a moment first. A real clock is never
    /// moved, and a simulated one never goes back.
    pub(crate) async fn desk_moved(&self, now: Option<Moment>) -> Result<Redress, Failure> {
        let desk = self.desk(now).await?;
        if now.is_some() && desk.info().clock == redress_log::ClockKind::System {
            self.close(&desk).await?;
            return Err(Failure::usage(
                "real_clock",
                "this data directory is kept by a real clock: `--now` cannot move it",
            )
            .chinese("此数据目录使用真实时钟：不能用 `--now` 拨动")
            .help_both(
                "leave `--now` out: what is done is done at the present time",
                "请省去 `--now`：按当前时间办理",
            ));
        }
        if let Some(asked) = now.map(|moment| moment.instant(&desk.zone())) {
            let stands = desk.now().await.map_err(|e| self.failed(&e))?;
            if asked < stands {
                self.close(&desk).await?;
                let zones = self.zones();
                let (asked, stands) = (zones.shown.short(asked), zones.shown.short(stands));
                let english = format!(
                    "the simulated clock stands at {stands}; it never goes back to {asked}"
                );
                return Err(Failure::usage("clock_goes_on", english)
                    .chinese(format!("模拟时钟已到 {stands}，不能拨回 {asked}"))
                    .help_both(
                        "name a later moment; what was overdue in the past is told by \
                         `redress overdue --at WHEN`",
                        "请指定更晚的时间；过去某时的逾期情况用 `redress overdue --at 时间` 查看",
                    ));
            }
        }
        Ok(desk)
    }

    /// Lets a simulated clock go on to a moment; it never goes back, and a real one is never moved.
    pub(crate) async fn advance(&self, desk: &Redress, moment: Moment) -> Result<(), Failure> {
        if let Some(clock) = self.clock.get() {
            let now = desk.now().await.map_err(|e| self.failed(&e))?;
            clock.set(moment.instant(&desk.zone()).max(now));
        }
        Ok(())
    }

    /// Opens the data directory to read it, beside whoever writes.
    pub(crate) async fn reading(&self) -> Result<Redress, Failure> {
        self.looking(None).await
    }

    /// Opens it to read, as it would be at a later moment if its clock is a simulated one.
    pub(crate) async fn looking(&self, moment: Option<Moment>) -> Result<Redress, Failure> {
        let open = || self.builder().read_only();
        let mut desk = open().open().await.map_err(|e| self.failed(&e))?;
        self.told(&desk);
        if let (Some(moment), ClockKind::Simulated) = (moment, desk.info().clock) {
            let now = desk.now().await.map_err(|e| self.failed(&e))?;
            let at = moment.instant(&desk.zone()).max(now);
            let clock = Arc::new(HandClock::at(at));
            desk = open()
                .clock(clock)
                .open()
                .await
                .map_err(|e| self.failed(&e))?;
        }
        self.opened(&desk);
        Ok(desk)
    }

    fn builder(&self) -> Builder {
        let waiting = Waiting::new(self.output.lang);
        Redress::builder()
            .directory(&self.settings.data)
            .progress(move |progress| waiting.tell(progress))
    }

    /// Says what opening found: an index that was not believed, an end that was cut, damage.
    fn told(&self, desk: &Redress) {
        let recovery = desk.recovery();
        if let Some(reason) = &recovery.index_rebuilt {
            self.output.warn(
                "index_rebuilt",
                &format!("索引不可信，已依据日志重建：{reason}"),
                &format!("the index was not believed and was built anew from the log: {reason}"),
            );
        }
        if let Some(cut) = &recovery.cut {
            let kept = cut.kept_as.as_deref();
            self.output.warn(
                "torn_end",
                &format!(
                    "日志末尾不完整：{} 第 {} 行起 {} 字节未成为完整记录（{}），{}",
                    cut.file,
                    cut.line,
                    cut.bytes,
                    cut.reason,
                    kept.map_or_else(|| "未作改动".to_owned(), |kept| format!("已另存为 {kept}"))
                ),
                &format!(
                    "the log ends in {} bytes that are no whole record ({}, line {}: {}); {}",
                    cut.bytes,
                    cut.file,
                    cut.line,
                    cut.reason,
                    kept.map_or_else(
                        || "they were left as they are".to_owned(),
                        |kept| format!("they were cut off and kept as {kept}")
                    )
                ),
            );
        }
        for damage in &recovery.damage {
            self.output.warn(
                "damaged",
                &format!("日志有损坏，只能读取，所答可能缺少该处所记：{damage}"),
                &format!(
                    "the log is damaged and open for reading only; what is told may lack what stood there: {damage}"
                ),
            );
        }
    }

    fn opened(&self, desk: &Redress) {
        let _known_already = self.zone.set(desk.zone());
        if desk.info().clock == ClockKind::Simulated {
            self.output.warn(
                "simulated_clock",
                "此数据目录使用模拟时钟：其中的事并未真实发生",
                "this data directory is kept by a simulated clock: nothing in it really happened",
            );
        }
    }

    /// Seals the log behind the last command.
    pub(crate) async fn close(&self, desk: &Redress) -> Result<(), Failure> {
        if desk.is_read_only() {
            return Ok(());
        }
        desk.close().await.map_err(|e| self.failed(&e))
    }

    /// Who acts.
    pub(crate) fn by(&self) -> Result<By, Failure> {
        let Some(acting) = &self.settings.acting else {
            return Err(Failure::usage("nobody_acts", "nobody is named who acts")
                .chinese("未指明由谁办理")
                .help_both(
                    "name the employee with `--as EMPLOYEE`, or `--as EMPLOYEE:OFFICE`",
                    "请用 `--as 员工号` 或 `--as 员工号:职务` 指明",
                ));
        };
        let (employee, office) = match acting.split_once(':') {
            Some((employee, office)) => (employee, Some(office)),
            None => (acting.as_str(), None),
        };
        let wrong = |e: redress_kernel::id::IdError| {
            Failure::usage("actor_name", format!("`{acting}` names nobody: {e}"))
                .help("write `--as EMPLOYEE` or `--as EMPLOYEE:OFFICE`")
        };
        Ok(By {
            employee: employee.parse().map_err(wrong)?,
            office: office
                .map(|office| office.parse().map_err(wrong))
                .transpose()?,
            principal: self
                .settings
                .principal
                .as_ref()
                .map(|principal| principal.parse().map_err(wrong))
                .transpose()?,
        })
    }

    /// How a command that is on no case is sent.
    pub(crate) fn sending(&self, id: Option<Uuid>) -> Sending {
        Sending {
            id,
            dry_run: self.settings.dry_run,
        }
    }

    /// An engine's error as a failure.
    pub(crate) fn failed(&self, error: &redress::Error) -> Failure {
        Failure::of(error, &self.zone())
    }

    /// Finds a case by number, id or the beginning of its id.
    pub(crate) async fn find(&self, desk: &Redress, case: &str) -> Result<CaseId, Failure> {
        desk.find(case).await.map_err(|e| self.failed(&e))
    }

    /// The stage named, or the one at which the case stands.
    pub(crate) async fn stage_of(
        &self,
        desk: &Redress,
        case: CaseId,
        named: Option<&StageId>,
    ) -> Result<StageId, Failure> {
        if let Some(stage) = named {
            return Ok(stage.clone());
        }
        let view = desk.case(case).await.map_err(|e| self.failed(&e))?;
        view.complaint
            .case
            .open_visit()
            .map(|visit| visit.stage.clone())
            .ok_or_else(|| {
                Failure::new(
                    Exit::Refused,
                    "no_open_visit",
                    "the case stands at no stage",
                )
                .chinese("此案件未处于任何阶段")
                .help_both(
                    "`redress case show CASE` says how it ended",
                    "用 `redress case show 案件` 查看其结果",
                )
            })
    }

    /// A value as the field at a path wants it.
    pub(crate) async fn value_at(
        &self,
        desk: &Redress,
        case: CaseId,
        path: &Path,
        text: &str,
    ) -> Result<Value, Failure> {
        let view = desk.case(case).await.map_err(|e| self.failed(&e))?;
        Ok(fill::read(
            text,
            kind_at(&view.workflow, path),
            &desk.zone(),
        ))
    }

    /// The moment that a report is about: the one named, or the present.
    pub(crate) async fn at(
        &self,
        desk: &Redress,
        named: Option<Moment>,
    ) -> Result<Instant, Failure> {
        match named {
            Some(moment) => Ok(moment.instant(&desk.zone())),
            None => desk.now().await.map_err(|e| self.failed(&e)),
        }
    }
}

/// The type of the field at a path.
fn kind_at<'w>(workflow: &'w Workflow, path: &Path) -> Option<&'w FieldKind> {
    let definition = &workflow.definition;
    let form = match &path.scope {
        Scope::Opening => definition.form(definition.opening.form.as_str()),
        Scope::Stage(stage) => definition
            .stage(stage.as_str())
            .and_then(|stage| definition.form(stage.form.as_str())),
        Scope::Form | Scope::Fact => None,
    }?;
    form.field(path.field.as_str()).map(|field| &field.kind)
}
