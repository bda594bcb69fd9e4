//! What is wrong around the text of a workflow: directories, sizes, calendars, an organisation.

use redress_kernel::organisation::{Organisation, OrganisationCommand};
use redress_kernel::time::Instant;
use redress_workflow::{
    FaultCode, Faults, Files, MOST_BYTES, MOST_FILES, builtin_calendar, builtin_files,
    builtin_workflow, files_of_dir, nobody_holds, read, read_calendar, read_dir, study,
};

fn codes(faults: &Faults) -> Vec<FaultCode> {
    faults.all().iter().map(|fault| fault.code).collect()
}

#[test]
fn a_directory_that_is_none_is_told() {
    let nowhere = std::path::Path::new("/nowhere/at/all");
    assert_eq!(
        codes(&read_dir(nowhere).unwrap_err()),
        [FaultCode::Unreadable]
    );
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        codes(&read_dir(empty.path()).unwrap_err()),
        [FaultCode::NoFiles]
    );
}

#[test]
fn a_file_that_is_no_text_or_too_long_is_told() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a.toml"), [0xff, 0xfe]).unwrap();
    std::fs::write(directory.path().join("b.toml"), vec![b'#'; MOST_BYTES + 1]).unwrap();
    std::fs::write(directory.path().join("c.txt"), [0xff]).unwrap();
    let faults = files_of_dir(directory.path()).unwrap_err();
    assert_eq!(
        codes(&faults),
        [FaultCode::NotUtf8, FaultCode::FileTooLarge]
    );
}

#[test]
fn too_many_files_are_told() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..=MOST_FILES {
        std::fs::write(directory.path().join(format!("{n}.toml")), "").unwrap();
    }
    let faults = files_of_dir(directory.path()).unwrap_err();
    assert_eq!(codes(&faults), [FaultCode::TooManyFiles]);
    let files: Files = (0..=MOST_FILES)
        .map(|n| (n.to_string(), String::new()))
        .collect();
    assert_eq!(codes(&read(&files).unwrap_err()), [FaultCode::TooManyFiles]);
    assert_eq!(
        codes(&read(&Files::new()).unwrap_err()),
        [FaultCode::NoFiles]
    );
}

#[test]
fn a_list_beyond_its_bound_and_faults_beyond_theirs_are_told() {
    let stages = "[[stages]]\nid = \"x\"\n".repeat(201);
    let files = Files::from([("a.toml".to_owned(), stages)]);
    assert!(codes(&read(&files).unwrap_err()).contains(&FaultCode::TooMany));
    let unknown: String = (0..300).map(|n| format!("key{n} = 1\n")).collect();
    let faults = read(&Files::from([("a.toml".to_owned(), unknown)])).unwrap_err();
    assert_eq!(faults.count(), Faults::MOST + 1);
    assert_eq!(codes(&faults).last(), Some(&FaultCode::MoreFaults));
}

#[test]
fn a_shipped_workflow_of_another_name_is_told() {
    let faults = builtin_workflow("complaint").unwrap_err();
    assert!(
        faults
            .to_string()
            .contains("no workflow `complaint` is shipped")
    );
}

#[test]
fn the_shipped_calendar_is_china_and_a_broken_one_is_told() {
    let calendar = builtin_calendar().unwrap();
    assert_eq!(calendar.id(), "china");
    for year in 2018..=2026 {
        assert!(calendar.published().contains(&year));
    }
    let broken = "id = \"x\"\ntitle = { zh = \"甲\", en = \"X\" }\nworking_hours = [\"08:00-07:00\", \"x\"]\n";
    let faults = read_calendar("x.toml", broken).unwrap_err();
    assert_eq!(codes(&faults), [FaultCode::Calendar, FaultCode::Calendar]);
    let unknown = "id = \"x\"\ntitle = { zh = \"甲\", en = \"X\" }\nhours = []\n";
    let faults = read_calendar("x.toml", unknown).unwrap_err();
    assert_eq!(
        (faults.all()[0].line, faults.all()[0].code),
        (3, FaultCode::Calendar)
    );
    assert_eq!(
        codes(&read_calendar("x.toml", "id =").unwrap_err()),
        [FaultCode::Syntax]
    );
}

#[test]
fn roles_that_nobody_holds_are_told_at_their_place() {
    let reading = study(&builtin_files()["joint-inspection"]).unwrap();
    let at = Instant::parse_rfc3339("2026-03-02T09:00:00+08:00").unwrap();
    let mut organisation = Organisation::default();
    let all = nobody_holds(&reading, &organisation, at);
    assert_eq!(all.len(), 5);
    assert!(
        all.iter()
            .all(|f| f.code == FaultCode::NobodyHolds && f.line > 0)
    );
    assert!(all[0].sentence.contains("`general-manager`"));
    let from = Instant::parse_rfc3339("2026-01-01T00:00:00Z").unwrap();
    let join = |employee: &str, department: &str| OrganisationCommand::Join {
        employee: employee.parse().unwrap(),
        department: department.parse().unwrap(),
        unit: None,
        from,
    };
    let head = OrganisationCommand::Head {
        department: "quality".parse().unwrap(),
        employee: "E1".parse().unwrap(),
        from,
    };
    for command in [join("E1", "quality"), head, join("E2", "sales")] {
        for event in organisation.decide(&command).unwrap() {
            organisation.evolve(&event);
        }
    }
    let left = nobody_holds(&reading, &organisation, at);
    let told: Vec<&str> = left.iter().map(|f| f.sentence.as_str()).collect();
    assert_eq!(told.len(), 4);
    assert!(told.contains(&"the department `sales` has no head to remind"));
}
