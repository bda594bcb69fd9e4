//! Conditions as they are written: `{ path = "fact.market", is = "domestic" }`, `{ any = […] }`.

use redress_kernel::guard::{All, Any, AtLeast, Guard, Is, Known, Not};
use redress_kernel::value::{Path, Value};
use toml::de::DeValue;

use crate::fault::FaultCode;
use crate::tree::{Node, Table, told};

/// How deep conditions may be nested.
const DEEPEST: usize = 8;

/// Reads a condition.
pub(crate) fn guard(node: &Node<'_>) -> Option<Guard> {
    nested(node, 1)
}

fn nested(node: &Node<'_>, depth: usize) -> Option<Guard> {
    if depth > DEEPEST {
        node.fault(
            FaultCode::GuardTooDeep,
            format!("conditions are nested more than {DEEPEST} deep"),
            "say it with fewer `any`, `all` and `not`",
        );
        return None;
    }
    let mut table = node.table()?;
    let path = table.take("path");
    let compared = [
        table.take("is"),
        table.take("at_least"),
        table.take("known"),
    ];
    let joined = [table.take("any"), table.take("all"), table.take("not")];
    let given = usize::from(path.is_some()) + joined.iter().flatten().count();
    let comparisons = compared.iter().flatten().count();
    table.finish();
    let right = given == 1 && comparisons == usize::from(path.is_some());
    if !right {
        node.fault(
            FaultCode::BadGuard,
            "this is not one condition",
            "write `{ path = \"…\", is = … }`, `{ path = \"…\", at_least = 1 }`, `{ path = \"…\", known = true }`, `{ any = […] }`, `{ all = […] }` or `{ not = {…} }`",
        );
        return None;
    }
    if let Some(path) = path {
        let path = self::path(&path);
        return match compared {
            [Some(is), _, _] => {
                let is = value(&is);
                Some(Guard::Is(Is {
                    path: path?,
                    is: is?,
                }))
            }
            [_, Some(least), _] => {
                let at_least = least.integer(i64::MIN, i64::MAX);
                Some(Guard::AtLeast(AtLeast {
                    path: path?,
                    at_least: at_least?,
                }))
            }
            [_, _, Some(known)] => {
                let known = known.boolean();
                Some(Guard::Known(Known {
                    path: path?,
                    known: known?,
                }))
            }
            _ => None,
        };
    }
    let list = |node: &Node<'_>| -> Option<Vec<Guard>> {
        let guards: Vec<_> = node.list()?.iter().map(|n| nested(n, depth + 1)).collect();
        guards.into_iter().collect()
    };
    match joined {
        [Some(any), _, _] => Some(Guard::Any(Any { any: list(&any)? })),
        [_, Some(all), _] => Some(Guard::All(All { all: list(&all)? })),
        [_, _, Some(not)] => Some(Guard::Not(Not {
            not: Box::new(nested(&not, depth + 1)?),
        })),
        _ => None,
    }
}

/// Reads the address of a value.
pub(crate) fn path(node: &Node<'_>) -> Option<Path> {
    let text = node.raw_text()?;
    match text.parse() {
        Ok(path) => Some(path),
        Err(why) => {
            node.fault(
                FaultCode::BadPath,
                told(&why),
                "paths are `opening.FIELD`, `STAGE.FIELD`, `fact.NAME`, in a form's own conditions `form.FIELD`",
            );
            None
        }
    }
}

/// Reads a value to compare with: a text, a whole number, yes or no.
pub(crate) fn value(node: &Node<'_>) -> Option<Value> {
    match node.value {
        DeValue::Boolean(boolean) => Some(Value::Boolean(*boolean)),
        DeValue::Integer(_) => node.integer(i64::MIN, i64::MAX).map(Value::Integer),
        _ => node.text().map(Value::Text),
    }
}

/// Reads a condition that may be left out.
pub(crate) fn optional(table: &mut Table<'_>, key: &'static str) -> Option<Option<Guard>> {
    match table.take(key) {
        Some(node) => guard(&node).map(Some),
        None => Some(None),
    }
}
