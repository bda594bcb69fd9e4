//! The page, the report, differences and schemas of the shipped workflows.
//! `UPDATE_CASES=1` writes the pages under `tests/workflows/pages` anew.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::path::Path;

use redress_core::sentence::Lang;
use redress_workflow::{
    Files, Reading, budgets, builtin_files, check, diff, files_of_dir, form_schema, schema, show,
    study,
};
use serde_json::{Value, json};

fn complaint_files() -> Files {
    builtin_files().remove("customer-complaint").unwrap()
}

fn reading(files: &Files) -> Reading {
    study(files).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The shipped workflow with one text replaced in one file.
fn with(file: &str, old: &str, new: &str) -> Reading {
    let mut files = complaint_files();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(old), "{file} holds no {old}");
    *text = text.replacen(old, new, 1);
    reading(&files)
}

#[test]
fn the_pages_are_what_they_were() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/workflows");
    let mut all = builtin_files();
    let service = files_of_dir(&root.join("valid/service-call")).unwrap();
    all.insert("service-call".to_owned(), service);
    let mut changed = Vec::new();
    for (id, files) in all {
        for (lang, word) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
            let page = show(&reading(&files), lang);
            let path = root.join(format!("pages/{id}.{word}.txt"));
            if std::env::var_os("UPDATE_CASES").is_some() {
                std::fs::write(&path, &page).unwrap();
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != page {
                changed.push(path);
            }
        }
    }
    assert!(changed.is_empty(), "UPDATE_CASES=1 rewrites {changed:?}");
}

#[test]
fn every_value_of_a_rule_stands_on_a_clause() {
    for (id, files) in builtin_files() {
        for (path, leaf) in reading(&files).leaves {
            let head = !path.contains('.') || path.starts_with("title.");
            assert!(head || leaf.clause.is_some(), "{id}: {path} has no clause");
        }
    }
}

#[test]
fn the_authority_table_is_marked_as_an_example_wherever_it_shows() {
    let page = show(&reading(&complaint_files()), Lang::En);
    let rows: Vec<&str> = page
        .lines()
        .filter(|l| l.contains("up to and including"))
        .collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.ends_with("[M11, example]")));
}

#[test]
fn the_stages_use_8_5_of_13_days_and_15_5_of_17() {
    let budgets = budgets(&reading(&complaint_files()).workflow.definition);
    let sums: Vec<_> = budgets
        .iter()
        .map(|b| {
            (
                b.limit_halves,
                b.used_halves,
                b.remaining_halves,
                b.remaining_uncalled_halves,
            )
        })
        .collect();
    assert_eq!(sums, [(26, 17, 9, Some(11)), (34, 31, 3, Some(5))]);
    let report = check(&complaint_files()).unwrap().text(Lang::En);
    assert!(report.contains(
        "fact.market = domestic: the stages use 8.5 of 13 natural days; 4.5 remain for review, approval; 5.5 without technical-opinion"
    ));
    assert!(report.contains("15.5 of 17 natural days; 1.5 remain"));
    assert!(report.contains("2.5 without technical-opinion"));
}

#[test]
fn a_stage_counted_in_another_unit_is_not_added() {
    let changed = with(
        "route.toml",
        "limits = [{ span = \"1 natural_day\", clause = \"R2\" }]",
        "limits = [{ span = \"1 working_day\", clause = \"R2\" }]",
    );
    let text = budgets(&changed.workflow.definition)[0].text(Lang::En);
    assert!(
        text.contains("7.5 of 13") && text.ends_with("not added: investigation"),
        "{text}"
    );
}

fn changes(old: &Reading, new: &Reading) -> Vec<String> {
    diff(old, new)
        .iter()
        .map(|change| change.text(Lang::En))
        .collect()
}

