//! How a command fails: one sentence to whoever must act, and an exit code that a script can rely on.

use redress::Error;
use redress_core::sentence;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::Zone;
use serde_json::json;

use crate::settings::Lang;

/// The exit codes, stable for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something went wrong that has no code of its own.
    Failure,
    /// The command line itself is wrong.
    Usage,
    /// A workflow, calendar, map or configuration file is invalid.
    InvalidFile,
    /// There is no such case, stage, month, calendar.
    NotFound,
    /// Refused by a rule, or in conflict with what somebody else just did.
    Refused,
    /// Who acts may not do this.
    NotPermitted,
    /// What is stored is not what was written.
    Integrity,
    /// Another process holds the data directory, or it cannot be reached.
    Unavailable,
    /// The holidays of a year that is needed are not published.
    CalendarNotPublished,
    /// Something is overdue (only with `--exit-code`).
    Overdue,
}

impl Exit {
    /// The number that the process ends with.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Failure => 1,
            Self::Usage => 2,
            Self::InvalidFile => 3,
            Self::NotFound => 4,
            Self::Refused => 5,
            Self::NotPermitted => 6,
            Self::Integrity => 7,
            Self::Unavailable => 8,
            Self::CalendarNotPublished => 9,
            Self::Overdue => 10,
        }
    }
}

/// Why a command did not do what was asked.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// A stable name.
    pub(crate) code: String,
    // Boxed: failures are rare, and every result carries the room for one.
    told: Box<Told>,
    /// Nothing is said: the answer itself has been given, only the exit code remains; or nobody reads any more.
    pub(crate) silent: bool,
}

/// What is said of a failure.
#[derive(Debug, Clone, Default)]
struct Told {
    english: String,
    chinese: Option<String>,
    clause: Option<String>,
    help: Option<(String, Option<String>)>,
    path: Option<String>,
    line: Option<usize>,
    warnings: Vec<serde_json::Value>,
}

/// The code of a command whose answer nobody reads any more.
const READER_GONE: &str = "reader_gone";

impl Failure {
    /// A failure with its sentence in English.
    pub(crate) fn new(exit: Exit, code: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            exit,
            code: code.into(),
            told: Box::new(Told {
                english: english.into(),
                ..Told::default()
            }),
            silent: false,
        }
    }

    /// Only an exit code: what is to be said has been said on standard output.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self {
            silent: true,
            ..Self::new(exit, "", "")
        }
    }

    /// Whoever read the answer has gone away.
    pub(crate) fn reader_gone() -> Self {
        Self {
            silent: true,
            ..Self::new(Exit::Failure, READER_GONE, "")
        }
    }

    /// What a command ends with that has printed what it found: a reader who went away meanwhile changes nothing of it.
    pub(crate) fn after(printed: Result<(), Self>, found: Result<(), Self>) -> Result<(), Self> {
        match printed {
            Err(failure) if !failure.is_reader_gone() => Err(failure),
            Ok(()) | Err(_) => found,
        }
    }

    /// Whether nothing is wrong but that whoever read the answer has gone away: that is theirs to do.
    pub(crate) fn is_reader_gone(&self) -> bool {
        self.code == READER_GONE
    }

    /// A usage error.
    pub(crate) fn usage(code: &str, english: impl Into<String>) -> Self {
        Self::new(Exit::Usage, code, english)
    }

    /// A file that cannot be read: not there is another exit code than not readable.
    pub(crate) fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Self {
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::InvalidFile,
        };
        Self::new(exit, "file_unreadable", format!("cannot be read: {error}"))
            .chinese(format!("无法读取：{error}"))
            .help_both(
                "check the path, and that the file may be read and is UTF-8",
                "请核对路径，并确认文件可读、编码为 UTF-8",
            )
            .at(path.display().to_string(), None)
    }

    /// Adds the sentence in Chinese.
    pub(crate) fn chinese(mut self, chinese: impl Into<String>) -> Self {
        self.told.chinese = Some(chinese.into());
        self
    }

    /// Adds the clause that refuses.
    pub(crate) fn clause(mut self, clause: impl Into<String>) -> Self {
        self.told.clause = Some(clause.into());
        self
    }

    /// Adds what to do.
    pub(crate) fn help(mut self, english: impl Into<String>) -> Self {
        self.told.help = Some((english.into(), None));
        self
    }

    /// Adds what to do, in both languages.
    pub(crate) fn help_both(
        mut self,
        english: impl Into<String>,
        chinese: impl Into<String>,
    ) -> Self {
        self.told.help = Some((english.into(), Some(chinese.into())));
        self
    }

    /// Adds the file and the line.
    pub(crate) fn at(mut self, path: impl Into<String>, line: Option<usize>) -> Self {
        self.told.path = Some(path.into());
        self.told.line = line;
        self
    }

    /// Adds what was warned of before, so that one object says everything.
    pub(crate) fn warned(mut self, warnings: Vec<serde_json::Value>) -> Self {
        self.told.warnings = warnings;
        self
    }

    /// The sentence.
    pub(crate) fn message(&self, lang: Lang) -> &str {
        match (lang, &self.told.chinese) {
            (Lang::Zh, Some(chinese)) => chinese,
            _ => &self.told.english,
        }
    }

    fn help_in(&self, lang: Lang) -> Option<&str> {
        let (english, chinese) = self.told.help.as_ref()?;
        match (lang, chinese) {
            (Lang::Zh, Some(chinese)) => Some(chinese),
            _ => Some(english),
        }
    }

    /// The members of the JSON object.
    pub(crate) fn json(&self, lang: Lang) -> serde_json::Value {
        let mut json = json!({
            "schema": "redress/error@1",
            "code": self.code,
            "message": self.message(lang),
            "clause": self.told.clause,
            "help": self.help_in(lang),
            "path": self.told.path,
            "line": self.told.line,
        });
        if let (serde_json::Value::Object(members), false) =
            (&mut json, self.told.warnings.is_empty())
        {
            members.insert("warnings".to_owned(), json!(self.told.warnings));
        }
        json
    }

    /// The lines that a person reads.
    pub(crate) fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let mut text = String::from(if zh { "错误：" } else { "error: " });
        if let Some(path) = &self.told.path {
            text.push_str(path);
            if let Some(line) = self.told.line {
                text.push_str(&format!(":{line}"));
            }
            text.push_str(": ");
        }
        text.push_str(self.message(lang));
        if let Some(help) = self.help_in(lang) {
            text.push_str(if zh { "\n提示：" } else { "\nhelp: " });
            text.push_str(help);
        }
        text.push('\n');
        // What was typed is repeated: it steers no terminal.
        crate::output::harmless(&text)
    }
}

