//! Sentences about the improvement of a case (M9-7).

use redress_core::command::ComplaintCommand;

use super::money::{CaseDeed, MoneyDeed};
use super::words::Words;
use crate::fault::Wrong;

/// A sentence about an improvement by its verb; none if it is about something else.
pub(super) fn personal(verb: &str, words: &mut Words<'_>) -> Result<Option<MoneyDeed>, Wrong> {
    let (of_it, of_item) = (
        (words.peek(0), words.peek(1)) == (Some("the"), Some("improvement")),
        (words.peek(0), words.peek(1)) == (Some("out"), Some("item")),
    );
    if verb == "carries" && of_item {
        words.skip(2);
        let item = words.number("an item")?;
        words.expect(&["of"])?;
        let case = words.case()?;
        let done = words.tail("what was done");
        let command = ComplaintCommand::CarryOutImprovement { item, done };
        return Ok(Some(on(case, CaseDeed::Improve(command))));
    }
    if !of_it || !matches!(verb, "opens" | "drafts" | "returns" | "confirms" | "finds") {
        return Ok(None);
    }
    words.expect(&["the", "improvement", "of"])?;
    let case = words.case()?;
    let deed = match verb {
        "opens" => CaseDeed::Improve(ComplaintCommand::OpenImprovement {}),
        "drafts" => CaseDeed::DraftImprovement,
        "returns" => CaseDeed::Improve(ComplaintCommand::ReturnImprovement {
            reason: words.tail("a reason"),
        }),
        "confirms" => CaseDeed::Improve(ComplaintCommand::ConfirmImprovement {}),
        _ => {
            let effective = words.peek(0) == Some("effective");
            if effective {
                words.skip(1);
            } else {
                words.expect(&["without", "effect"])?;
            }
            let finding = words.tail("a finding");
            CaseDeed::Improve(ComplaintCommand::JudgeImprovement { effective, finding })
        }
    };
    Ok(Some(on(case, deed)))
}

fn on(case: String, deed: CaseDeed) -> MoneyDeed {
    MoneyDeed::Case { case, deed }
}
