//! The page that a manager signs: every value of a workflow with its clause and where it comes from.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use redress_core::sentence::Lang;
use redress_kernel::calendar::Span;
use redress_kernel::definition::{Definition, Mark, Title};

use crate::budget::budgets;
use crate::leaves::Leaf;
use crate::read::Reading;
use crate::words;

/// The topics in the order of the page; what is not named comes behind.
const ORDER: &[&str] = &[
    "opening",
    "departments",
    "offices",
    "stages",
    "closes_at_end_of",
    "clock",
    "facts",
    "numbering",
    "reminders",
    "duties",
    "authority",
    "loss",
    "penalty",
    "discipline",
    "month",
    "copies",
    "regulation",
    "max_backdating",
    "approved_by",
    "forms",
];
/// What stands in the head of the page.
const HEAD: &[&str] = &["id", "version", "title", "category", "domain", "calendar"];
/// Keys that stand in brackets or in a heading.
const SILENT: &[&str] = &["id", "title", "clause", "mark", "marks"];

/// The page of a workflow, plain text, in one of both languages.
#[must_use]
pub fn show(reading: &Reading, lang: Lang) -> String {
    let definition = &reading.workflow.definition;
    let mut tree = Tree::default();
    for (path, leaf) in &reading.leaves {
        tree.insert(path, leaf, reading);
    }
    let mut page = String::new();
    head(&mut page, reading, lang);
    let named = ORDER.iter().copied();
    let others = tree
        .children
        .keys()
        .map(String::as_str)
        .filter(|key| !ORDER.contains(key) && !HEAD.contains(key));
    let topics: Vec<&str> = named.chain(others).collect();
    let mut number = 0;
    for topic in topics {
        let Some(branch) = tree.children.get(topic) else {
            continue;
        };
        number += 1;
        let name = words::key("", topic, lang);
        let brackets = branch.brackets(lang);
        let _ = writeln!(page, "\n{number}. {name}{brackets}");
        let printer = Printer {
            definition,
            lang,
            topic,
        };
        match &branch.leaf {
            Some(leaf) if branch.children.is_empty() => {
                let value = printer.value(topic, &leaf.value);
                let _ = writeln!(page, "   {value}{}", of_leaf(leaf, lang));
            }
            _ => printer.children(&mut page, branch, 1),
        }
        if topic == "clock" {
            for budget in budgets(definition) {
                let _ = writeln!(page, "   * {}", budget.text(lang));
            }
        }
    }
    foot(&mut page, definition, lang);
    page
}

fn head(page: &mut String, reading: &Reading, lang: Lang) {
    let definition = &reading.workflow.definition;
    let title = title(&definition.title, lang);
    let (version, hash) = (&definition.version, groups(&reading.workflow.hash));
    let _ = match lang {
        Lang::En => writeln!(
            page,
            "{title} ({}), version {version}\n\
             calendar {}, event streams {}/…{}\n\
             SHA-256 {hash}\n\n\
             Each value stands with [clause, mark]: source — the regulation says so; recovered — a fuller copy has it;\n\
             default — our choice, which the company may change; example — the real figures are lost.",
            definition.id,
            definition.calendar,
            definition.category,
            definition
                .domain
                .as_ref()
                .map_or_else(String::new, |d| format!(", domain {d}")),
        ),
        Lang::Zh => writeln!(
            page,
            "{title}（{}） 版本 {version}\n\
             日历 {}，事件流 {}/…{}\n\
             SHA-256 {hash}\n\n\
             各值后注 [条款，来源]：原文＝制度所载；补全＝较全的公开文本所载；默认＝本系统所定，公司可改；示例＝原表数字已佚。",
            definition.id,
            definition.calendar,
            definition.category,
            definition
                .domain
                .as_ref()
                .map_or_else(String::new, |d| format!("，领域 {d}")),
        ),
    };
}

fn foot(page: &mut String, definition: &Definition, lang: Lang) {
    let Some(approval) = &definition.approved_by else {
        return;
    };
    let office = definition.office(approval.office.as_str());
    let office = office.map_or_else(|| approval.office.to_string(), |o| title(&o.title, lang));
    let _ = match lang {
        Lang::En => writeln!(
            page,
            "\nApproved ({}): {office} ____________________   Date ______________",
            approval.clause
        ),
        Lang::Zh => writeln!(
            page,
            "\n核准（{}）：{office} ____________________   日期 ______________",
            approval.clause
        ),
    };
}

/// A digest in groups of four, as it is compared by eye.
fn groups(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|g| g.iter().collect()).collect();
    groups.join(" ")
}

fn title(title: &Title, lang: Lang) -> String {
    match lang {
        Lang::Zh => title.zh.clone(),
        Lang::En => title.en.clone(),
    }
}