/// A place in a text as a line number, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

/// Refusals that say: not you.
const NOT_PERMITTED: &[&str] = &[
    "unknown_employee",
    "not_deputy",
    "office_not_held",
    "wrong_department",
    "wrong_office",
    "author_decides",
    "beyond_authority",
    "approval_missing",
];

impl Failure {
    /// An engine's error; instants in the company's zone.
    pub(crate) fn of(error: &Error, zone: &Zone) -> Self {
        match error {
            Error::Refused(refusal) => Self::refused(refusal, zone),
            Error::Invalid { what, place, hint } => {
                Self::new(Exit::Usage, error.code(), what.clone())
                    .help(hint.clone())
                    .at(place.clone(), None)
            }
            _ => {
                let exit = match error {
                    Error::Conflict { .. } | Error::OtherContent { .. } => Exit::Refused,
                    Error::Rules { .. } => Exit::InvalidFile,
                    Error::NotFound { .. } | Error::CalendarMissing { .. } => Exit::NotFound,
                    Error::Ambiguous { .. } => Exit::Usage,
                    Error::Integrity { .. } => Exit::Integrity,
                    Error::Busy
                    | Error::Unavailable { .. }
                    | Error::ReadOnly { .. }
                    | Error::LaterBuild { .. }
                    | Error::Locked { .. }
                    | Error::Directory { .. }
                    | Error::ClockBehind { .. }
                    | Error::ClockAhead { .. }
                    | Error::RestoreUnrecorded { .. }
                    | Error::OtherClock { .. } => Exit::Unavailable,
                    _ => Exit::Failure,
                };
                let failure = Self::new(exit, error.code(), error.to_string());
                match advice(error) {
                    Some((chinese, help, chinese_help)) => {
                        failure.chinese(chinese).help_both(help, chinese_help)
                    }
                    None => failure,
                }
            }
        }
    }

    /// A refusal, in the words of the one table.
    pub(crate) fn refused(refusal: &Refusal, zone: &Zone) -> Self {
        let exit = if NOT_PERMITTED.contains(&refusal.code.0) {
            Exit::NotPermitted
        } else {
            Exit::Refused
        };
        let english = sentence::say_in(refusal, sentence::Lang::En, zone);
        let chinese = sentence::say_in(refusal, sentence::Lang::Zh, zone);
        Self::new(exit, refusal.code.0, english.message)
            .chinese(chinese.message)
            .clause(refusal.clause.clone())
            .help_both(english.hint, chinese.hint)
    }
}

