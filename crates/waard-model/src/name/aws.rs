//! Names that AWS gives or has rules for.

use super::{lower_digit_dash, lower_or_digit};
use crate::scalar::{Charset, text};

/// `us-east-1`: letters, one or more words, a number; what exists is for the catalog to say.
fn region_code(text: &str) -> Result<(), String> {
    Charset {
        max: 24,
        first: ("a lower-case letter", |c| c.is_ascii_lowercase()),
        inner: ("lower-case letters, digits and `-`", lower_digit_dash),
        last: ("a digit", |c| c.is_ascii_digit()),
    }
    .check(text)?;
    let mut parts: Vec<&str> = text.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let words = parts.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
    if parts.len() < 2 || !words || parts.first().map_or(0, |area| area.len()) != 2 {
        return Err("it must be an area of two letters, a direction and a number, joined with `-`".to_owned());
    }
    if number.len() > 3 || number.starts_with('0') || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err("its last part must be a number from 1 to 999".to_owned());
    }
    Ok(())
}

text! {
    /// An AWS region code.
    RegionName, "a region code", "an AWS region code: area, direction and number",
    r"^[a-z]{2}(-[a-z]+)+-[1-9][0-9]{0,2}$", "us-east-1", region_code
}

text! {
    /// An availability zone: a region code and a letter.
    ZoneName, "an availability zone", "a region code followed by one letter",
    r"^[a-z]{2}(-[a-z]+)+-[1-9][0-9]{0,2}[a-z]$", "us-east-1a", |t| match t.chars().next_back() {
        Some(last) if last.is_ascii_lowercase() && t.len() > 1 => {
            region_code(t.get(..t.len() - 1).unwrap_or_default()).map_err(|reason| format!("before its letter: {reason}"))
        }
        _ => Err("it must end with the zone's letter".to_owned()),
    }
}

impl RegionName {
    /// A name that no region has, to go on with after a missing one was reported.
    pub(crate) fn nowhere() -> Self {
        Self("xx-none-1".into())
    }

    /// The zone of this region with the given letter.
    pub fn zone(&self, letter: char) -> Option<ZoneName> {
        format!("{self}{letter}").parse().ok()
    }

    /// The partition of AWS that the region lies in: the second part of every ARN of it.
    /// Source: AWS General Reference, "Amazon Resource Names (ARNs)".
    pub fn partition(&self) -> &'static str {
        match self.area() {
            "cn" => "aws-cn",
            "us" if self.as_str().starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// What the names of AWS' services in the region end in.
    pub fn dns_suffix(&self) -> &'static str {
        if self.area() == "cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }

    /// The area code that the name starts with: `us`, `eu`, `ap`.
    pub fn area(&self) -> &str {
        self.as_str().split('-').next().unwrap_or_default()
    }
}

impl ZoneName {
    /// True if the zone lies in `region`.
    pub fn is_in(&self, region: &RegionName) -> bool {
        self.as_str().strip_prefix(region.as_str()).is_some_and(|letter| letter.len() == 1)
    }

    /// The zone's letter.
    pub fn letter(&self) -> char {
        self.as_str().chars().next_back().unwrap_or('a')
    }
}

/// `family.size` with lower-case letters, digits and `-`.
fn family_and_size(text: &str) -> Result<(), String> {
    let Some((family, size)) = text.split_once('.') else {
        return Err("the `.` between family and size is missing".to_owned());
    };
    let set = Charset {
        max: 24,
        first: ("a lower-case letter or a digit", lower_or_digit),
        inner: ("lower-case letters, digits and `-`", lower_digit_dash),
        last: ("a lower-case letter or a digit", lower_or_digit),
    };
    set.check(family).map_err(|reason| format!("the family: {reason}"))?;
    set.check(size).map_err(|reason| format!("the size: {reason}"))
}

text! {
    /// An EC2 instance type.
    InstanceType, "an instance type", "an EC2 family, `.` and a size",
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?\.[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "c6i.2xlarge", family_and_size
}

text! {
    /// An RDS instance class.
    DbInstanceClass, "a database instance class", "`db.`, a family, `.` and a size",
    r"^db\.[a-z0-9]([a-z0-9-]*[a-z0-9])?\.[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "db.r6g.2xlarge", |t| match t.strip_prefix("db.") {
        Some(rest) => family_and_size(rest),
        None => Err("it must start with `db.`".to_owned()),
    }
}

text! {
    /// An ElastiCache node type.
    CacheNodeType, "a cache node type", "`cache.`, a family, `.` and a size",
    r"^cache\.[a-z0-9]([a-z0-9-]*[a-z0-9])?\.[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "cache.r6g.xlarge", |t| match t.strip_prefix("cache.") {
        Some(rest) => family_and_size(rest),
        None => Err("it must start with `cache.`".to_owned()),
    }
}

text! {
    /// The version of a database, cache or Kafka: one to three numbers.
    EngineVersion, "an engine version", "one to three numbers joined with `.`, in quotes",
    r"^(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){0,2}$", "17", |t| {
        let parts: Vec<&str> = t.split('.').collect();
        let number = |p: &&str| {
            !p.is_empty() && p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit()) && (p.len() == 1 || !p.starts_with('0'))
        };
        if parts.len() > 3 || !parts.iter().all(number) {
            return Err("it must be one to three numbers joined with `.`".to_owned());
        }
        Ok(())
    }
}

impl EngineVersion {
    /// The first number of the version.
    pub fn major(&self) -> u16 {
        self.as_str().split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0)
    }
}

text! {
    /// An AWS account number: 12 digits.
    AccountId, "an AWS account number", "12 digits, in quotes",
    r"^[0-9]{12}$", "123456789012", |t| if t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err("it must be exactly 12 digits".to_owned())
    }
}

