//! Kubernetes' pods.

use std::{fs, path::Path, process::Command};

use landfall_tests::chapter::block;

/// The chapter shows a part of a pod: what names it is added.
#[test]
#[ignore = "needs kubernetes-validate from PyPI"]
fn kubernetes_accepts_what_is_shown() {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let validate = temporary.with_file_name("venv/bin/kubernetes-validate");
    let pod = temporary.join("deploying-pod.yaml");
    let shown = block("guide/deploying", "yaml");
    let head = "apiVersion: v1\nkind: Pod\nmetadata: { name: board }\n";
    fs::write(&pod, format!("{head}{shown}")).unwrap();

    let output = Command::new(validate)
        .arg("--strict")
        .arg(&pod)
        .output()
        .expect("`target/venv/bin/pip install -r tests/clients/requirements.txt` has been run");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("passed for resource pod/board"), "{said}");
    fs::remove_file(pod).unwrap();
}
