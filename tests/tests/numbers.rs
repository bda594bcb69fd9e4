//! Changing any one number in `workflows/` turns at least one case file red, tested number by number; so does taking away
//! any one name in the rules about money.
//!
//! A number is a whole number, the amount of a limit (`13 natural_day`), a sum of money, a date or an hour of the calendar.
//! Each is changed by a little, up and down; the file is read again, and the case files are played by it until one turns
//! red. What the reader or the checker refuses counts as caught.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use redress_casebook::{Casebook, Rules, Story};
use redress_kernel::calendar::{Period, Span};
use redress_kernel::money::Money;
use redress_kernel::time::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One changed file: what was changed, and the whole text with the change.
struct Change {
    place: String,
    text: String,
}

/// Every small change of every number of a TOML text.
fn changes(file: &str, text: &str) -> Vec<Change> {
    let table = DeTable::parse(text).unwrap();
    let mut found = Vec::new();
    for (key, value) in table.get_ref() {
        walk(key.get_ref(), value, &mut found);
    }
    let mut changes = Vec::new();
    for (path, span, others) in found {
        for other in others {
            let mut changed = text.to_owned();
            let line = text[..span.start].lines().count();
            let before = &text[span.clone()];
            let place = format!("{file}:{line}: {path} = {before} → {other}");
            changed.replace_range(span.clone(), &other);
            changes.push(Change {
                place,
                text: changed,
            });
        }
    }
    changes
}

type Found = Vec<(String, std::ops::Range<usize>, Vec<String>)>;