fn of_leaf(leaf: &Leaf, lang: Lang) -> String {
    brackets(leaf.clause.as_deref(), leaf.mark, lang)
}

fn brackets(clause: Option<&str>, mark: Mark, lang: Lang) -> String {
    let comma = match lang {
        Lang::En => ", ",
        Lang::Zh => "，",
    };
    let mark = words::mark(mark, lang);
    clause.map_or_else(String::new, |clause| format!(" [{clause}{comma}{mark}]"))
}

/// The values as a tree, in the order in which they are written.
#[derive(Default)]
struct Tree<'a> {
    place: (String, usize),
    leaf: Option<&'a Leaf>,
    children: BTreeMap<String, Tree<'a>>,
}

impl<'a> Tree<'a> {
    fn insert(&mut self, path: &str, leaf: &'a Leaf, reading: &Reading) {
        let mut tree = self;
        let mut end = 0;
        for segment in path.split('.') {
            end += segment.len();
            tree = tree.children.entry(segment.to_owned()).or_default();
            if tree.place.0.is_empty() {
                let spot = path.get(..end).and_then(|at| reading.spots.get(at));
                tree.place = spot.map_or_else(
                    || (leaf.file.clone(), 0),
                    |spot| (spot.file.to_string(), spot.start),
                );
            }
            end += 1;
        }
        tree.leaf = Some(leaf);
    }

    fn in_order(&self) -> Vec<(&str, &Tree<'a>)> {
        let mut children: Vec<(&str, &Tree<'a>)> = self
            .children
            .iter()
            .map(|(key, tree)| (key.as_str(), tree))
            .collect();
        children.sort_by(|a, b| a.1.place.cmp(&b.1.place));
        children
    }

    fn text(&self, key: &str) -> Option<&str> {
        Some(self.children.get(key)?.leaf?.value.as_str())
    }

    fn title(&self, lang: Lang) -> Option<&str> {
        self.children.get("title")?.text(match lang {
            Lang::Zh => "zh",
            Lang::En => "en",
        })
    }

    /// Clause and mark of a table that says its own clause.
    fn brackets(&self, lang: Lang) -> String {
        let clause = self.children.get("clause").and_then(|c| c.leaf);
        clause.map_or_else(String::new, |leaf| {
            brackets(Some(&leaf.value), leaf.mark, lang)
        })
    }

    /// A condition is shown as one value.
    fn condition(&self) -> Option<String> {
        let number = |at: &Tree<'a>, join: &str| {
            let all: Option<Vec<String>> = at
                .in_order()
                .iter()
                .map(|(_, tree)| tree.condition())
                .collect();
            all.map(|all| format!("({})", all.join(join)))
        };
        if let Some(path) = self.text("path") {
            let is = self.text("is").map(|is| format!("{path} = {is}"));
            let least = self.text("at_least").map(|n| format!("{path} ≥ {n}"));
            let known = self.text("known").map(|known| match known {
                "true" => format!("{path} ≠ ∅"),
                _ => format!("{path} = ∅"),
            });
            return is.or(least).or(known);
        }
        let any = self.children.get("any").and_then(|at| number(at, " ∨ "));
        let all = self.children.get("all").and_then(|at| number(at, " ∧ "));
        let not = self.children.get("not");
        let not = not.and_then(|at| Some(format!("¬ {}", at.condition()?)));
        any.or(all).or(not)
    }

    /// Whether it holds nothing but values and conditions, and fits a line.
    fn is_flat(&self) -> bool {
        self.children.iter().all(|(key, tree)| {
            key == "title" || tree.children.is_empty() || tree.condition().is_some()
        })
    }
}

struct Printer<'a> {
    definition: &'a Definition,
    lang: Lang,
    topic: &'a str,
}

