//! A root module of one's own, with the types of this crate: a network with one subnet, and a role that may write to its
//! log group. `cargo run --package waard-tf --example own_root` prints its files.
#![allow(clippy::print_stdout, reason = "an example shows what it made")]

use waard_model::path::ModelPath;
use waard_tf::resource::iam::{Role, RolePolicy};
use waard_tf::resource::logs::LogGroup;
use waard_tf::resource::vpc::{Subnet, Vpc};
use waard_tf::{Json, Meta, Root, Settings, State, Value, join, named};

fn main() {
    let settings = Settings {
        region: "eu-west-1".to_owned(),
        account: Some("123456789012".to_owned()),
        tags: vec![("team".to_owned(), "data".to_owned())],
        state: State {
            bucket: "example-state".to_owned(),
            key: "lab.tfstate".to_owned(),
            region: "eu-west-1".to_owned(),
            key_alias: "alias/example-state".to_owned(),
        },
    };
    let files = Root::build(&["lab"], ModelPath::ROOT, &settings, |root| {
        root.file("network", "Where experiments run.");
        let vpc = Vpc { enable_dns_hostnames: Some(true), tags: named("lab"), ..Vpc::new("10.20.0.0/16") };
        let vpc = root.resource("lab", vpc);
        // `vpc.id()` is the id of a VPC and of nothing else; "eu-west-1a" may be any text.
        let subnet = root.resource("lab_a", Subnet::new(vpc.id(), "10.20.0.0/20", "eu-west-1a"));
        root.output("subnet_id", "Where to start machines.", &subnet.id());

        root.file("logs", "");
        root.why("What is lost here is gone: nobody else keeps it.");
        let kept = Meta { prevent_destroy: true, ..Meta::default() };
        let group = root.resource_as("lab", LogGroup::new("/lab", 90), kept);
        let trust = Json::object([
            ("Version", Json::from("2012-10-17")),
            (
                "Statement",
                Json::list([statement(
                    "sts:AssumeRole",
                    "Principal",
                    Json::object([("Service", "ec2.amazonaws.com")]),
                )]),
            ),
        ]);
        let role = root.resource("lab", Role::new("lab", trust));
        let streams: Value<'_, waard_tf::Text> = join([group.arn().into(), ":*".into()]);
        let policy = Json::object([
            ("Version", Json::from("2012-10-17")),
            ("Statement", Json::list([statement("logs:PutLogEvents", "Resource", streams.into())])),
        ]);
        root.resource("lab", RolePolicy::new("write", role.name(), policy));
    });
    for file in files {
        println!("# {}\n\n{}", file.path(), file.text());
    }
}

fn statement<'r>(action: &str, key: &str, value: Json<'r>) -> Json<'r> {
    Json::object([("Effect", Json::from("Allow")), ("Action", action.into()), (key, value)])
}
