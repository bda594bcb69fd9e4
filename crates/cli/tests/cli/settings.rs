//! Settings: flag, else environment, else `./redress.toml`, else the user's file, else the default.

use crate::desk::{binary, run};

const CHECK: &[&str] = &["calendar", "check", "--year", "2027"];

#[test]
fn what_is_nearer_wins() {
    let directory = tempfile::tempdir().unwrap();
    let said = |variables: &[(&str, &str)], words: &[&str]| {
        let mut command = binary(directory.path());
        command
            .args(CHECK)
            .args(words)
            .envs(variables.iter().copied());
        run(&mut command, "").err
    };
    let chinese = |text: &str| text.contains("日历");
    assert!(!chinese(&said(&[], &[])));
    assert!(chinese(&said(&[("LANG", "zh_CN.UTF-8")], &[])));

    let user = directory.path().join("home/.config/redress");
    std::fs::create_dir_all(&user).unwrap();
    std::fs::write(user.join("redress.toml"), "lang = \"zh\"\n").unwrap();
    assert!(chinese(&said(&[], &[])));

    std::fs::write(directory.path().join("redress.toml"), "lang = \"en\"\n").unwrap();
    assert!(!chinese(&said(&[], &[])));
    assert!(chinese(&said(&[("REDRESS_LANG", "zh")], &[])));
    assert!(!chinese(&said(
        &[("REDRESS_LANG", "zh")],
        &["--lang", "en"]
    )));
}

#[test]
fn an_unknown_setting_is_an_error_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    for (text, line) in [
        ("lang = \"zh\"\n\ncolour = \"auto\"\n", 3),
        ("format = \"xml\"\n", 1),
        ("format = \n", 1),
        ("lang = \"en\"\nzone = 7\n", 2),
    ] {
        std::fs::write(directory.path().join("redress.toml"), text).unwrap();
        let told = run(
            binary(directory.path())
                .args(CHECK)
                .args(["--format", "json"]),
            "",
        );
        assert_eq!(told.code, 3, "{text}");
        let error = told.error();
        assert_eq!(error["path"], "redress.toml");
        assert_eq!(error["line"], line, "{text}: {error}");
    }
}

#[test]
fn a_faulty_variable_or_zone_is_a_usage_error() {
    let directory = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("REDRESS_FORMAT", "xml"),
        ("REDRESS_LANG", "fr"),
        ("REDRESS_ZONE", "Mars/Base"),
    ] {
        let told = run(binary(directory.path()).args(CHECK).env(name, value), "");
        assert_eq!(told.code, 2, "{name}");
        assert!(told.err.contains(value), "{}", told.err);
    }
    let told = run(
        binary(directory.path())
            .args(CHECK)
            .args(["--zone", "Nowhere"]),
        "",
    );
    assert_eq!(told.code, 2);
}

#[test]
fn the_data_directory_of_a_file_is_meant_from_where_the_file_lies() {
    let desk = crate::desk::Desk::simulated();
    let user = desk.path().join("home/.config/redress");
    std::fs::create_dir_all(&user).unwrap();
    std::fs::write(
        user.join("redress.toml"),
        "data = \"../../../data\"\nas = \"S1\"\nformat = \"json\"\n",
    )
    .unwrap();
    let json = run(binary(&desk.path()).arg("worklist"), "").json();
    assert_eq!(json["schema"], "redress/worklist@1");
}

#[test]
fn a_usage_error_is_json_where_json_was_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    for words in [
        &["nonsense", "--format", "json"][..],
        &["--format=json", "case", "lodge", "--nonsense"],
        &["case", "rule", "X", "--format", "jsonl"],
    ] {
        let told = run(binary(directory.path()).args(words), "");
        assert_eq!(told.code, 2, "{words:?}");
        assert_eq!(told.error()["code"], "usage", "{words:?}");
    }
    let told = run(binary(directory.path()).arg("nonsense"), "");
    assert_eq!(told.code, 2);
    assert!(told.err.contains("nonsense") && told.out.is_empty());
    assert_eq!(run(binary(directory.path()).arg("--version"), "").code, 0);
    assert_eq!(run(&mut binary(directory.path()), "").code, 2);
}

#[test]
fn a_fault_of_the_settings_is_told_in_the_language_of_the_locale() {
    let directory = tempfile::tempdir().unwrap();
    for text in ["zone = \"Mars/Base\"\n", "colour = 1\n", "lang = \"de\"\n"] {
        std::fs::write(directory.path().join("redress.toml"), text).unwrap();
        let told = run(
            binary(directory.path())
                .args(CHECK)
                .env("LANG", "zh_CN.UTF-8"),
            "",
        );
        assert_eq!(told.code, 3, "{text}: {}", told.err);
        assert!(told.err.contains("提示："), "{text}: {}", told.err);
        assert!(told.err.contains("redress.toml"), "{text}: {}", told.err);
    }
    std::fs::remove_file(directory.path().join("redress.toml")).unwrap();
    let mut command = binary(directory.path());
    let told = run(command.args(CHECK).env("REDRESS_FORMAT", "xml"), "");
    assert_eq!(told.code, 2);
    assert!(told.err.contains("help: "), "{}", told.err);
}
