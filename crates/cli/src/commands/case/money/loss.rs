//! `redress case loss CASE --line KIND:PART=AMOUNT[;PART=AMOUNT…] …`: the loss by the loss basis (M9-7).
//!
//! `--line "allowance:allowed=500.00"`, `--line "rework:labour=80.00;material=20.00"`,
//! `--line "return:quantity=10;unit_price=50.00;proceeds=300.00"`.

use std::collections::BTreeMap;

use redress_core::command::ComplaintCommand;
use redress_core::loss::LossEntry;
use redress_kernel::id::FieldId;
use redress_kernel::money::Currency;

use super::{Case, money};
use crate::deed::Deed;
use crate::failure::Failure;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) case: Case,
    /// A line of the loss (repeatable), such as `allowance:allowed=500.00` or `rework:labour=80.00;material=20.00`;
    /// of returned goods `return:quantity=10;unit_price=50.00;proceeds=300.00`
    #[arg(long, value_name = "KIND:PART=AMOUNT", required = true)]
    line: Vec<String>,
    /// Why it is corrected
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    pub(super) deed: Deed,
}

impl Args {
    pub(super) fn command(&self, currency: Currency) -> Result<ComplaintCommand, Failure> {
        let lines = self.line.iter().map(|line| entry(line, currency));
        Ok(ComplaintCommand::StateLoss {
            lines: lines.collect::<Result<_, _>>()?,
            reason: self.reason.clone(),
        })
    }
}

fn entry(text: &str, currency: Currency) -> Result<LossEntry, Failure> {
    let wrong = |why: &str| {
        Failure::usage("loss_line", format!("`--line {text}`: {why}"))
            .chinese(format!("`--line {text}` 有误（{why}）"))
            .help_both(
                "write `KIND:PART=AMOUNT`, further parts behind `;`: `rework:labour=80.00;material=20.00`",
                "请写 `种类:项目=金额`，多个项目以 `;` 隔开：`rework:labour=80.00;material=20.00`",
            )
    };
    let (kind, parts) = text.split_once(':').ok_or_else(|| wrong("it has no `:`"))?;
    let id = |text: &str| FieldId::new(text.trim()).map_err(|e| wrong(&e.to_string()));
    let mut entry = LossEntry {
        kind: id(kind)?,
        amounts: BTreeMap::new(),
        quantity: None,
        unit_price: None,
        proceeds: None,
    };
    for part in parts.split([';', '；']) {
        let (name, value) = part
            .split_once('=')
            .ok_or_else(|| wrong("a part has no `=`"))?;
        let (name, value) = (name.trim(), value.trim());
        let twice = match name {
            "quantity" => {
                let quantity = value
                    .parse()
                    .map_err(|_| wrong("a quantity is a whole number"))?;
                entry.quantity.replace(quantity).is_some()
            }
            "unit_price" => entry.unit_price.replace(money(value, currency)?).is_some(),
            "proceeds" => entry.proceeds.replace(money(value, currency)?).is_some(),
            _ => {
                let amount = money(value, currency)?;
                entry.amounts.insert(id(name)?, amount).is_some()
            }
        };
        if twice {
            return Err(wrong(&format!("`{name}` stands twice")));
        }
    }
    Ok(entry)
}
