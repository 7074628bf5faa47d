//! Every kind of single value: what is taken, what is refused and why, and that what is printed reads back.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is wrong"
)]

use std::fmt::Debug;
use std::sync::LazyLock;

use proptest::prelude::*;
use waard_model::name::{
    AccountId, AddonName, AddonVersion, Argument, ArnPattern, AwsAction, CacheNodeType, ClusterVersion, ContainerName,
    DbInstanceClass, EngineVersion, EnvValue, EnvVarName, EnvironmentName, GitPath, GitRepository, GitRevision,
    HeaderName, HostName, ImageRef, InstanceType, LabelKey, LabelValue, MountPath, Namespace, NodeGroupName,
    OccupantName, Owner, PathPattern, PlatformName, PortName, ProfileName, RegionName, SecretKeyRef, StoreName,
    SubnetId, TaintSpec, Text, TlsPolicy, TopicName, UrlPath, VolumeName, VpcId, WorkloadName, ZoneName,
};
use waard_model::quantity::{
    Bounds, Bytes, ChangeRate, Cidr, CountOrShare, Cpu, Cron, DayWindow, Duration, Percent, Rate, Throughput, TimeZone,
    Usd, UsdPerMonth,
};
use waard_model::scalar::{Invalid, Scalar};

/// A kind of value, and texts that it takes or refuses.
struct Kind {
    name: &'static str,
    example: &'static str,
    pattern: &'static str,
    /// Reads, prints and reads again.
    read: fn(&str) -> Result<String, Invalid>,
    /// Texts that are taken, each with how it is printed.
    taken: &'static [(&'static str, &'static str)],
    /// Texts that are refused, each with words of the reason.
    refused: &'static [(&'static str, &'static str)],
}

fn read<T: Scalar + PartialEq + Debug>(text: &str) -> Result<String, Invalid> {
    let value: T = text.parse()?;
    let printed = value.to_string();
    let again = printed.parse::<T>().unwrap_or_else(|error| panic!("{text:?} was printed as what is refused: {error}"));
    assert_eq!(value, again, "{text:?} was printed as {printed:?}");
    assert_eq!(printed, again.to_string());
    Ok(printed)
}

macro_rules! kinds {
    ($($name:ident { $($taken:literal $(=> $printed:literal)?),* $(,)? } { $($refused:literal : $reason:literal),* $(,)? })*) => {
        static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| vec![$(Kind {
            name: stringify!($name),
            example: $name::EXAMPLE,
            pattern: $name::PATTERN,
            read: read::<$name>,
            taken: &[$(($taken, kinds!(@printed $taken $($printed)?))),*],
            refused: &[$(($refused, $reason)),*],
        }),*]);
    };
    (@printed $taken:literal) => { $taken };
    (@printed $taken:literal $printed:literal) => { $printed };
}

