//! The grammar: from the words of a sentence to the deed that it tells.

use redress_core::event::Means;
use redress_kernel::calendar::Span;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::Zone;
use redress_kernel::value::Path;

use super::words::{Words, id};
use super::{Acting, Deed, From};
use super::{improvement, money};
use crate::fault::{Wrong, wrong};
use crate::when;

/// Words that lead to a sentence that is understood.
const VERBS: &str = "lodges, opens, accepts, reports, decides, settles, endorses, sends, completes, corrects, suspends, \
     resumes, withdraws, inquires, answers, writes, telephones, refiles, objects, upholds, rejects, names, links, \
     joins, leaves, holds, heads, deputises, adopts, states, proposes, determines, takes, resells, announces, forms, \
     gives, records, gathers, confirms, lists, issues, approves, closes";

/// What follows the head of a sentence behind its first colon.
fn split_tail(text: &str) -> (&str, Option<&str>) {
    if let Some((head, tail)) = text.split_once(": ") {
        (head, Some(tail.trim()))
    } else {
        (text.strip_suffix(':').unwrap_or(text), None)
    }
}

/// Reads who acts, and what is done.
pub(super) fn deed(text: &str, zone: &Zone) -> Result<(Option<Acting>, Deed), Wrong> {
    let (head, tail) = split_tail(text);
    let mut words = Words {
        words: head.split_whitespace().collect(),
        next: 0,
        tail,
        used_tail: false,
        whole: text,
    };
    let impersonal = impersonal(&mut words)?;
    let result = match impersonal {
        Some(deed) => (None, deed),
        None => {
            let who = acting(&mut words)?;
            let deed = personal(&mut words, zone)?;
            (Some(who), deed)
        }
    };
    words.end()?;
    Ok(result)
}

/// `round`, `ask …`, `calendar publishes …`, `C1 goes as usual until …`.
fn impersonal(words: &mut Words<'_>) -> Result<Option<Deed>, Wrong> {
    if let Some(deed) = money::impersonal(words)? {
        return Ok(Some(deed));
    }
    match (words.peek(0), words.peek(1)) {
        (Some("round"), None) => {
            words.skip(1);
            Ok(Some(Deed::Round))
        }
        (Some("ask"), Some("overdue")) => {
            words.skip(2);
            Ok(Some(Deed::AskOverdue))
        }
        (Some("ask"), Some("rules")) => {
            words.skip(2);
            Ok(Some(Deed::AskRules))
        }
        (Some("ask"), Some("form")) => {
            words.skip(2);
            let form = words.word("a form")?.to_owned();
            Ok(Some(Deed::AskForm { form }))
        }
        (Some("ask"), Some("explain")) => {
            words.skip(2);
            let case = words.word("a case")?.to_owned();
            let visit = words.number_after("visit")?;
            Ok(Some(Deed::AskExplain { case, visit }))
        }
        (Some("ask"), what) => Err(wrong(
            format!("`ask {}` is no question", what.unwrap_or_default()),
            "ask `overdue`, `explain C1`, `explain C1 visit 2`, `rules`, `form NAME`, or (without a date before it) `ask due 13 working_day from 2026-03-02 09:30`, `ask year 2026`",
        )),
        (Some("calendar"), Some("publishes")) => {
            words.skip(2);
            let year = words
                .word("a year")?
                .parse()
                .map_err(|_| wrong("not a year", "write `calendar publishes 2027`"))?;
            Ok(Some(Deed::Publish { year }))
        }
        (Some(count), Some("others")) => {
            let count = count.parse().map_err(|_| {
                wrong(
                    format!("`{count}` is no number of cases"),
                    "write `99 others are accepted as usual`",
                )
            })?;
            words.skip(1);
            words.expect(&["others", "are", "accepted", "as", "usual"])?;
            Ok(Some(Deed::Many { count }))
        }
        (Some(case), Some("goes")) => {
            let case = case.to_owned();
            words.skip(2);
            words.expect(&["as", "usual", "until"])?;
            let until = words.id("a stage")?;
            Ok(Some(Deed::Go { case, until }))
        }
        _ => Ok(None),
    }
}