fn resource_id(text: &str, prefix: &str) -> Result<(), String> {
    let Some(id) = text.strip_prefix(prefix) else {
        return Err(format!("it must start with `{prefix}`"));
    };
    if !matches!(id.len(), 8 | 17) || !id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(format!("after `{prefix}` there must be 8 or 17 hexadecimal digits"));
    }
    Ok(())
}

text! {
    /// The id of an existing VPC.
    VpcId, "a VPC id", "`vpc-` and 8 or 17 hexadecimal digits",
    r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$", "vpc-0a1b2c3d4e5f60718", |t| resource_id(t, "vpc-")
}

text! {
    /// The id of an existing subnet.
    SubnetId, "a subnet id", "`subnet-` and 8 or 17 hexadecimal digits",
    r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", "subnet-0a1b2c3d4e5f60718", |t| resource_id(t, "subnet-")
}

text! {
    /// One AWS action, such as `s3:GetObject`. A bare `*` can't be said: a workload gets what it names.
    AwsAction, "an AWS action", "a service, `:` and an action; `*` only after at least three letters of the action",
    r"^[a-z0-9-]{2,40}:[A-Z][A-Za-z0-9]{2,}\*?$", "s3:GetObject", |t| {
        let Some((service, action)) = t.split_once(':') else {
            return Err("the `:` between service and action is missing".to_owned());
        };
        if !(2..=40).contains(&service.len()) || !service.chars().all(lower_digit_dash) {
            return Err("the service before the `:` must be 2 to 40 lower-case letters, digits and `-`".to_owned());
        }
        let letters = action.strip_suffix('*').unwrap_or(action);
        if letters.len() < 3 || !letters.bytes().all(|b| b.is_ascii_alphanumeric()) || !letters.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err("the action must be at least three letters or digits, the first a capital, `*` only at its end".to_owned());
        }
        Ok(())
    }
}

text! {
    /// What a permission is for: an ARN, `*` allowed in its last part only.
    ArnPattern, "an ARN", "`arn:aws:service:region:account:resource`, `*` only in the resource and not alone",
    r"^(?=.{0,2048}$)arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[A-Za-z0-9_./:*-]{3,}$", "arn:aws:sqs:us-east-1:123456789012:shop-*", |t| {
        let mut parts = t.splitn(6, ':');
        let mut part = || parts.next().unwrap_or_default();
        if t.len() > 2048 {
            return Err(format!("it has {} characters, at most 2,048 are allowed", t.len()));
        }
        let (arn, partition, service, region, account, resource) = (part(), part(), part(), part(), part(), part());
        if arn != "arn" || !partition.starts_with("aws") || !partition.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            return Err("it must start with `arn:aws:`".to_owned());
        }
        if service.is_empty() || !service.chars().all(lower_digit_dash) || !region.chars().all(lower_digit_dash) {
            return Err("service and region are lower-case letters, digits and `-`".to_owned());
        }
        if !account.is_empty() && (account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit())) {
            return Err("the account has 12 digits".to_owned());
        }
        if resource.chars().filter(|c| *c != '*').count() < 3 || !resource.chars().all(|c| c.is_ascii_alphanumeric() || "_./:*-".contains(c)) {
            return Err("the resource must have at least three characters of letters, digits and `_./:-` beside `*`".to_owned());
        }
        Ok(())
    }
}

text! {
    /// The name of an EKS add-on.
    AddonName, "an add-on name", "lower-case letters, digits and `-`",
    r"^[a-z][a-z0-9-]{0,62}$", "vpc-cni", |t| Charset {
        max: 63,
        first: ("a lower-case letter", |c| c.is_ascii_lowercase()),
        inner: ("lower-case letters, digits and `-`", lower_digit_dash),
        last: ("a lower-case letter or a digit", lower_or_digit),
    }.check(t)
}

text! {
    /// The version of an EKS add-on.
    AddonVersion, "an add-on version", "`v`, three numbers, `-eksbuild.` and a number",
    r"^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$", "v1.11.4-eksbuild.2", |t| {
        let valid = t.strip_prefix('v').and_then(|rest| rest.split_once("-eksbuild.")).is_some_and(|(version, build)| {
            let number = |p: &str| !p.is_empty() && p.len() < 6 && p.bytes().all(|b| b.is_ascii_digit());
            version.split('.').count() == 3 && version.split('.').all(number) && number(build)
        });
        if valid { Ok(()) } else { Err("it must be `v`, three numbers joined with `.`, `-eksbuild.` and a number".to_owned()) }
    }
}

text! {
    /// A TLS policy of an application load balancer, 1.2 or newer.
    TlsPolicy, "a TLS policy", "the name of an ELB security policy for TLS 1.2 or 1.3",
    r"^ELBSecurityPolicy-TLS13-1-[23](-[A-Za-z0-9]+)*-20[0-9]{2}-[0-9]{2}$", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", |t| {
        let modern = ["ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-"].iter().any(|p| t.starts_with(p));
        if !modern || t.len() > 64 || !t.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err("it must start with `ELBSecurityPolicy-TLS13-1-2-` or `ELBSecurityPolicy-TLS13-1-3-`".to_owned());
        }
        if t.split('-').any(str::is_empty) {
            return Err("`--` is not allowed".to_owned());
        }
        let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        let mut parts = t.rsplit('-');
        let (month, year) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if digits(month, 2) && digits(year, 4) && year.starts_with("20") {
            Ok(())
        } else {
            Err("it must end with a year and month, such as `-2021-06`".to_owned())
        }
    }
}

impl TlsPolicy {
    /// What the ELB documentation recommends: TLS 1.3 and 1.2 with post-quantum key exchange.
    pub fn recommended() -> Self {
        Self("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09".into())
    }
}
