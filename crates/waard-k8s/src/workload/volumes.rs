//! Volumes and where they are mounted.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, EphemeralVolumeSource, KeyToPath, PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate,
    SecretVolumeSource, Volume, VolumeMount, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use waard_model::name::VolumeName;
use waard_model::spec::{VolumeKind, VolumeSpec};
use waard_model::topology::Workload;

use crate::cluster::STORAGE_CLASS;

/// The secrets whose keys are mounted as files, each with its keys.
fn secret_files(workload: &Workload) -> BTreeMap<&str, Vec<(&str, &str)>> {
    let mut secrets: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, secret) in &workload.spec().secret_files {
        secrets.entry(secret.secret()).or_default().push((secret.key(), path.as_str()));
    }
    secrets
}

/// A volume's name must fit in 63 characters, a secret's name alone may have that many.
/// Volumes of a topology can't have this name: it has a digit where they have a letter.
fn secret_volume(index: usize) -> String {
    format!("0-secret-{index}")
}

pub(super) fn volumes(workload: &Workload) -> Option<Vec<Volume>> {
    let own = workload.spec().volumes.iter().map(|(name, spec)| volume(name, spec));
    let secrets = secret_files(workload);
    let files = secrets.iter().enumerate().map(|(index, (secret, keys))| {
        let mut keys: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        Volume {
            name: secret_volume(index),
            secret: Some(SecretVolumeSource {
                secret_name: Some((*secret).to_owned()),
                items: Some(
                    keys.iter()
                        .map(|key| KeyToPath {
                            key: (*key).to_owned(),
                            path: (*key).to_owned(),
                            ..KeyToPath::default()
                        })
                        .collect(),
                ),
                default_mode: Some(0o440),
                ..SecretVolumeSource::default()
            }),
            ..Volume::default()
        }
    });
    let all: Vec<Volume> = own.chain(files).collect();
    (!all.is_empty()).then_some(all)
}

fn volume(name: &VolumeName, spec: &VolumeSpec) -> Volume {
    let size = Quantity(spec.size.to_string());
    let mut volume = Volume { name: name.to_string(), ..Volume::default() };
    match spec.kind {
        VolumeKind::Scratch => {
            volume.empty_dir = Some(EmptyDirVolumeSource { size_limit: Some(size), ..EmptyDirVolumeSource::default() });
        }
        VolumeKind::Memory => {
            volume.empty_dir = Some(EmptyDirVolumeSource { size_limit: Some(size), medium: Some("Memory".to_owned()) });
        }
        VolumeKind::Disk => {
            volume.ephemeral = Some(EphemeralVolumeSource {
                volume_claim_template: Some(PersistentVolumeClaimTemplate {
                    spec: PersistentVolumeClaimSpec {
                        access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
                        storage_class_name: Some(STORAGE_CLASS.to_owned()),
                        resources: Some(VolumeResourceRequirements {
                            requests: Some([("storage".to_owned(), size)].into()),
                            ..VolumeResourceRequirements::default()
                        }),
                        ..PersistentVolumeClaimSpec::default()
                    },
                    ..PersistentVolumeClaimTemplate::default()
                }),
            });
        }
    }
    volume
}

/// The mounts of a container: every volume and secret file of the workload, or only the volumes named.
pub(super) fn mounts(workload: &Workload, only: Option<&[VolumeName]>) -> Option<Vec<VolumeMount>> {
    let chosen = workload.spec().volumes.iter().filter(|(name, _)| only.is_none_or(|only| only.contains(name)));
    let mut mounts: Vec<VolumeMount> = chosen
        .map(|(name, spec)| VolumeMount {
            name: name.to_string(),
            mount_path: spec.mount.to_string(),
            ..VolumeMount::default()
        })
        .collect();
    if only.is_none() {
        for (index, keys) in secret_files(workload).values().enumerate() {
            mounts.extend(keys.iter().map(|(key, path)| VolumeMount {
                name: secret_volume(index),
                mount_path: (*path).to_owned(),
                sub_path: Some((*key).to_owned()),
                read_only: Some(true),
                ..VolumeMount::default()
            }));
        }
    }
    (!mounts.is_empty()).then_some(mounts)
}
