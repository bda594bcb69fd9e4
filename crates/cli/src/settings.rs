//! Settings: flag, else environment, else `./redress.toml`, else the user's file, else the system's, else the default.

use std::path::{Path, PathBuf};

use redress_kernel::time::Zone;
use serde::Deserialize;

use crate::arguments::Global;
use crate::failure::{Exit, Failure, line_of};

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// One JSON value.
    Json,
    /// One JSON value a line.
    Jsonl,
    /// For spreadsheets.
    Csv,
}

/// The language of headings, titles and sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Lang {
    /// Chinese.
    Zh,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// The language in which a fault of the settings themselves is told.
    pub(crate) fn before_settings(flag: Option<Self>) -> Self {
        flag.or_else(|| environment_word("REDRESS_LANG").ok().flatten())
            .unwrap_or_else(locale)
    }

    /// The same language, as the core names it.
    pub(crate) fn of_sentences(self) -> redress_core::sentence::Lang {
        match self {
            Self::Zh => redress_core::sentence::Lang::Zh,
            Self::En => redress_core::sentence::Lang::En,
        }
    }

    /// One of two texts.
    pub(crate) fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A configuration file. What it does not know is an error, so that a slip of the pen is not passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    format: Option<Format>,
    lang: Option<Lang>,
    #[serde(rename = "as")]
    acting: Option<String>,
    #[serde(rename = "for")]
    principal: Option<String>,
    color: Option<Color>,
    zone: Option<String>,
}

/// Everything that is settled before a command runs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The data directory.
    pub(crate) data: PathBuf,
    pub(crate) format: Format,
    pub(crate) lang: Lang,
    /// `EMPLOYEE` or `EMPLOYEE:OFFICE`.
    pub(crate) acting: Option<String>,
    pub(crate) principal: Option<String>,
    pub(crate) color: Color,
    /// Decide, and store nothing.
    pub(crate) dry_run: bool,
    /// The zone in which times are shown; the company's if none. No deadline looks at it.
    pub(crate) zone: Option<Zone>,
}

/// The data directory when nothing says otherwise.
const DEFAULT_DATA: &str = "complaints";

impl Settings {
    /// Settles everything.
    pub(crate) fn settle(global: &Global) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in places() {
            if let Some(file) = read(&path)? {
                files.push((path, file));
            }
        }
        let format = match global.format {
            Some(format) => format,
            None => environment_word("REDRESS_FORMAT")?
                .or_else(|| files.iter().find_map(|(_, f)| f.format))
                .unwrap_or_default(),
        };
        let lang = match global.lang {
            Some(lang) => lang,
            None => environment_word("REDRESS_LANG")?
                .or_else(|| files.iter().find_map(|(_, f)| f.lang))
                .unwrap_or_else(locale),
        };
        let color = match global.color {
            Some(color) => color,
            None => environment_word("REDRESS_COLOR")?
                .or_else(|| files.iter().find_map(|(_, f)| f.color))
                .unwrap_or_default(),
        };
        let data = global
            .data
            .clone()
            .or_else(|| environment("REDRESS_DATA").map(PathBuf::from))
            .or_else(|| {
                // A directory in a file is meant from where the file lies.
                files.iter().find_map(|(path, f)| {
                    let data = f.data.as_ref()?;
                    Some(path.parent().map_or_else(|| data.clone(), |p| p.join(data)))
                })
            })
            .unwrap_or_else(|| PathBuf::from(DEFAULT_DATA));
        let zone = global
            .zone
            .clone()
            .map(|zone| (zone, Ok("--zone")))
            .or_else(|| environment("REDRESS_ZONE").map(|zone| (zone, Ok("REDRESS_ZONE"))))
            .or_else(|| {
                files
                    .iter()
                    .find_map(|(path, f)| Some((f.zone.clone()?, Err(path.display().to_string()))))
            })
            .map(|(zone, from)| {
                Zone::parse(&zone).map_err(|e| {
                    let failure = match from {
                        Ok(name) => Failure::usage("unknown_zone", format!("{name}: {e}"))
                            .chinese(format!("{name}：`{zone}` 不是时区")),
                        Err(path) => Failure::new(Exit::InvalidFile, "unknown_zone", e.to_string())
                            .chinese(format!("`{zone}` 不是时区"))
                            .at(path, None),
                    };
                    failure.help_both(
                        "name a zone such as `Asia/Shanghai` or `Europe/Berlin`",
                        "请写时区名，如 `Asia/Shanghai`、`Europe/Berlin`",
                    )
                })
            })
            .transpose()?;
        Ok(Self {
            data,
            format,
            lang,
            acting: global
                .acting
                .clone()
                .or_else(|| environment("REDRESS_AS"))
                .or_else(|| files.iter().find_map(|(_, f)| f.acting.clone())),
            principal: global
                .principal
                .clone()
                .or_else(|| environment("REDRESS_FOR"))
                .or_else(|| files.iter().find_map(|(_, f)| f.principal.clone())),
            color,
            dry_run: global.dry_run,
            zone,
        })
    }
}

/// The files, the nearest first.
fn places() -> Vec<PathBuf> {
    let mut places = vec![PathBuf::from("redress.toml")];
    if let Some(home) = environment("XDG_CONFIG_HOME") {
        places.push(Path::new(&home).join("redress/redress.toml"));
    } else if let Some(home) = environment("HOME") {
        places.push(Path::new(&home).join(".config/redress/redress.toml"));
    }
    places.push(PathBuf::from("/etc/redress/redress.toml"));
    places
}

fn read(path: &Path) -> Result<Option<File>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e)
            if matches!(
                e.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(e) => {
            let path = path.display().to_string();
            return Err(Failure::new(
                Exit::InvalidFile,
                "configuration_unreadable",
                format!("the configuration cannot be read: {e}"),
            )
            .chinese(format!("配置文件无法读取：{e}"))
            .help_both(
                "save it as UTF-8 text that you may read, or take it away",
                "请存为可读的 UTF-8 文本，或移走该文件",
            )
            .at(path, None));
        }
    };
    toml::from_str(&text).map(Some).map_err(|e| {
        let line = e.span().map(|span| line_of(&text, span.start));
        Failure::new(
            Exit::InvalidFile,
            "configuration_invalid",
            e.message().trim(),
        )
        .chinese(format!("配置有误：{}", e.message().trim()))
        .help_both(
            "the settings are data, format, lang, as, for, color, zone",
            "可用的设置：data、format、lang、as、for、color、zone",
        )
        .at(path.display().to_string(), line)
    })
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn environment_word<T: clap::ValueEnum>(name: &str) -> Result<Option<T>, Failure> {
    let Some(value) = environment(name) else {
        return Ok(None);
    };
    T::from_str(&value, false).map(Some).map_err(|_| {
        let words: Vec<_> = T::value_variants()
            .iter()
            .filter_map(|v| v.to_possible_value().map(|p| p.get_name().to_owned()))
            .collect();
        Failure::usage(
            "unknown_setting",
            format!("{name}: `{value}` is none of {}", words.join(", ")),
        )
        .chinese(format!("{name}：`{value}` 不是 {} 之一", words.join("、")))
        .help_both(
            format!("set {name} to one of these, or unset it"),
            format!("请将 {name} 设为其中之一，或取消设置"),
        )
    })
}

/// What the locale says, where nothing else does.
fn locale() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| environment(name));
    match locale {
        Some(locale) if locale.starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}
