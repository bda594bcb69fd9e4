//! Every directory under `tests/workflows/valid` is a workflow.

use std::path::Path;

#[test]
fn every_valid_workflow_can_be_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/workflows/valid");
    let mut read = 0;
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        match redress_workflow::read_dir(&path) {
            Ok(workflow) => assert_eq!(
                Some(workflow.definition.id.as_str()),
                path.file_name().and_then(|n| n.to_str())
            ),
            Err(faults) => panic!("{}:\n{faults}", path.display()),
        }
        read += 1;
    }
    assert!(read > 0);
}