fn acting(words: &mut Words<'_>) -> Result<Acting, Wrong> {
    let employee: EmployeeId = words.id("a person")?;
    let mut acting = Acting {
        employee,
        department: None,
        office: None,
        principal: None,
    };
    if let Some(department) = words
        .peek(0)
        .and_then(|w| w.strip_prefix('(')?.strip_suffix(')'))
    {
        acting.department = Some(id(department, "a department")?);
        words.skip(1);
    }
    loop {
        match words.peek(0) {
            Some("for") => {
                words.skip(1);
                acting.principal = Some(words.id("a person")?);
            }
            Some("as") => {
                words.skip(1);
                acting.office = Some(words.id("an office")?);
            }
            _ => return Ok(acting),
        }
    }
}

fn personal(words: &mut Words<'_>, zone: &Zone) -> Result<Deed, Wrong> {
    let verb = words.word("a verb")?;
    if let Some(deed) = improvement::personal(verb, words)? {
        return Ok(Deed::Money(deed));
    }
    if let Some(deed) = money::personal(verb, words)? {
        return Ok(deed);
    }
    Ok(match verb {
        "lodges" => Deed::Open {
            case: words.case()?,
            definition: None,
            usual: words.usual(),
        },
        "opens" => {
            let case = words.case()?;
            words.expect(&["of"])?;
            Deed::Open {
                case,
                definition: Some(words.id("a workflow")?),
                usual: words.usual(),
            }
        }
        "accepts" => Deed::First {
            case: words.case()?,
            usual: words.usual(),
        },
        "decides" => Deed::Decide {
            case: words.case()?,
            usual: words.usual(),
        },
        "settles" => Deed::Settle {
            case: words.case()?,
            usual: words.usual(),
        },
        "reports" => {
            let stage = words.id("a stage")?;
            words.expect(&["of"])?;
            Deed::Report {
                stage,
                case: words.case()?,
                visit: words.number_after("visit")?,
                usual: words.usual(),
            }
        }
        "endorses" => {
            let stage = words.id("a stage")?;
            words.expect(&["of"])?;
            Deed::Endorse {
                stage,
                case: words.case()?,
                remark: words.tail_if_any(),
            }
        }
        "sends" => {
            let case = words.case()?;
            words.expect(&["back", "to"])?;
            Deed::SendBack {
                case,
                to: words.id("a stage")?,
                reason: words.tail("the reason"),
            }
        }
        "completes" | "corrects" => value_of(words, verb)?,
        "suspends" => Deed::Suspend {
            case: words.case()?,
            reason: words.tail("the reason"),
        },
        "resumes" => Deed::Resume {
            case: words.case()?,
        },
        "withdraws" => Deed::Withdraw {
            case: words.case()?,
            reason: words.tail("the reason"),
        },
        "inquires" => {
            words.expect(&["into", "visit"])?;
            let visit = words.number("a visit")?;
            words.expect(&["of"])?;
            Deed::Inquire {
                visit,
                case: words.case()?,
            }
        }
        "answers" => {
            words.expect(&["inquiry"])?;
            let inquiry = words.number("an inquiry")?;
            words.expect(&["of"])?;
            Deed::AnswerInquiry {
                inquiry,
                case: words.case()?,
                reason: words.tail("the reason"),
            }
        }
        "writes" | "telephones" => answer(words, verb)?,
        "refiles" => {
            let case = words.case()?;
            words.expect(&["as"])?;
            Deed::Refile {
                case,
                successor: words.case()?,
                usual: words.usual(),
            }
        }
        "objects" => {
            words.expect(&["to"])?;
            let case = words.case()?;
            let from_customer = words.peek(0) == Some("for");
            if from_customer {
                words.expect(&["for", "the", "customer"])?;
            }
            Deed::Object {
                case,
                from_customer,
                petition: words.tail("the petition"),
            }
        }
        "upholds" | "rejects" => {
            words.expect(&["objection"])?;
            let objection = words.number("an objection")?;
            words.expect(&["of"])?;
            Deed::Rule {
                objection,
                case: words.case()?,
                upheld: verb == "upholds",
                ruling: words.tail("the ruling"),
            }
        }
        "names" => {
            let party = words.word("a party")?.to_owned();
            words.expect(&["for"])?;
            Deed::ThirdParty {
                party,
                case: words.case()?,
                reason: words.tail("the reason"),
            }
        }
        "links" => {
            let case = words.case()?;
            words.expect(&["with"])?;
            let other = words.case()?;
            words.expect(&["as"])?;
            Deed::Link {
                case,
                other,
                relation: words.word("a relation")?.to_owned(),
            }
        }
        "joins" => Deed::Join {
            department: words.id("a department")?,
        },
        "leaves" => Deed::Leave,
        "holds" => Deed::Hold {
            office: words.id("an office")?,
        },
        "heads" => Deed::Head {
            department: words.id("a department")?,
        },
        "deputises" => deputise(words, zone)?,
        "adopts" => Deed::Adopt {
            version: words.word("a version")?.to_owned(),
        },
        other => {
            return Err(wrong(
                format!("`{other}` is no verb of a story"),
                format!("the verbs are: {VERBS}"),
            ));
        }
    })
}

