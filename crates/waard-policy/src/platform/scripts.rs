//! Charts that shell scripts and makefiles install: `helm upgrade --install name chart --namespace where`.

use super::{File, FileKind};
use crate::place::Place;

/// A chart that a script installs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    /// The chart, without repository: `cert-manager`.
    pub chart: String,
    /// The namespace, if it is written.
    pub namespace: Option<String>,
    /// Where the command starts.
    pub place: Place,
}

/// What the commands of a script install; nothing for files that are read as something else, and for prose.
pub(super) fn installs(file: &File, number: u32) -> Vec<Install> {
    let is_prose = [".md", ".txt", ".adoc", ".rst", ".html"].iter().any(|ending| file.path().ends_with(ending));
    if file.kind() != FileKind::Other || is_prose || !file.text().contains("helm ") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let (mut at, mut command, mut start) = (0, String::new(), 0);
    for line in file.text().split_inclusive('\n') {
        if command.is_empty() {
            start = at;
        }
        at += line.len();
        let trimmed = line.trim();
        match trimmed.strip_suffix('\\') {
            // A command that doesn't end is no command.
            Some(part) if command.len() < 10_000 => {
                command.push_str(part);
                command.push(' ');
            }
            _ => {
                command.push_str(trimmed);
                found.extend(install(&command, Place::new(number, start..start)));
                command.clear();
            }
        }
    }
    found
}

fn install(command: &str, place: Place) -> Option<Install> {
    let mut words = command.split_whitespace().skip_while(|word| *word != "helm").skip(1).peekable();
    let verb = words.next()?;
    if !matches!(verb, "install" | "upgrade") {
        return None;
    }
    let (mut plain, mut namespace): (Vec<&str>, Option<String>) = (Vec::new(), None);
    while let Some(word) = words.next() {
        let clean = |text: &str| text.trim_matches(['"', '\'']).to_owned();
        match word {
            "<<EOF" | "|" | "&&" | ";" => break,
            "-n" | "--namespace" => namespace = words.next().map(clean),
            _ if word.starts_with("--namespace=") => namespace = word.split_once('=').map(|(_, text)| clean(text)),
            // Name and chart come first; what follows an option may be its value.
            _ if word.starts_with('-') => {
                if !matches!(word, "--install" | "-i") && plain.len() >= 2 {
                    words.next_if(|next| !next.starts_with('-'));
                }
            }
            _ => plain.push(word),
        }
    }
    let chart = plain.get(1)?.trim_matches(['"', '\'']);
    let chart = chart.trim_end_matches('/').rsplit('/').next()?.to_owned();
    Some(Install { chart, namespace: namespace.filter(|name| !name.contains('$')), place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_of_commands_are_found() {
        for (command, chart, namespace) in [
            (
                "helm upgrade --install lbc eks/aws-load-balancer-controller -n kube-system",
                "aws-load-balancer-controller",
                Some("kube-system"),
            ),
            (
                "helm install cert-manager jetstack/cert-manager --version v1 --namespace=cert-manager",
                "cert-manager",
                Some("cert-manager"),
            ),
            (
                "sudo helm upgrade --install kafka oci://quay.io/strimzi-helm/strimzi-kafka-operator --wait -n $NS",
                "strimzi-kafka-operator",
                None,
            ),
        ] {
            let found = install(command, Place::of_file(0)).unwrap();
            assert_eq!((found.chart.as_str(), found.namespace.as_deref()), (chart, namespace), "{command}");
        }
        assert_eq!(install("helm repo add eks https://aws.github.io/eks-charts", Place::of_file(0)), None);
        assert_eq!(install("echo install", Place::of_file(0)), None);
    }
}
