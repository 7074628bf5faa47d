//! Any bytes as several files of one platform. A line `# file: <path>` starts a file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waard_policy::Config;
use waard_policy_fuzz::{Files, judge};

const MARK: &[u8] = b"# file: ";

fuzz_target!(|data: &[u8]| {
    let mut files = Files::new();
    let mut path = "example.yaml".to_owned();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(named) = line.strip_prefix(MARK) {
            path = String::from_utf8_lossy(named).trim().to_owned();
        } else if path != "waard-policy.toml" {
            files.entry(path.clone()).or_default().extend(line);
        }
    }
    let config = Config::parse("waard-policy.toml", "as-of = 2026-11-25\nkubernetes = \"1.36\"\n");
    judge(&files, &config.expect("it is right"));
});