#[test]
fn a_changed_limit_is_one_line() {
    let old = reading(&complaint_files());
    let new = with("clock.toml", "13 natural_day", "12 natural_day");
    assert_eq!(
        changes(&old, &new),
        ["clock.limits.1.span: 13 natural_day → 12 natural_day [M10]"]
    );
    assert_ne!(old.workflow.hash, new.workflow.hash);
}

#[test]
fn a_new_row_and_one_that_is_gone_are_one_line_each() {
    let old = reading(&complaint_files());
    let hr =
        "  { id = \"hr\", title = { zh = \"人事单位\", en = \"Personnel\" }, clause = \"M12\" },\n";
    let archive = "  { id = \"archive\", title = { zh = \"档案室\", en = \"Archive\" }, clause = \"M12\" },\n";
    let new = with("departments.toml", hr, &[hr, archive].concat());
    let gone = "departments.archive: gone: clause = M12; id = archive; title.en = Archive; title.zh = 档案室 [M12]";
    assert_eq!(changes(&new, &old), [gone]);
    let come = changes(&old, &new);
    assert_eq!(come.len(), 1);
    assert!(come[0].starts_with("departments.archive: new: "));
}

#[test]
fn a_stage_that_changes_its_place_is_a_change() {
    let old = reading(&complaint_files());
    let mut files = complaint_files();
    let route = files["route.toml"].clone();
    let at = |id: &str| route.find(&format!("[[stages]]\nid = \"{id}\"")).unwrap();
    let (second, third, fourth) = (
        at("investigation"),
        at("countermeasure"),
        at("technical-opinion"),
    );
    let swapped = [
        &route[..second],
        &route[third..fourth],
        &route[second..third],
        &route[fourth..],
    ]
    .concat();
    files.insert("route.toml".to_owned(), swapped);
    let lines = changes(&old, &reading(&files));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("stages: acceptance, investigation, countermeasure, "));
    assert!(lines[0].contains("→ acceptance, countermeasure, investigation, "));
}

#[test]
fn a_remark_changes_the_hash_and_nothing_else() {
    let old = reading(&complaint_files());
    let new = with("clock.toml", "[clock]", "# a remark\n[clock]");
    assert!(diff(&old, &new).is_empty());
    assert_ne!(old.workflow.hash, new.workflow.hash);
}

#[test]
fn the_schema_of_the_opening_form_says_what_must_be_filled() {
    let reading = reading(&complaint_files());
    let form = reading.workflow.definition.form("complaint-form").unwrap();
    let schema = form_schema(form);
    assert_eq!(
        schema["required"],
        json!([
            "customer",
            "product",
            "order_no",
            "item_no",
            "quantity",
            "ship_date",
            "kind",
            "loss_caused",
            "demand",
            "reasons"
        ])
    );
    assert_eq!(schema["additionalProperties"], Value::Bool(false));
    assert_eq!(schema["properties"]["quantity"]["minimum"], json!(1));
    assert!(schema["properties"]["return_quantity"]["anyOf"].is_array());
    let conditions = schema["allOf"].as_array().unwrap();
    assert!(conditions.contains(&json!({
        "if": { "properties": { "kind": { "const": "non-quality" } }, "required": ["kind"] },
        "then": { "required": ["cause"] },
    })));
    assert!(conditions.contains(&json!({
        "if": { "properties": { "demand": { "contains": { "const": "return" } } }, "required": ["demand"] },
        "then": { "required": ["return_quantity"] },
    })));
}

#[test]
fn every_reference_of_a_schema_leads_to_a_form() {
    for files in builtin_files().into_values() {
        let schema = schema(&reading(&files).workflow.definition);
        let stages = schema["properties"]["stages"]["properties"]
            .as_object()
            .unwrap();
        for target in stages.values().chain([&schema["properties"]["opening"]]) {
            let form = target["$ref"]
                .as_str()
                .unwrap()
                .trim_start_matches("#/$defs/");
            assert!(schema["$defs"][form].is_object());
        }
    }
}
