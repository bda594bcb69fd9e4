//! Filling a form from the command line: `--set FIELD=VALUE`, `--values FILE`, `--pending FIELD`.
//!
//! The form says of which type a field is. What does not read as that type is handed on as text, so that the rule
//! refuses it with its field and clause, as it would from anybody else.

use std::io::Read;
use std::path::PathBuf;

use redress_kernel::form::{FieldKind, Form};
use redress_kernel::id::FieldId;
use redress_kernel::time::Zone;
use redress_kernel::value::{Share, Value, Values};
use serde_json::Value as Json;

use crate::failure::{Exit, Failure, line_of};
use crate::moment::Moment;

/// What can be said about a form.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "The form")]
pub(crate) struct Fill {
    /// Fill a field; lists as `a,b`, shares as `unit:group-3=4500,supplier:S4=5500` (basis points)
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Take the form from a JSON file, or from standard input with `-`; `--set` adds to it
    #[arg(long, value_name = "FILE|-")]
    values: Option<PathBuf>,
    /// Say that a field is not yet determined (M9-1)
    #[arg(long, value_name = "FIELD")]
    pending: Vec<String>,
}

impl Fill {
    /// The filled form. Local times are read by the company's clocks.
    pub(crate) fn values(&self, form: Option<&Form>, zone: &Zone) -> Result<Values, Failure> {
        let mut values = match &self.values {
            Some(path) => of_file(path)?,
            None => Values::new(),
        };
        for set in &self.set {
            let (field, text) = set.split_once('=').ok_or_else(|| {
                Failure::usage("set_without_value", format!("`--set {set}` has no value"))
                    .chinese(format!("`--set {set}` 没有值"))
                    .help_both("write `--set FIELD=VALUE`", "请写 `--set 字段=值`")
            })?;
            let id = field_id(field)?;
            let kind = form
                .and_then(|form| form.field(field))
                .map(|field| &field.kind);
            let value = read(text, kind, zone);
            match (values.get_mut(&id), value) {
                (Some(Value::List(list)), Value::List(more)) => list.extend(more),
                (Some(Value::Shares(list)), Value::Shares(more)) => list.extend(more),
                (_, value) => {
                    values.insert(id, value);
                }
            }
        }
        for field in &self.pending {
            values.insert(field_id(field)?, Value::PENDING);
        }
        Ok(values)
    }
}

fn field_id(field: &str) -> Result<FieldId, Failure> {
    FieldId::new(field.trim()).map_err(|e| {
        Failure::usage("field_name", e.to_string())
            .help("name the field as the workflow's form does")
    })
}

/// A text as the value that the field wants; as text where it does not read so.
pub(crate) fn read(text: &str, kind: Option<&FieldKind>, zone: &Zone) -> Value {
    let as_it_is = || Value::text(text);
    let items = || {
        text.split([',', '，', '、'])
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect::<Vec<_>>()
    };
    match kind {
        Some(FieldKind::Integer { .. }) => text
            .trim()
            .parse()
            .map_or_else(|_| as_it_is(), Value::Integer),
        Some(FieldKind::Boolean) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "是" => Value::Boolean(true),
            "false" | "no" | "否" => Value::Boolean(false),
            _ => as_it_is(),
        },
        Some(FieldKind::Instant) => match text.trim().parse() {
            Ok(moment @ (Moment::Instant(_) | Moment::Local(..))) => {
                Value::text(moment.instant(zone).to_string())
            }
            _ => as_it_is(),
        },
        Some(FieldKind::Choices { .. } | FieldKind::Parties) => Value::List(items()),
        Some(FieldKind::Shares) => {
            let shares: Option<Vec<Share>> = items()
                .iter()
                .map(|item| {
                    let (party, bp) = item.rsplit_once('=')?;
                    Some(Share {
                        party: party.trim().to_owned(),
                        bp: bp.trim().parse().ok()?,
                    })
                })
                .collect();
            shares.map_or_else(as_it_is, Value::Shares)
        }
        Some(
            FieldKind::Money { .. } | FieldKind::Date | FieldKind::Choice { .. } | FieldKind::Party,
        ) => Value::text(text.trim()),
        Some(FieldKind::Text { .. }) | None => as_it_is(),
    }
}

/// The longest form that is read from a file.
const MOST_BYTES: u64 = 1024 * 1024;

/// What can be the value of no field.
pub(crate) fn no_value(field: &str, exit: Exit, code: &str) -> Failure {
    Failure::new(exit, code, format!("what `{field}` holds is no value of a form"))
        .chinese(format!("“{field}”的内容不能作为表单的值"))
        .help_both(
            "a value is a text, a whole number, true or false, a list of texts, an amount such as \
             \"1250.00 CNY\", shares, or {\"pending\":true}; fractions are written as text",
            "可填文字、整数、true 或 false、文字列表、金额（如 \"1250.00 CNY\"）、比例，或 {\"pending\":true}；小数写成文字",
        )
}

fn of_file(path: &std::path::Path) -> Result<Values, Failure> {
    let standard_input = path.as_os_str() == "-";
    let shown = if standard_input {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    };
    let mut text = String::new();
    if standard_input {
        std::io::stdin()
            .take(MOST_BYTES + 1)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text))
    }
    .map_err(|e| Failure::unreadable(std::path::Path::new(&shown), &e))?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > MOST_BYTES {
        return Err(Failure::new(
            Exit::InvalidFile,
            "values_invalid",
            format!("is longer than {MOST_BYTES} bytes"),
        )
        .chinese(format!("超过 {MOST_BYTES} 字节"))
        .help_both(
            "a form is short; put longer papers in the file and name them here",
            "表单应简短；较长的材料另行存档，在此注明",
        )
        .at(&shown, None));
    }
    let object: serde_json::Map<String, Json> = serde_json::from_str(&text).map_err(|e| {
        Failure::new(Exit::InvalidFile, "values_invalid", e.to_string())
            .chinese(format!("不是所需的 JSON：{e}"))
            .help_both(
                "write one JSON object, a member for each field",
                "请写一个 JSON 对象，每个字段一项",
            )
            .at(&shown, Some(e.line()))
    })?;
    object
        .into_iter()
        .map(|(field, json)| {
            let line = text
                .find(&format!("\"{field}\""))
                .map(|offset| line_of(&text, offset));
            let id = field_id(&field).map_err(|f| f.at(&shown, line))?;
            let value = serde_json::from_value(json).map_err(|_| {
                no_value(&field, Exit::InvalidFile, "values_invalid").at(&shown, line)
            })?;
            Ok((id, value))
        })
        .collect()
}
