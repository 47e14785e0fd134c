//! The corpus, run through its targets without a fuzzer.

use std::{fs, path::Path};

use landfall_fuzz::TARGETS;

#[test]
fn every_input_keeps_what_its_target_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, run) in TARGETS {
        let files = fs::read_dir(corpus.join(name)).expect("each target has a corpus");
        let mut count = 0;
        for file in files {
            let path = file.expect("a file").path();
            let input = fs::read(&path).expect("it can be read");
            let found = std::panic::catch_unwind(|| run(&input));
            assert!(found.is_ok(), "{}", path.display());
            count += 1;
        }
        assert!(count > 3, "{name} has {count} inputs");
    }
}

#[test]
fn each_corpus_belongs_to_a_target() {
    for folder in ["corpus", "dictionaries"] {
        let entries =
            fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder");
        for entry in entries {
            let name = entry.expect("an entry").file_name();
            let name = name.to_str().expect("a plain name");
            assert!(landfall_fuzz::target(name).is_some(), "{folder}/{name}");
        }
    }
}
