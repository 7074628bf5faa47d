//! Any bytes as a file of Terraform, as its JSON, or as values of variables beside a root that uses some.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waard_policy::Config;
use waard_policy_fuzz::{Files, judge};

const NAMES: [&str; 4] = ["main.tf", "x.tf.json", "terraform.tfvars", "terraform.tfvars.json"];
const ROOT: &str = "variable \"a\" {}\nresource \"aws_vpc\" \"main\" {\n  cidr_block = var.a\n}\n";

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let name = NAMES[usize::from(*which) % NAMES.len()];
    let mut files = Files::from([(name.to_owned(), bytes.to_vec())]);
    if name.starts_with("terraform.") {
        files.insert("main.tf".to_owned(), ROOT.into());
    }
    judge(&files, &Config::default());
});