kinds! {
    PlatformName { "a", "waardhaven", "a--b", "twenty-characters-ab" } {
        "": "empty", "-a": "must start with", "a-": "must end with", "1a": "must start with", "A": "must start with", "aB": "character 2 is 'B'", "a_b": "character 2",
        "twenty-one-characters": "21 characters", "ä": "must start with", "a.b": "character 2", "a b": "character 2",
    }
    EnvironmentName { "e", "production", "sixteen-chars-ab" } { "seventeen-chars-a": "17 characters", "Prod": "must start with" }
    ProfileName { "full" } { "": "empty", "a/b": "character 2" }
    NodeGroupName { "system", "a1" } { "1a": "must start with" }
    WorkloadName { "api", "thirty-characters-abcdefghijkl" } { "thirty-one-characters-abcdefghi": "31 characters" }
    StoreName { "database" } { "data_base": "character 5" }
    VolumeName { "tmp" } { "tmp.": "character 4" }
    OccupantName { "api" } { "api,web": "character 4" }
    AccountId { "123456789012", "000000000017" } { "12345678901": "12 digits", "1234567890123": "12 digits", "12345678901a": "12 digits", "١٢٣٤٥٦": "12 digits" }
    AddonName { "vpc-cni" } { "vpc_cni": "character 4" }
    AddonVersion { "v1.11.4-eksbuild.2" } { "1.11.4-eksbuild.2": "must be `v`", "v1.11.4": "must be `v`", "v1.11-eksbuild.1": "must be `v`", "v1..4-eksbuild.1": "must be `v`" }
    ArnPattern { "arn:aws:s3:::bucket/*", "arn:aws:sqs:us-east-1:123456789012:shop-*", "arn:aws-us-gov:kms:us-gov-west-1:000000000000:key/1.10" } {
        "*": "must start with `arn:aws:`", "arn:aws:s3:::*": "at least three characters", "arn:aws:s3:::**a": "at least three characters", "arn:aws:*:::bucket": "service and region",
        "arn:aws:s3:*::bucket": "service and region", "arn:aws:s3::*:bucket": "12 digits", "arn:gcp:s3:::bucket": "arn:aws", "arn:aws:s3:::bucket/${x}": "resource", "arn:aws:s3": "service and region|resource",
    }
    AwsAction { "s3:GetObject", "s3:Get*", "dynamodb:BatchGetItem", "ec2:AssignIpv6Addresses" } {
        "*": "`:`", "s3:*": "three letters", "s3:G*": "three letters", "s3:Ge*": "three letters", "s3:getObject": "capital", "s3:Get*Object": "three letters|`*` only", "S3:GetObject": "lower-case", "s3:GetObject ": "letters",
        "s3:6Get": "capital",
    }
    CacheNodeType { "cache.r6g.large" } { "r6g.large": "must start with `cache.`", "cache.r6g": "the `.` between" }
    DbInstanceClass { "db.r6g.2xlarge" } { "r6g.large": "must start with `db.`", "db.r6g.": "empty", "db..large": "empty" }
    InstanceType { "m7g.large", "u-6tb1.112xlarge", "c7i.metal-24xl" } { "m7g": "the `.` between", "m7g.": "empty", ".large": "empty", "M7g.large": "must start with", "m7g.large.x": "character 6" }
    EngineVersion { "17", "16.10", "4.3.1", "0.1" } { "": "one to three", "17.": "one to three", "017": "one to three", "1.2.3.4": "one to three", "v17": "one to three", "17-rds": "one to three", "12345": "one to three" }
    RegionName { "us-east-1", "ap-southeast-2", "us-gov-west-1", "mx-central-1" } {
        "us-east": "must end with", "us-east-0": "1 to 999", "us-east-01": "1 to 999", "us--1": "direction", "usa-east-1": "area of two", "us-1": "direction", "us-east-1a": "must end with", "US-east-1": "must start with",
        "us-east-1000": "1 to 999",
    }
    ZoneName { "us-east-1a", "ap-northeast-1d" } { "us-east-1": "zone's letter", "a": "zone's letter", "us-east-1A": "zone's letter", "us-easta": "before its letter", "us-east-1é": "zone's letter" }
    SubnetId { "subnet-12345678", "subnet-0a1b2c3d4e5f60718" } { "subnet-1234567": "8 or 17", "subnet-1234567g": "8 or 17", "vpc-12345678": "must start with" }
    VpcId { "vpc-12345678" } { "vpc-1234567A": "8 or 17", "": "must start with" }
    TlsPolicy { "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-3-2021-06" } {
        "ELBSecurityPolicy-2016-08": "must start with", "ELBSecurityPolicy-TLS-1-2-2017-01": "must start with", "ELBSecurityPolicy-TLS13-1-2-": "`--`|year and month", "ELBSecurityPolicy-TLS13-1-2-Res": "year and month", "ELBSecurityPolicy-TLS13-1-0-2021-06": "must start with",
    }
    ImageRef {
        "registry.example.com/shop/api:v1.0.0", "localhost:5000/api:1", "r.io/a@sha256:8f14e45fceea167a5a36dedd4bea2543d7c0f0c9d1e8b6a1f0c2e4d6a8b0c2e4", "r.io/a/b_c/d__e/f-g:2024.1_x-y",
        "r.io:443/a:latest@sha256:8f14e45fceea167a5a36dedd4bea2543d7c0f0c9d1e8b6a1f0c2e4d6a8b0c2e4",
    } {
        "api": "registry is missing", "api:v1": "registry is missing", "library/api:v1": "no registry host", "r.io/api": "neither a digest nor a tag", "r.io/api:": "empty", "r.io/api:latest": "names no release",
        "r.io/api:main": "names no release", "r.io/api:Latest": "names no release", "r.io/api:stable": "names no release", "r.io/api:abc": "names no release", "r.io/api@sha256:abc": "64 lower-case",
        "r.io/api@sha512:8f14e45fceea167a5a36dedd4bea2543d7c0f0c9d1e8b6a1f0c2e4d6a8b0c2e4": "64 lower-case", "r.io/api@sha256:8F14E45FCEEA167A5A36DEDD4BEA2543D7C0F0C9D1E8B6A1F0C2E4D6A8B0C2E4": "64 lower-case",
        "r.io/api:@sha256:8f14e45fceea167a5a36dedd4bea2543d7c0f0c9d1e8b6a1f0c2e4d6a8b0c2e4": "empty", "r.io/Api:v1": "repository", "r.io//api:v1": "repository", "r.io/api:v1 ": "character", "https://r.io/api:v1": "registry",
        "r.io/api:-v1": "tag", "r..io/api:v1": "registry", "r.io:/api:v1": "registry", "r.io:x/api:v1": "registry", "r.io:1:2/api:v1": "registry", "r.io/a..b:v1": "repository", "r.io/a._b:v1": "repository", "r.io:99999/api:v1": "registry",
    }
    ClusterVersion { "1.36", "1.33", "1.10" } { "1.9": "two or three digits", "1.036": "two or three digits", "1.36.1": "two or three digits", "v1.36": "two or three digits", "1.": "two or three digits", "2.36": "two or three", "1.1": "two or three" }
    ContainerName { "log-shipper" } { "1st": "must start with" }
    EnvVarName { "LOG_LEVEL", "_", "y", "a1" } { "1A": "must start with", "A-B": "character 2", "A.B": "character 2", "": "empty", "Ä": "must start with", "A=B": "character 2" }
    LabelKey { "node-class", "example.com/Tier", "1.10", "a/b" } { "a/b/c": "character 2", "/a": "empty", "a/": "empty", "-a": "must start with", "A/b": "before the `/`", "a..b/c": "before the `/`", "a_b/c": "before the `/`", "a.-b/c": "before the `/`" }
    LabelValue { "true", "A_b.c-d", "1.10" } { "": "empty", "a b": "character 2", "_a": "must start with", "a.": "must end with" }
    MountPath { "/tmp", "/var/lib/app-1.0", "/a/..b" } { "/": "must end with", "tmp": "must start with", "/a/": "must end with", "/a//b": "not allowed", "/a/../b": "not allowed", "/.": "not allowed", "/a:b": "character 3", "/a b": "character 3" }
    Namespace { "production", "on" } { "default": "belongs to the cluster", "kube-system": "belongs to the cluster", "1a": "must start with" }
    PortName { "http", "a-1" } { "sixteen-chars-ab": "16 characters", "a--b": "`--`", "8080": "must start with", "Http": "must start with" }
    SecretKeyRef { "database-secrets/url", "a/_", "a/tls.crt" } { "url": "no `/`", "a/": "the key: it is empty", "/a": "secret's name", "a/b/c": "the key", "A/b": "secret's name", "a/.b": "the key" }
    TaintSpec { "nvidia.com/gpu=true:NoSchedule", "a=b:NoExecute", "a=b:PreferNoSchedule" } { "a:NoSchedule": "`=`", "a=b": "the effect", "a=b:Never": "the effect is", "=b:NoSchedule": "empty", "a=:NoSchedule": "empty", "a=b:noschedule": "the effect is" }
    Argument { "--verbose", " ", "# no", "${x}" } { "": "empty", "a\nb": "control character", "postgres://u:p@h/d": "password" }
    EnvValue { "info", " leading", "1.10", "http://host/path", "https://user@host", "a\u{2028}b", "AKIA", "mailto:a@b" } {
        "": "empty", "a\tb": "control character", "a\u{0}b": "control character", "a\u{85}b": "control character", "postgres://user:secret@host/db": "password", "redis://:secret@host": "password", "AKIAIOSFODNN7EXAMPLE": "AWS access key",
        "x=ASIAIOSFODNN7EXAMPLE": "AWS access key", "ghp_0123456789abcdef0123": "access token", "-----BEGIN PRIVATE KEY-----": "private key", "eyJhbGciOiJIUzI1NiJ9.e30.x": "access token",
        "http://a,https://u:p@h": "password", "amqp://h1,amqp://u:p@h2": "password",
    }
    HeaderName { "accept-language", "x-1" } { "Accept": "must start with", "a_b": "character 2", "a:": "character 2" }
    HostName { "example.com", "a.b-c.co.uk", "1.10.dev", "xn--bcher-kva.example" } {
        "localhost": "no `.`", "a..b": "empty", "a.b.": "empty", ".a.b": "empty", "A.b": "must start with", "a_b.c": "character 2", "-a.b": "must start with", "10.0.0.1": "an address", "a.b/c": "character 2", "bücher.example": "character 2",
    }
    GitPath { "dist/shop", "a", ".out/1e3", "_a-b.c" } { "": "empty", "/a": "empty", "a/": "empty", "a//b": "empty", "../a": "`..`", "a/./b": "`.`", "a b": "' '", "{{a}}": "'{'", "-a": "starts with", "*": "'*'" }
    GitRepository { "https://git.example.com/a/b.git", "ssh://git@x.yes:2222/1.10/_no", "https://a.b:8443/c" } {
        "": "neither", "git@github.com:a/b.git": "neither", "http://a.b/c": "neither", "file:///a": "neither", "https://a.b": "empty", "https://a.b/": "empty", "https://localhost/a": "the host",
        "https://u@a.b/c": "a user", "https://u:p@a.b/c": "a user", "ssh://a.b/c": "the user", "ssh://u:p@a.b/c": "a password", "ssh://-o@a.b/c": "starts with", "https://a.b:0/c": "no port", "https://a.b:99999/c": "no port",
        "https://a.b/../c": "`..`", "https://a.b/c?d": "'?'", "https://a.b/{{x}}": "'{'", "https://a.b/-c": "starts with", "https://a.b/c d": "' '", "https://a.b/$(c)": "'$'",
    }
    GitRevision { "main", "v1.10", "release/1.x", "0x1F", "8f14e45fceea167a5a36dedd4bea2543d7c0f0c9", "HEAD" } {
        "": "empty", "-a": "must start with", ".a": "must start with", "a/.b": "no revision", "a..b": "range", "a.lock": "no revision", "a/": "must end with", "a.": "must end with", "a b": "character 2", "a~1": "character 2", "{{a}}": "must start with",
    }
    Owner { "platform@example.com", "a.b+c_d-e@x.yes" } { "platform": "`@`", "@x.y": "before the `@`", "a@b": "after the `@`", "a@b@c.de": "after the `@`", "a b@c.de": "before the `@`" }
    PathPattern { "/static/*", "/a?c", "/*", "/*.css" } { "static/*": "must start with", "/a b": "character 3", "/a//b": "not allowed", "/../a": "not allowed", "/a#b": "character 3" }
    UrlPath { "/", "/ready", "/~a/1.10", "/a/" } { "": "must start with", "ready": "must start with", "/a*": "character 3", "/a?b=c": "character 3", "//": "not allowed", "/a/..": "not allowed", "/é": "character 2" }
    Text { "plain", "naïve: # 日本語 'x' \"y\"", "a\u{2028}b" } { "": "empty", "  ": "empty", " a": "white space", "a ": "white space", "a\u{a0}": "white space", "a\nb": "several lines|control character", "a\u{7f}b": "control character" }
    TopicName { "market-data-stream", "1.10", "a" } { "": "empty", "A": "must start with", "a_b": "character 2", ".a": "must start with", "a.": "must end with" }

    Usd { "3000 USD", "0.5 USD", "1.10 USD" => "1.1 USD", "1000000000 USD", "0.000001 USD" } {
        "0 USD": "above 0", "-1 USD": "plain decimal|decimal number", "1 EUR": "USD", "5": "USD", "1e3 USD": "decimal number", "1,000 USD": "decimal number", "1000000000.1 USD": "at most", "0.0000001 USD": "decimal places", "5USD": "USD", " USD": "decimal number",
        "5. USD": "decimal number", ".5 USD": "decimal number", "007 USD": "leading zero", "99999999999999999999999 USD": "large|decimal number",
    }
    UsdPerMonth { "5 USD/month", "0.50 USD/month" => "0.5 USD/month" } { "5 USD": "/month", "5 USD/year": "/month", "5 USD/month/month": "USD" }
    Cidr { "10.0.0.0/16", "0.0.0.0/0", "203.0.113.7/32" } {
        "10.0.0.1/16": "the range is 10.0.0.0/16", "10.0.0.0": "prefix", "10.0.0.0/33": "prefix of 0 to 32", "10.0.0/16": "IPv4", "::/0": "IPv4", "010.0.0.0/16": "IPv4", "10.0.0.0/016": "IPv4", "10.0.0.256/32": "IPv4", "10.0.0.0/ 16": "IPv4", "10.0.0.0/+16": "IPv4",
        "10.0.0.0/08": "IPv4", "10.00.0.0/16": "IPv4",
    }
    ChangeRate { "100%/15s", "4 pods/minute" => "4 pods/m", "1 pod/s" => "1 pods/s", "10%/60s" => "10%/m", "1000%/30m", "1 pods/1800s" => "1 pods/30m" } {
        "100/15s": "`%` or ` pods`", "0%/15s": "between 1 and 1000", "1001%/s": "between 1 and 1000", "1.5%/s": "between 1 and 1000", "10%/31m": "30 minutes", "10%/1500ms": "whole number of seconds", "10%": "`/`", "4 Pods/s": "`%` or ` pods`",
    }
    CountOrShare { "1", "25%", "0" } { "-1": "neither", "1.5": "neither", "%": "decimal", "101%": "more than 100", "0.5%": "whole", "10001": "neither" }
    Rate { "1000/s", "1/day" => "1/d", "3/2h", "60/60s" => "60/m", "1/ms" } { "0/s": "between 1", "1.5/s": "whole|decimal", "1000": "`/`", "1/0s": "zero", "-1/s": "decimal number", "1/week": "unit", "1000000001/s": "between 1", "01/s": "leading zero", "1.0/s": "whole|decimal" }
    Throughput { "1Mi/s", "1.5Mi/s" => "1536Ki/s" } { "1Mi": "`/s`", "1M/s": "thousands", "0Mi/s": "zero", "1Mi/min": "`/s`" }
    Percent { "99.9%", "0%", "100%", "100.0000%" => "100%", "0.0001%", "1.50%" => "1.5%" } {
        "99.9": "`%`", "100.0001%": "more than 100", "1.00001%": "decimal places", "-1%": "decimal number", "01%": "leading zero", "%": "decimal number", ".5%": "decimal number", "5.%": "decimal number", "1e1%": "decimal number", "١%": "decimal number",
        "99999999999999999999%": "too large", "50 %": "decimal number", "0.50000%": "decimal places",
    }
    Bounds { "3..20", "0..0", "10000..10000" } { "3": "`3..3`", "20..3": "larger than the second", "3..10001": "10,000", "3...20": "no count", "-1..2": "no count", "1..2..3": "no count", "3..": "no count", "01..2": "no count", "1.0..2": "no count", "1..4294967296": "no count" }
    Bytes { "4Gi", "1024Mi" => "1Gi", "1.5Gi" => "1536Mi", "1Ki", "64Pi", "0.5Ti" => "512Gi" } {
        "4": "unit is missing", "4G": "thousands", "4GB": "thousands", "4gi": "no unit", "0Gi": "zero", "0.1Ki": "KiB", "65Pi": "64Pi", "-1Gi": "no unit", "1.2345Gi": "decimal places", "99999999999999999999Gi": "too large", "1 Gi": "no unit", "Gi": "decimal number", "1.5.5Gi": "decimal number",
    }
    Cpu { "500m", "2", "0.5" => "500m", "1.5" => "1500m", "1000m" => "1", "1m", "1024" } {
        "0": "between 1m", "0m": "between 1m", "1025": "between 1m", "0.0001": "decimal places", "-1": "no unit", "1.5m": "whole", "1.0m": "whole", "": "decimal number", "m": "decimal number", "0x1": "no unit", "1e3": "no unit", "007": "leading zero", "4294967296": "between 1m", "99999999999999999999": "too large",
    }
    Cron { "0 3 * * *", "*/15 * * * *", "0 0 1 jan ?", "5,10-20/5 0-23 * * mon-fri", "0 0 * * SUN", "59 23 31 12 6", "08 1 * * *" } {
        "* * * *": "must be 5", "0 3 * * * *": "must be 5", "@daily": "must be 5", "@every 1h": "must be 5", "0  3 * * *": "must be 5", "60 * * * *": "between 0 and 59", "* 24 * * *": "between 0 and 23", "* * 0 * *": "between 1 and 31", "* * * 13 *": "between 1 and 12",
        "* * * * 7": "between 0 and 6", "*/0 * * * *": "step", "*/x * * * *": "step", "5-1 * * * *": "ends before it starts", "L * * * *": "minute", "* * L * *": "day of the month", "* * * * 1#2": "day of the week", "1--2 * * * *": "minute", "1,,2 * * * *": "minute", "TZ=UTC 0 3 * * *": "must be 5", "-1 * * * *": "minute",
        "*/+5 * * * *": "step", "*/5/5 * * * *": "step", "H * * * *": "minute", "* * * * mon-": "day of the week", "٣ * * * *": "minute", "*\t* * * *": "must be 5",
    }
    DayWindow { "08:00-18:00", "00:00-24:00", "23:59-24:00" } {
        "8:00-18:00": "HH:MM", "08:00": "`-`", "18:00-08:00": "ends before it starts", "08:00-08:00": "ends before it starts", "24:00-24:00": "ends before", "08:60-09:00": "HH:MM", "08:00-24:01": "HH:MM", "08:00-18:00-20:00": "HH:MM", "08.00-18.00": "HH:MM", "+8:00-18:00": "HH:MM", "99:99-99:99": "HH:MM",
    }
    Duration { "30s", "60s" => "1m", "1500ms", "24h" => "1d", "36525d", "90m" } {
        "30": "unit is missing", "0s": "zero", "1.5h": "whole|decimal", "1w": "days", "1y": "days", "36526d": "100 years", "-5s": "no unit", "5 s": "no unit", "5S": "no unit", "05s": "leading zero", "1h30m": "no unit", "99999999999999999999s": "too large", "s": "decimal number", "5us": "no unit", "1.0s": "whole|decimal",
    }
    TimeZone { "UTC", "America/New_York", "Asia/Kolkata", "America/Argentina/Buenos_Aires" } {
        "EST": "no daylight saving", "GMT": "no daylight saving", "Etc/GMT+5": "no daylight saving", "America/new_york": "written `America/New_York`", "Europe/Atlantis": "no such zone", "+05:00": "no daylight saving", "": "no daylight saving", "utc": "daylight saving", "../etc/passwd": "no such zone",
    }
}