fn value_of(words: &mut Words<'_>, verb: &str) -> Result<Deed, Wrong> {
    let form = "write `completes opening.FIELD of C1 = VALUE` or `corrects opening.FIELD of C1 = VALUE because REASON`";
    let path: Path = words
        .word("a field")?
        .parse()
        .map_err(|e: String| wrong(e, form))?;
    words.expect(&["of"])?;
    let case = words.case()?;
    let (_, value) = words
        .whole
        .split_once(" = ")
        .ok_or_else(|| wrong("the value is missing", form))?;
    words.finish();
    if verb == "completes" {
        return Ok(Deed::Complete {
            case,
            path,
            value: value.to_owned(),
        });
    }
    let (value, reason) = value
        .split_once(" because ")
        .ok_or_else(|| wrong("a correction gives its reason", form))?;
    Ok(Deed::Correct {
        case,
        path,
        value: value.to_owned(),
        reason: reason.to_owned(),
    })
}

fn answer(words: &mut Words<'_>, verb: &str) -> Result<Deed, Wrong> {
    if verb == "writes" {
        words.expect(&["to"])?;
    }
    words.expect(&["the", "customer", "of"])?;
    let case = words.word("a case")?.trim_end_matches(',').to_owned();
    let concedes = match words.peek(0) {
        Some("conceding") => {
            words.skip(1);
            let money = format!("{} {}", words.word("an amount")?, words.word("a currency")?);
            let hint = "write an amount as `500.00 CNY`";
            let money: Money = money
                .parse()
                .map_err(|e: redress_kernel::money::MoneyError| wrong(e.to_string(), hint))?;
            Some(money)
        }
        _ => None,
    };
    Ok(Deed::Answer {
        case,
        means: if verb == "writes" {
            Means::Letter
        } else {
            Means::Telephone
        },
        concedes,
        text: words.tail("what is said"),
    })
}

fn deputise(words: &mut Words<'_>, zone: &Zone) -> Result<Deed, Wrong> {
    words.expect(&["for"])?;
    let principal = words.id("a person")?;
    let until = if words.peek(0) == Some("until") {
        words.skip(1);
        let (date, time) = (words.word("a date")?, words.word("a time")?);
        Some(when::instant(date, time, zone)?)
    } else {
        None
    };
    Ok(Deed::Deputise { principal, until })
}

/// Reads a question about nothing but the calendar.
pub(super) fn ask_due(question: &str, zone: &Zone) -> Result<Deed, Wrong> {
    let hint = "write `ask due 13 working_day from 2026-03-02 09:30`, or with a date alone: whole days counted by dates after it";
    let (span, from) = question
        .split_once(" from ")
        .ok_or_else(|| wrong("the question names no start", hint))?;
    let span: Span = span
        .parse()
        .map_err(|e: redress_kernel::calendar::SpanError| wrong(e.to_string(), hint))?;
    let from = match from.trim().split_once(' ') {
        Some((date, time)) => From::Instant(when::instant(date, time, zone)?),
        None => From::Date(
            from.trim()
                .parse()
                .map_err(|_| wrong(format!("`{from}` is not a date"), hint))?,
        ),
    };
    Ok(Deed::AskDue { span, from })
}
