//! Secrets, as references into AWS Secrets Manager: no value stands in what is generated.
//!
//! External Secrets Operator makes each Secret that pods refer to, with just the keys that they use, and keeps it as it is
//! in Secrets Manager. It reads with the identity of its own pod, which may read just these; so the store needs no
//! credentials, and a namespace can't read what isn't referred to somewhere in its cluster.
//!
//! They are applied with identities and network policies, before migrations and everything else. Argo CD knows when an
//! ExternalSecret is healthy (its Secret is there), and goes on only then: a secret that is missing in Secrets Manager
//! stops a release before anything of it runs, instead of as pods that can't start. The operator and its types are
//! there before, since Argo CD installs controllers first.
//! Source: argoproj/argo-cd `resource_customizations/external-secrets.io/ExternalSecret/health.lua`.

use std::collections::BTreeSet;

use waard_model::path::ModelPath;
use waard_model::topology::Secrets;

use crate::custom::Custom;
use crate::custom::external_secrets::{Entry, ExternalSecret, Provider, RemoteRef, SecretStore, StoreRef, Target};
use crate::file::File;
use crate::labels::{Wave, common, in_wave, metadata};
use crate::{Placed, Site};

/// The store of each namespace that has secrets.
const STORE: &str = "aws";

/// How often a secret is compared. A change that can't wait is fetched with `kubectl annotate` or Argo CD's action "refresh".
const REFRESH: &str = "1h";

/// The file of each namespace whose pods refer to secrets.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    let all = site.region.secrets();
    all.iter().map(|(namespace, secrets)| of_namespace(site, namespace.as_str(), secrets)).collect()
}

fn of_namespace(site: Site<'_>, namespace: &str, secrets: &Secrets<'_>) -> Placed {
    let mut file = File::new(ModelPath::of(["workloads"]), &site.region.path());
    let meta = |name: &str| in_wave(Wave::Access, metadata(name.to_owned(), Some(namespace), common(site)));
    file.custom(&Custom {
        metadata: meta(STORE),
        spec: SecretStore {
            provider: Provider::Aws { service: "SecretsManager", region: site.region.name().to_string() },
        },
    });
    for (secret, keys) in secrets {
        file.custom(&Custom { metadata: meta(secret), spec: external_secret(site, secret, keys) });
    }
    site.placed(namespace, "secrets.yaml", file)
}

fn external_secret(site: Site<'_>, secret: &str, keys: &BTreeSet<&str>) -> ExternalSecret {
    let remote = site.environment.secret_name(site.topology.platform(), secret);
    let entry = |key: &&str| Entry {
        secret_key: (*key).to_owned(),
        remote_ref: RemoteRef { key: remote.clone(), property: (*key).to_owned() },
    };
    ExternalSecret {
        refresh_interval: REFRESH.to_owned(),
        secret_store_ref: StoreRef { kind: "SecretStore", name: STORE.to_owned() },
        target: Target {
            name: secret.to_owned(),
            // The Secret goes with its ExternalSecret, and nothing else writes to it; what is lost in Secrets Manager is
            // kept here, so that pods can still start.
            creation_policy: "Owner",
            deletion_policy: "Retain",
        },
        data: keys.iter().map(entry).collect(),
    }
}
