//! Charts that shell scripts and makefiles install: `helm upgrade --install name chart --namespace where`.

use super::{File, FileKind};
use crate::place::Place;

/// A chart that a script installs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    /// The chart, without repository: `cert-manager`.
    pub chart: String,
    /// The repository of the chart; empty if only the name that somebody gave it is written.
    pub repository: String,
    /// The name of the release.
    pub release: String,
    /// The namespace, if it is written.
    pub namespace: Option<String>,
    /// Its values, if all of them stand in the script.
    pub values: Option<String>,
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
    // What ends the text that the command before is given, and that text.
    let mut given: Option<(String, String)> = None;
    for line in file.text().split_inclusive('\n') {
        if command.is_empty() {
            start = at;
        }
        at += line.len();
        let trimmed = line.trim();
        if let Some((end, text)) = &mut given {
            if trimmed == end {
                if let Some(Install { values: Some(values), .. }) = found.last_mut() {
                    values.push_str(text);
                }
                given = None;
            } else {
                text.push_str(line);
            }
            continue;
        }
        match trimmed.strip_suffix('\\') {
            // A command that doesn't end is no command.
            Some(part) if command.len() < 10_000 => {
                command.push_str(part);
                command.push(' ');
            }
            _ => {
                command.push_str(trimmed);
                found.extend(install(&command, Place::new(number, start..start)));
                given = here_document(&command).map(|end| (end, String::new()));
                command.clear();
            }
        }
    }
    found
}

/// What ends the lines after a command that are its input: `<<EOF`, `<<'EOF'`, `<<-EOF`.
fn here_document(command: &str) -> Option<String> {
    let (_, after) = command.split_once("<<")?;
    let word = after.trim_start_matches(['-', ' ']).split_whitespace().next()?.trim_matches(['"', '\'']);
    // `<<<` is a text in one line, and `<<` in arithmetic is followed by a number.
    let is_word = word.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    is_word.then(|| word.to_owned())
}

fn install(command: &str, place: Place) -> Option<Install> {
    let mut words = command.split_whitespace().skip_while(|word| *word != "helm").skip(1).peekable();
    let verb = words.next()?;
    if !matches!(verb, "install" | "upgrade") {
        return None;
    }
    let (mut plain, mut namespace): (Vec<&str>, Option<String>) = (Vec::new(), None);
    let (mut repository, mut known) = (String::new(), true);
    while let Some(word) = words.next() {
        let clean = |text: &str| text.trim_matches(['"', '\'']).to_owned();
        match word {
            "|" | "&&" | ";" => break,
            _ if word.starts_with("<<") => break,
            "--repo" => repository = words.next().map(clean).unwrap_or_default(),
            // Values from its input are known; from a file or an option they may be anything.
            "-f" | "--values" => known &= words.next() == Some("-"),
            _ if ["--set", "--values=", "-f="].iter().any(|option| word.starts_with(option)) => known = false,
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
    let clean = |text: &str| text.trim_matches(['"', '\'']).trim_end_matches('/').to_owned();
    let (release, chart) = (clean(plain.first()?), clean(plain.get(1)?));
    if let Some((of, _)) = chart.rsplit_once('/').filter(|_| chart.starts_with("oci://")) {
        of.clone_into(&mut repository);
    }
    let chart = chart.rsplit('/').next()?.to_owned();
    let known = known && !release.contains('$');
    let namespace = namespace.filter(|name| !name.contains('$'));
    Some(Install { chart, repository, release, namespace, values: known.then(String::new), place })
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
        let text = "helm upgrade --install dns external-dns --repo https://kubernetes-sigs.github.io/external-dns \\\n  -n dns --values - <<'VALUES'\nreplicas: 1\nVALUES\nhelm install x y/z -f a.yaml\n";
        let file = File::new(crate::source::Source::new("install.sh", text));
        let found = installs(&file, 0);
        let shown: Vec<_> =
            found.iter().map(|one| (one.release.as_str(), one.repository.as_str(), one.values.as_deref())).collect();
        let dns = "https://kubernetes-sigs.github.io/external-dns";
        assert_eq!(shown, [("dns", dns, Some("replicas: 1\n")), ("x", "", None)]);
        assert_eq!(install("helm repo add eks https://aws.github.io/eks-charts", Place::of_file(0)), None);
        assert_eq!(install("echo install", Place::of_file(0)), None);
    }
}
