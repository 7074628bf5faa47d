//! What is known of Terraform's values, and from where.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use waard_policy::terraform::Instances;
use waard_policy::{Config, Known, Platform, Root, Source};

fn read(files: &[(&str, &str)]) -> Platform {
    Platform::read(files.iter().map(|(path, text)| Source::new(*path, *text)).collect(), &Config::default())
}

fn text(root: &Root, address: &str, argument: &str) -> Option<Known> {
    root.argument(root.block(address).unwrap(), argument)
}

const MAIN: &str =
    "variable \"name\" {\n  default = \"default\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = var.name\n}\n";

#[test]
fn values_come_from_the_file_that_counts_most() {
    let default = ("root/main.tf", MAIN);
    let set = ("root/terraform.tfvars", "name = \"set\"\n");
    let json = ("root/terraform.tfvars.json", "{\"name\": \"json\"}");
    let auto = ("root/a.auto.tfvars", "name = \"auto\"\n");
    let later = ("root/b.auto.tfvars.json", "{\"name\": \"later\"}");
    // Only who applies the root knows whether this one counts.
    let other = ("root/production.tfvars", "name = \"other\"\n");
    let elsewhere = ("terraform.tfvars", "name = \"elsewhere\"\n");
    for (files, expected) in [
        (vec![default], "default"),
        (vec![default, other, elsewhere], "default"),
        (vec![default, set], "set"),
        (vec![default, set, json], "json"),
        (vec![default, set, json, auto], "auto"),
        (vec![default, set, json, auto, later], "later"),
    ] {
        let platform = read(&files);
        let root = platform.root("root").unwrap();
        assert_eq!(text(root, "aws_s3_bucket.b", "bucket"), Some(Known::Text(expected.to_owned())), "{files:?}");
    }
}

#[test]
fn a_called_module_gets_its_values_from_its_callers() {
    let platform = read(&[
        ("modules/bucket/main.tf", MAIN),
        ("root/main.tf", "module \"one\" {\n  source = \"../modules/bucket\"\n  name = \"mine\"\n}\n"),
    ]);
    let module = platform.root("modules/bucket").unwrap();
    assert!(module.is_called() && !module.is_applied());
    // Its default is what no caller has to use.
    assert_eq!(text(module, "aws_s3_bucket.b", "bucket"), Some(Known::Unknown));
    let root = platform.root("root").unwrap();
    let called = platform.called(root, root.block("module.one").unwrap()).unwrap();
    assert_eq!(called.path(), "modules/bucket");
}

#[test]
fn json_is_read_as_the_native_syntax_is() {
    let platform = read(&[(
        "root/main.tf.json",
        "{\"variable\": {\"name\": {\"default\": \"a\"}}, \"locals\": {\"all\": [\"x\", \"${var.name}\"]}, \"resource\": {\"aws_s3_bucket\": {\"b\": {\"for_each\": \"${toset(local.all)}\", \"bucket\": \"b-${var.name}\"}}}}",
    )]);
    let root = platform.root("root").unwrap();
    assert_eq!(text(root, "aws_s3_bucket.b", "bucket"), Some(Known::Text("b-a".to_owned())));
    let Instances::Each(entries) = root.instances(root.block("aws_s3_bucket.b").unwrap()) else { panic!() };
    assert_eq!(entries.keys().collect::<Vec<_>>(), ["a", "x"]);
}