fn walk(path: &str, value: &Spanned<DeValue<'_>>, found: &mut Found) {
    match value.get_ref() {
        DeValue::Integer(number) => {
            let number: i64 = number.to_string().parse().unwrap();
            let others = vec![(number + 1).to_string(), (number - 1).to_string()];
            found.push((path.to_owned(), value.span(), others));
        }
        DeValue::String(text) => {
            let others = of_text(text)
                .into_iter()
                .map(|other| format!("\"{other}\""))
                .collect::<Vec<_>>();
            assert!(
                !others.is_empty() || is_prose(path, text),
                "{path} = {text} holds a number that is not changed"
            );
            if !others.is_empty() {
                found.push((path.to_owned(), value.span(), others));
            }
        }
        DeValue::Array(list) => {
            for (item, n) in list.iter().zip(0..) {
                walk(&format!("{path}.{n}"), item, found);
            }
        }
        DeValue::Table(table) => {
            for (key, item) in table {
                walk(&format!("{path}.{}", key.get_ref()), item, found);
            }
        }
        DeValue::Float(_) => panic!("{path} is no whole number"),
        DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

/// Whether no digit of a text is a number of the rules: there is none, or it names a clause, a version or a series.
fn is_prose(path: &str, text: &str) -> bool {
    let key = path.rsplit('.').next().unwrap_or(path);
    !text.contains(|c: char| c.is_ascii_digit())
        || ["clause", "version", "zh", "en"].contains(&key)
        || path.contains(".marks.")
}

/// The texts that hold a number, changed a little.
fn of_text(text: &str) -> Vec<String> {
    if let Ok(span) = text.parse::<Span>() {
        // By half a unit, or by a whole one of a unit that has no halves: a month.
        let near = |step: [i64; 2]| {
            let mut spans = step
                .into_iter()
                .filter_map(|step| Span::of_halves(span.halves() + step, span.unit()).ok());
            spans.next()
        };
        let spans = [near([1, 2]), near([-1, -2])];
        return spans.iter().flatten().map(ToString::to_string).collect();
    }
    if let Ok(money) = text.parse::<Money>() {
        return [money.minor() + 1, money.minor() - 1]
            .into_iter()
            .map(|minor| Money::new(minor, money.currency()).unwrap().to_string())
            .collect();
    }
    if let Ok(date) = text.parse::<Date>() {
        return vec![date.succ().to_string(), date.pred().to_string()];
    }
    if text.parse::<Period>().is_ok() {
        let shifted = |from: &str, to: &str| text.replacen(from, to, 1);
        return vec![
            shifted(":00-", ":01-"),
            format!("{}1", &text[..text.len() - 1]),
        ];
    }
    Vec::new()
}

/// Plays stories until one turns red; the likely ones first. The one that caught the last change is tried first.
struct Hunt {
    stories: Vec<Story>,
}

impl Hunt {
    fn is_caught(&mut self, rules: &Rules) -> bool {
        let red = self
            .stories
            .iter()
            .position(|story| !story.play(rules).is_green());
        if let Some(place) = red {
            let story = self.stories.remove(place);
            self.stories.insert(0, story);
        }
        red.is_some()
    }
}

fn hunt(first: &[&str]) -> Hunt {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut stories = Casebook::read(&base, "tests/cases").unwrap().stories;
    // The page that merely prints the figures does not count: what follows from a number must change.
    stories
        .retain(|story| story.workflow == "customer-complaint" && !story.file.contains("/rules/"));
    stories.sort_by_key(|story| {
        let rank = first.iter().position(|word| story.file.contains(word));
        rank.unwrap_or(first.len())
    });
    Hunt { stories }
}

fn report(kind: &str, count: usize, survivors: &[String], began: Instant) {
    println!(
        "{kind}: {count} changes, {} caught, in {} ms",
        count - survivors.len(),
        began.elapsed().as_millis()
    );
    assert!(
        survivors.is_empty(),
        "no case file turns red when these change:\n{}",
        survivors.join("\n")
    );
}

#[test]
fn any_number_of_a_workflow_turns_a_case_file_red() {
    let began = Instant::now();
    let base = Rules::builtin().unwrap();
    let mut hunt = hunt(&["at-its-last-second", "overseas", "authority/", "reminder/"]);
    let (mut count, mut survivors) = (0, Vec::new());
    for (id, files) in redress_workflow::builtin_files() {
        for (name, text) in &files {
            for change in changes(&format!("workflows/{id}/{name}"), text) {
                count += 1;
                let mut changed = files.clone();
                changed.insert(name.clone(), change.text);
                let Ok(workflow) = redress_workflow::read(&changed) else {
                    continue;
                };
                let mut rules = base.clone();
                for known in &mut rules.workflows {
                    if known.definition.id == workflow.definition.id {
                        *known = Arc::new(workflow.clone());
                    }
                }
                if !hunt.is_caught(&rules) {
                    survivors.push(change.place);
                }
            }
        }
    }
    assert!(count >= 40, "only {count} changes of numbers were found");
    report("workflows", count, &survivors, began);
}

#[test]
fn any_number_of_the_calendar_turns_a_case_file_red() {
    let began = Instant::now();
    let base = Rules::builtin().unwrap();
    let mut hunt = hunt(&["calendar/china", "calendar/"]);
    let (mut count, mut survivors) = (0, Vec::new());
    let name = "workflows/calendars/china.toml";
    for change in changes(name, redress_workflow::CHINA) {
        count += 1;
        let Ok(calendar) = redress_workflow::read_calendar(name, &change.text) else {
            continue;
        };
        let mut rules = base.clone();
        rules.calendars = vec![Arc::new(calendar)];
        if !hunt.is_caught(&rules) {
            survivors.push(change.place);
        }
    }
    assert!(count >= 300, "only {count} changes of numbers were found");
    report("calendar", count, &survivors, began);
}

/// Every list of names in a TOML text with one of them left out, or, where it is alone, another in its place.
fn shorter_lists(file: &str, text: &str, others: &[&str]) -> Vec<Change> {
    let table = DeTable::parse(text).unwrap();
    let mut found = Vec::new();
    for (key, value) in table.get_ref() {
        lists(key.get_ref(), value, &mut found);
    }
    let mut changes = Vec::new();
    for (path, span, names) in found {
        for (name, place) in names.iter().zip(0..) {
            let mut rest = names.clone();
            rest.remove(place);
            let other = others.iter().find(|other| **other != name.as_str());
            if let (true, Some(other)) = (rest.is_empty(), other) {
                rest.push((*other).to_owned());
            }
            let mut changed = text.to_owned();
            changed.replace_range(span.clone(), &format!("{rest:?}"));
            changes.push(Change {
                place: format!("{file}: {path} = {names:?} → {rest:?}"),
                text: changed,
            });
        }
    }
    changes
}

type Lists = Vec<(String, std::ops::Range<usize>, Vec<String>)>;

fn lists(path: &str, value: &Spanned<DeValue<'_>>, found: &mut Lists) {
    match value.get_ref() {
        DeValue::Array(list) => {
            let names: Option<Vec<String>> = list
                .iter()
                .map(|item| item.get_ref().as_str().map(ToOwned::to_owned))
                .collect();
            if let Some(names) = names.filter(|names| !names.is_empty()) {
                found.push((path.to_owned(), value.span(), names));
                return;
            }
            for (item, n) in list.iter().zip(0..) {
                lists(&format!("{path}.{n}"), item, found);
            }
        }
        DeValue::Table(table) => {
            for (key, item) in table {
                lists(&format!("{path}.{}", key.get_ref()), item, found);
            }
        }
        _ => {}
    }
}

/// Who has which duty about money, whose heads confirm, and which parts add up to a loss: each name counts.
#[test]
fn any_name_in_the_rules_about_money_turns_a_case_file_red() {
    let began = Instant::now();
    let base = Rules::builtin().unwrap();
    let mut hunt = hunt(&["loss/", "month-close/", "responsibility/", "discipline/"]);
    let (mut count, mut survivors) = (0, Vec::new());
    let builtin = redress_workflow::builtin_files();
    let (id, files) = builtin
        .into_iter()
        .find(|(id, _)| *id == *"customer-complaint")
        .unwrap();
    for name in ["loss.toml", "month.toml", "penalty.toml", "regulation.toml"] {
        let others = ["warehouse", "deputy-general-manager"];
        for change in shorter_lists(name, &files[name], &others) {
            if name == "regulation.toml" && !change.place.contains(".money.") {
                continue;
            }
            count += 1;
            let mut changed = files.clone();
            changed.insert(name.to_owned(), change.text);
            let Ok(workflow) = redress_workflow::read(&changed) else {
                continue;
            };
            let mut rules = base.clone();
            for known in &mut rules.workflows {
                if *known.definition.id.as_str() == *id {
                    *known = Arc::new(workflow.clone());
                }
            }
            if !hunt.is_caught(&rules) {
                survivors.push(change.place);
            }
        }
    }
    assert!(count >= 20, "only {count} names were found");
    report("names about money", count, &survivors, began);
}