impl Printer<'_> {
    fn children(&self, page: &mut String, tree: &Tree<'_>, depth: usize) {
        let indent = "   ".repeat(depth);
        let colon = match self.lang {
            Lang::En => ": ",
            Lang::Zh => "：",
        };
        let mut children = tree.in_order();
        if self.topic == "forms" && depth == 1 {
            children.sort_by_key(|(form, _)| self.first_use(form));
        }
        for (key, child) in children {
            if SILENT.contains(&key) {
                continue;
            }
            let name = self.name(key, child, depth);
            if let Some(condition) = child.condition() {
                let clause = self.brackets_within(child, tree);
                let _ = writeln!(page, "{indent}{name}{colon}{condition}{clause}");
            } else if child.children.is_empty() {
                if let Some(leaf) = child.leaf {
                    let value = self.value(key, &leaf.value);
                    let clause = of_leaf(leaf, self.lang);
                    let _ = writeln!(page, "{indent}{name}{colon}{value}{clause}");
                }
            } else if child.is_flat() {
                let _ = writeln!(page, "{indent}{}", self.line(&name, child));
            } else {
                let own = child.brackets(self.lang);
                let _ = writeln!(page, "{indent}{name}{own}");
                self.children(page, child, depth + 1);
            }
        }
    }

    /// Forms stand in the order in which a case fills them.
    fn first_use(&self, form: &str) -> usize {
        let stages = &self.definition.stages;
        if self.definition.opening.form == *form {
            0
        } else {
            let used = stages.iter().position(|stage| stage.form == *form);
            used.map_or(stages.len(), |place| place) + 1
        }
    }

    /// A table of values on one line, with the clause and mark that all of them stand on.
    fn line(&self, name: &str, tree: &Tree<'_>) -> String {
        let mut parts = Vec::new();
        let mut last = None;
        for (key, child) in tree.in_order() {
            if SILENT.contains(&key) {
                last = last.or_else(|| child.leaf.filter(|_| key == "id"));
                continue;
            }
            let word = words::key(self.topic, key, self.lang);
            if let Some(condition) = child.condition() {
                parts.push(format!("{word} {condition}"));
            } else if let Some(leaf) = child.leaf {
                last = Some(leaf);
                let value = self.value(key, &leaf.value);
                parts.push(match (leaf.value.as_str(), key) {
                    ("true", _) => word.to_owned(),
                    (_, "span" | "parts") => value,
                    _ => format!("{word} {value}"),
                });
            }
        }
        let brackets = match tree.brackets(self.lang) {
            own if own.is_empty() => last.map_or_else(String::new, |l| of_leaf(l, self.lang)),
            own => own,
        };
        let (colon, separator) = match self.lang {
            Lang::En => (": ", "; "),
            Lang::Zh => ("：", "；"),
        };
        if parts.is_empty() {
            format!("{name}{brackets}")
        } else {
            format!("{name}{colon}{}{brackets}", parts.join(separator))
        }
    }

    fn brackets_within(&self, tree: &Tree<'_>, around: &Tree<'_>) -> String {
        fn any<'a>(tree: &Tree<'a>) -> Option<&'a Leaf> {
            tree.leaf.or_else(|| tree.children.values().find_map(any))
        }
        match any(tree) {
            Some(leaf) => of_leaf(leaf, self.lang),
            None => around.brackets(self.lang),
        }
    }

    /// What an item is called: its title and id, its number, or the word for its key.
    fn name(&self, key: &str, tree: &Tree<'_>, depth: usize) -> String {
        if let Some(title) = tree.title(self.lang) {
            let place = (self.topic == "stages" && depth == 1)
                .then(|| self.definition.stage_index(key))
                .flatten();
            let place = place.map_or_else(String::new, |place| format!("({}) ", place + 1));
            return format!("{place}{title} ({key})");
        }
        if key.bytes().all(|b| b.is_ascii_digit()) {
            return key.to_owned();
        }
        words::key(self.topic, key, self.lang).to_owned()
    }

    /// A value in words: units, and the titles of departments, offices, stages, forms.
    fn value(&self, key: &str, value: &str) -> String {
        if let Ok(span) = value.parse::<Span>() {
            return words::span(span, self.lang);
        }
        if let (Some(_), Ok(bp)) = (key.strip_suffix("_bp"), value.parse()) {
            return words::percent(bp, self.lang);
        }
        match (value, self.lang) {
            ("true", Lang::Zh) => return "是".to_owned(),
            ("true", Lang::En) => return "yes".to_owned(),
            ("false", Lang::Zh) => return "否".to_owned(),
            ("false", Lang::En) => return "no".to_owned(),
            ("", Lang::Zh) => return "无".to_owned(),
            ("", Lang::En) => return "none".to_owned(),
            _ => {}
        }
        let find = |id: &str| -> Option<&Title> {
            let definition = self.definition;
            match key {
                "departments" | "department" | "confirmed_by" => {
                    definition.department(id).map(|d| &d.title)
                }
                "offices" | "office" | "ruled_by" | "without_head" => {
                    definition.office(id).map(|o| &o.title)
                }
                "form" => definition.form(id).map(|f| &f.title),
                "starts_at_end_of" | "closes_at_end_of" | "at_end_of" | "needed_at_end_of"
                | "counts_from" | "to" | "proposal_stage" | "decision_stage"
                | "settlement_stage" => definition.stage(id).map(|s| &s.title),
                _ => None,
            }
        };
        let items: Vec<String> = value
            .split(", ")
            .map(|id| {
                find(id).map_or_else(
                    || words::value_word(self.topic, key, id, self.lang).to_owned(),
                    |found| format!("{} ({id})", title(found, self.lang)),
                )
            })
            .collect();
        let joint = if key == "parts" { " + " } else { ", " };
        items.join(joint)
    }
}