fn matches(kind: &Kind, text: &str) -> bool {
    static PATTERNS: LazyLock<Vec<(&'static str, jsonschema::Validator)>> = LazyLock::new(|| {
        KINDS
            .iter()
            .map(|kind| {
                (kind.name, jsonschema::validator_for(&serde_json::json!({ "pattern": kind.pattern })).unwrap())
            })
            .collect()
    });
    PATTERNS.iter().find(|(name, _)| *name == kind.name).unwrap().1.is_valid(&serde_json::Value::from(text))
}

#[test]
fn examples_are_what_they_are_examples_of() {
    for kind in KINDS.iter() {
        assert_eq!((kind.read)(kind.example).unwrap(), kind.example, "{}", kind.name);
        assert!(matches(kind, kind.example), "{} does not match {}", kind.example, kind.pattern);
    }
}

#[test]
fn texts_are_taken_and_printed_in_one_way() {
    let mut wrong = Vec::new();
    for kind in KINDS.iter() {
        for (text, printed) in kind.taken {
            match (kind.read)(text) {
                Ok(found) if found != *printed => {
                    wrong.push(format!("{} {text:?} is printed as {found:?}", kind.name));
                }
                Ok(_) if !matches(kind, text) => {
                    wrong.push(format!("{} {text:?} is taken, but the schema refuses it: {}", kind.name, kind.pattern));
                }
                Ok(_) => {}
                Err(error) => wrong.push(format!("{} refuses {text:?}: {error}", kind.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_are_refused_and_the_reason_is_said() {
    let mut wrong = Vec::new();
    for kind in KINDS.iter() {
        for (text, reason) in kind.refused {
            match (kind.read)(text) {
                Ok(printed) => wrong.push(format!("{} takes {text:?} as {printed:?}", kind.name)),
                Err(error) if !reason.split('|').any(|word| error.to_string().contains(word)) => {
                    wrong.push(format!("{} refuses {text:?}, but not because of {reason:?}: {error}", kind.name));
                }
                Err(error) => assert!(error.help().contains(kind.example) && error.value() == *text),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Texts that no kind of value takes, whatever it is.
#[test]
fn no_value_holds_what_no_line_holds() {
    for kind in KINDS.iter() {
        let samples = kind.taken.iter().map(|(text, _)| *text).chain([kind.example]);
        for sample in samples {
            for text in [
                format!("{sample}\n"),
                format!("\n{sample}"),
                format!("{sample}\0"),
                format!("{sample}\r"),
                format!("\t{sample}"),
                sample.repeat(4000),
            ] {
                assert!(
                    (kind.read)(&text).is_err(),
                    "{} takes {:?}",
                    kind.name,
                    text.chars().take(80).collect::<String>()
                );
            }
        }
        assert!((kind.read)("").is_err(), "{} is empty", kind.name);
    }
}

/// Parts of values, and what could be mistaken for them.
const PIECES: &[&str] = &[
    "0",
    "1",
    "00",
    "9",
    "10",
    "255",
    "256",
    "4294967296",
    "18446744073709551616",
    "99999999999999999999999999",
    "a",
    "Z",
    "é",
    "٣",
    "１",
    "-",
    "--",
    "_",
    ".",
    "..",
    ",",
    ":",
    "/",
    "//",
    "*",
    "%",
    "+",
    " ",
    "\t",
    "\n",
    "\0",
    "@",
    "=",
    "?",
    "#",
    "s",
    "m",
    "ms",
    "h",
    "d",
    "Gi",
    "Ki",
    "Mi",
    " USD",
    "/month",
    "pods",
    " pods",
    "sha256:",
    "arn:",
    "aws",
    "db.",
    "cache.",
    "v",
    "1.",
    "e3",
    "0x",
    "\u{200b}",
    "\u{301}",
    "\u{1f600}",
    "https://",
    "NoSchedule",
    "jan",
    "mon",
    "UTC",
];

fn near(kind: &'static Kind) -> impl Strategy<Value = String> {
    let samples: Vec<&str> = kind.taken.iter().map(|(text, _)| *text).chain([kind.example]).collect();
    let edit = (any::<prop::sample::Index>(), 0_usize..3, proptest::sample::select(PIECES), any::<bool>());
    (proptest::sample::select(samples), proptest::collection::vec(edit, 0..4)).prop_map(|(sample, edits)| {
        let mut chars: Vec<char> = sample.chars().collect();
        for (at, cut, piece, insert) in edits {
            let at = at.index(chars.len() + 1);
            let end = (at + cut).min(chars.len());
            let piece: Vec<char> = if insert { piece.chars().collect() } else { Vec::new() };
            chars.splice(at..end, piece);
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is near a value is one, which prints and reads back and which the schema takes too, or is refused with a reason.
    #[test]
    fn texts_near_values_are_values_or_refused((kind, text) in (0..KINDS.len()).prop_flat_map(|index| near(&KINDS[index]).prop_map(move |text| (index, text)))) {
        let kind = &KINDS[kind];
        match (kind.read)(&text) {
            Ok(printed) => {
                prop_assert!(matches(kind, &text), "{} takes {text:?}, {} refuses it", kind.name, kind.pattern);
                prop_assert!(matches(kind, &printed), "{} prints {printed:?}, {} refuses it", kind.name, kind.pattern);
            }
            Err(error) => {
                let said = error.to_string();
                prop_assert!(!said.contains('\n') && said.chars().count() < 1000, "{said}");
                prop_assert!(error.help().contains(kind.example));
            }
        }
    }

    #[test]
    fn percentages_are_exact(millionths in 0_u32..=1_000_000) {
        let text = format!("{}.{:04}%", millionths / 10_000, millionths % 10_000);
        let percent: Percent = text.parse().unwrap();
        prop_assert_eq!(percent.millionths(), millionths);
        prop_assert_eq!(percent.to_string().parse::<Percent>(), Ok(percent));
    }

    #[test]
    fn processor_time_is_exact(millicores in 1_u32..=1_024_000) {
        let cpu: Cpu = format!("{millicores}m").parse().unwrap();
        prop_assert_eq!(cpu.millicores(), millicores);
        prop_assert_eq!(format!("{}.{:03}", millicores / 1000, millicores % 1000).parse(), Ok(cpu));
        prop_assert_eq!(cpu.to_string().parse(), Ok(cpu));
    }

    #[test]
    fn sizes_are_exact(kibibytes in 1_u64..=64 << 40, shift in 0_u32..40) {
        let kibibytes = (kibibytes >> shift).max(1);
        let size: Bytes = format!("{kibibytes}Ki").parse().unwrap();
        prop_assert_eq!(size.get(), kibibytes * 1024);
        prop_assert_eq!(size.to_string().parse(), Ok(size));
    }

    #[test]
    fn durations_are_exact(millis in 1_u64..=36_525 * 86_400_000, unit in 0_usize..5) {
        let (unit, factor) = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)][unit];
        let count = (millis / factor).max(1);
        let duration: Duration = format!("{count}{unit}").parse().unwrap();
        prop_assert_eq!(duration.as_millis(), count * factor);
        prop_assert_eq!(duration.as_secs(), (count * factor).div_ceil(1000));
        prop_assert_eq!(duration.to_string().parse(), Ok(duration));
        prop_assert!(duration.plus(duration) >= duration);
    }

    #[test]
    fn windows_of_a_day_are_exact(a in 0_u16..=1440, b in 0_u16..=1440) {
        let text = format!("{:02}:{:02}-{:02}:{:02}", a / 60, a % 60, b / 60, b % 60);
        match text.parse::<DayWindow>() {
            Ok(window) => prop_assert!(a < b && (window.from_minute(), window.to_minute()) == (a, b) && window.to_string() == text),
            Err(_) => prop_assert!(a >= b),
        }
    }

    #[test]
    fn ranges_of_addresses_are_exact(address: u32, prefix in 0_u8..=32, other: u32, other_prefix in 0_u8..=32, bits in 0_u8..=40, index: u32) {
        let mask = |prefix: u8| u32::try_from(u64::from(u32::MAX) << (32 - prefix) & u64::from(u32::MAX)).unwrap();
        let (first, other_first) = (address & mask(prefix), other & mask(other_prefix));
        let cidr = Cidr::new(first.into(), prefix).unwrap();
        let second = Cidr::new(other_first.into(), other_prefix).unwrap();
        prop_assert_eq!(cidr.to_string().parse(), Ok(cidr));
        prop_assert_eq!(Cidr::new(address.into(), prefix).is_some(), address == first);
        prop_assert_eq!(cidr.size(), 1_u64 << (32 - prefix));
        let last = |first: u32, prefix: u8| first | !mask(prefix);
        let apart = last(first, prefix) < other_first || last(other_first, other_prefix) < first;
        prop_assert_eq!(cidr.is_disjoint(second), apart);
        prop_assert_eq!(cidr.contains(second), first <= other_first && last(other_first, other_prefix) <= last(first, prefix));
        if let Some(part) = cidr.part(bits, index) {
            prop_assert!(cidr.contains(part) && part.prefix() == prefix + bits);
            prop_assert!(index == 0 || cidr.part(bits, index - 1).is_some_and(|before| before.is_disjoint(part)));
        } else {
            prop_assert!(prefix + bits > 32 || u64::from(index) >= 1 << bits);
        }
    }

    #[test]
    fn money_is_exact(millionths in 1_u64..=1_000_000_000_000_000) {
        let usd: Usd = format!("{}.{:06} USD", millionths / 1_000_000, millionths % 1_000_000).parse().unwrap();
        prop_assert_eq!(usd.to_string().parse(), Ok(usd));
        prop_assert!(!usd.to_string().contains('e'));
        prop_assert_eq!(usd.amount() * rust_decimal::Decimal::from(1_000_000), rust_decimal::Decimal::from(millionths));
    }
}