/// What the engine's errors say in Chinese, and what to do about each.
fn advice(error: &Error) -> Option<(String, String, String)> {
    let said = |chinese: String, help: &str, chinese_help: &str| {
        Some((chinese, help.to_owned(), chinese_help.to_owned()))
    };
    match error {
        Error::Conflict {
            expected, actual, ..
        } => said(
            format!("案件已到版本 {actual}，而指定的是 {expected}"),
            "somebody else was faster: look at the case again with `redress case show`, then decide anew",
            "他人已先行办理：请用 `redress case show` 重新查看后再办",
        ),
        Error::OtherContent { command } => said(
            format!("命令号 {command} 已用于另一条命令"),
            "a command sent again must be the same; a new one needs an id of its own",
            "重复提交的命令须与原命令相同；新命令须用新的命令号",
        ),
        Error::Busy => said("等待处理的命令过多".to_owned(), "try again", "请稍后再试"),
        Error::NotFound { what: "case", name } => said(
            format!("没有案件 `{name}`"),
            "`redress case list` names the cases",
            "用 `redress case list` 查看案件",
        ),
        Error::NotFound {
            what: "directory",
            name,
        } => said(
            format!("没有数据目录 `{name}`"),
            "name one with `--data DIR`, or found one with `redress init`",
            "请用 `--data 目录` 指定，或用 `redress init` 新建",
        ),
        Error::NotFound {
            what: "employee",
            name,
        } => said(
            format!("没有员工 `{name}`"),
            "`redress organisation list` names who works here",
            "用 `redress organisation list` 查看员工",
        ),
        Error::NotFound { what, name } => said(
            match *what {
                "workflow" | "definition" => format!("没有流程 `{name}`"),
                "calendar" => format!("没有日历 `{name}`"),
                _ => format!("没有 {what} `{name}`"),
            },
            "`redress workflow show` and `redress calendar show` name what there is",
            "用 `redress workflow show`、`redress calendar show` 查看已有的",
        ),
        Error::Ambiguous { name, count } => said(
            format!("`{name}` 是 {count} 个案件号的开头"),
            "write more of the id, or the number",
            "请多写几位，或写编号",
        ),
        Error::Locked { path, holder } => said(
            format!(
                "数据目录 `{}` 正被{}占用",
                path.display(),
                holder.map_or_else(|| "另一进程".to_owned(), |pid| format!("进程 {pid} "))
            ),
            "send the command to the process that holds it, or wait until it has ended; commands that only read go on",
            "请将命令交给占用它的进程，或等其结束；只读命令不受影响",
        ),
        Error::ReadOnly { .. } => said(
            "数据目录以只读方式打开".to_owned(),
            "commands that write need the directory for themselves",
            "写入命令须独占数据目录",
        ),
        Error::Integrity { .. } => said(
            format!("存储内容与写入时不符：{error}"),
            "keep the directory as it is; restore a backup elsewhere and compare",
            "请保持目录原样；在别处恢复备份后比对",
        ),
        Error::LaterBuild { .. } => said(
            format!("日志由更新版本的 redress 写入，本版本无法读取：{error}"),
            "use the build of redress that wrote it, or a newer one; the log itself is whole, and is kept as it is",
            "请使用写入该日志的 redress 版本或更新的版本；日志本身完好，未作改动",
        ),
        Error::CalendarMissing { calendar } => said(
            format!("尚未采用日历 `{calendar}`"),
            "adopt its file with `redress workflow adopt --calendar FILE`",
            "用 `redress workflow adopt --calendar 文件` 采用",
        ),
        Error::ClockBehind { clock, recorded } => said(
            format!("时钟为 {clock}，而日志最后写于 {recorded}"),
            "set the clock right, or confirm it with `redress clock confirm`",
            "请校正时钟，或用 `redress clock confirm` 确认",
        ),
        Error::ClockAhead { clock, expected } => said(
            format!("时钟为 {clock}，而按已经过的时间应为 {expected}"),
            "set the clock right and start again, or confirm it with the command `clock_confirm`",
            "请校正时钟后重新启动，或用命令 `clock_confirm` 确认",
        ),
        Error::RestoreUnrecorded { epoch } => said(
            format!("日志已恢复至世代 {epoch}，但尚未记入日志"),
            "run the same `redress restore` again, or `redress restore --record --as EMPLOYEE`; commands that only read go on",
            "请重新运行同一 `redress restore` 命令，或运行 `redress restore --record --as 员工号`；只读命令不受影响",
        ),
        Error::Directory {
            code: "is_a_backup",
            reason,
        } => said(
            format!("此目录是备份，不能写入：{reason}"),
            "make a data directory of it with `redress restore BACKUP DIR`; commands that only read take it as it is",
            "请用 `redress restore 备份 目录` 恢复成数据目录；只读命令可直接使用",
        ),
        Error::Directory { reason, .. } => said(
            format!("此目录不能作为数据目录打开：{reason}"),
            "name another directory with `--data DIR`; a new one is founded with `redress init`",
            "请用 `--data 目录` 另指目录；新目录用 `redress init` 建立",
        ),
        Error::Unavailable { reason } => said(
            format!("存储不可用：{reason}"),
            "see to it that the directory can be written to and its disk has room; commands that only read go on",
            "请确认目录可写、磁盘有空间；只读命令不受影响",
        ),
        Error::OtherClock { founded } => said(
            format!("此目录建立时使用的是另一种时钟：{}", founded.as_str()),
            "a directory keeps the kind of clock with which it was founded: name another one with `--data DIR`",
            "目录始终使用建立时的时钟：请用 `--data 目录` 另指目录",
        ),
        Error::Unknown { command, reason } => said(
            format!("命令 {command} 是否已存储尚不可知：{reason}"),
            "send the same command again under the same `--id`: it is done once",
            "用同一 `--id` 重发同一命令即可：只会办理一次",
        ),
        _ => None,
    }
}
