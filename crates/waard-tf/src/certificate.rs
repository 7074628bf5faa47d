//! Certificates with the records that validate them.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::{CertificateArn, DomainName, ZoneId};
use crate::resource::acm::{Certificate, CertificateValidation, Validation};
use crate::resource::route53::Record;
use crate::root::{Meta, Root, named};
use crate::value::{List, Ref, Value};

/// Names that a certificate may have without asking AWS for more.
/// Source: AWS Certificate Manager User Guide, "Quotas", domain names per ACM certificate.
const MOST_NAMES: usize = 10;

/// The first name is also the common name of the certificate, which has at most so many characters.
/// Source: AWS Certificate Manager User Guide, "Certificate characteristics"; RFC 5280, `ub-common-name`.
const LONGEST_FIRST: usize = 64;

/// How long a validation record is kept by resolvers, in seconds. It never changes.
const TTL: i64 = 300;

/// A certificate.
pub(crate) struct Covered {
    pub(crate) label: String,
    pub(crate) name: String,
    /// At least one.
    pub(crate) names: Vec<String>,
    /// Where it is, if not in the region of the root.
    pub(crate) region: Option<&'static str>,
}

/// The names of one or more certificates that fit all hosts: as they are; where they are too many for one certificate,
/// those with the same parent below the domain are covered by `*.<parent>`; and what is left, by several certificates.
pub(crate) fn names(hosts: &BTreeSet<&str>, domain: &str) -> Vec<Vec<String>> {
    let mut all: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    if all.len() > MOST_NAMES {
        let mut by_parent: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for host in hosts {
            let parent = host.split_once('.').map_or(*host, |(_, parent)| parent);
            by_parent.entry(if *host == domain { "" } else { parent }).or_default().push(host);
        }
        all = by_parent
            .into_iter()
            .flat_map(|(parent, hosts)| match hosts.as_slice() {
                [_, _, ..] if !parent.is_empty() => vec![format!("*.{parent}")],
                _ => hosts.iter().map(|host| (*host).to_owned()).collect(),
            })
            .collect();
    }
    // A short name first: it becomes the common name. Where there is none, the domain itself goes before the others.
    let short = |name: &String| name.len() <= LONGEST_FIRST;
    all.sort_by_key(|name| !short(name));
    let room = if all.iter().all(short) { MOST_NAMES } else { MOST_NAMES - 1 };
    let chunk = |names: &[String]| {
        let first = (!names.iter().any(short)).then(|| domain.to_owned());
        first.into_iter().chain(names.iter().cloned()).collect()
    };
    all.chunks(room).map(chunk).collect()
}

/// Makes a certificate and waits until it is issued.
pub(crate) fn certificate<'r>(
    root: &mut Root<'r>,
    covered: Covered,
    zone: &Ref<'r, ZoneId>,
) -> Ref<'r, CertificateArn> {
    let Covered { label, name, names, region } = covered;
    let region = || region.map(Value::from);
    let (first, others) = names.split_first().map_or(("", [].as_slice()), |(first, others)| (first.as_str(), others));
    let certificate = Certificate {
        region: region(),
        subject_alternative_names: (!others.is_empty()).then(|| others.iter().map(Value::<DomainName>::from).collect()),
        tags: named(name),
        ..Certificate::new(first, "DNS")
    };
    // The old one stays in use until the new one is there.
    let meta = Meta { create_before_destroy: true, ..Meta::default() };
    let certificate = root.resource_as(&label, certificate, meta);
    // `*.example.com` and `example.com` are validated by the same record.
    let domains: BTreeSet<&str> = names.iter().map(|name| name.strip_prefix("*.").unwrap_or(name)).collect();
    let records: Vec<Ref<'r, DomainName>> = domains
        .into_iter()
        .map(|domain| {
            let asked = names.iter().find(|name| *name == domain);
            let asked = asked.map_or_else(|| format!("*.{domain}"), ToString::to_string);
            let part = |part| certificate.validation(&asked, part).value();
            let record = Record {
                ttl: Some(TTL),
                records: Some([part(Validation::Value)].into()),
                // It is the same one for every certificate of this name in this account.
                allow_overwrite: Some(true),
                ..Record::new(zone, part(Validation::Name), part(Validation::Type))
            };
            root.resource(&format!("validation_{domain}"), record).fqdn()
        })
        .collect();
    let issued = CertificateValidation {
        region: region(),
        validation_record_fqdns: Some(records.iter().collect::<List<'r, DomainName>>()),
        ..CertificateValidation::new(certificate.arn())
    };
    root.resource(&label, issued).certificate_arn()
}
