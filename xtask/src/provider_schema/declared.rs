//! Which types are declared: `resource! { pub struct Subnet = "aws_subnet" { … } }` of waard-tf.

/// What a type is to Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Data,
    Ephemeral,
    Provider,
    Resource,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Data, Self::Ephemeral, Self::Provider, Self::Resource];

    /// The word that a block of it begins with.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Ephemeral => "ephemeral",
            Self::Provider => "provider",
            Self::Resource => "resource",
        }
    }
}

/// A resource type, a data source, an ephemeral resource, or the provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Type {
    pub(super) kind: Kind,
    pub(super) name: String,
}

impl Type {
    /// Its file of facts.
    pub(super) fn file_name(&self) -> String {
        format!("{}/{}.txt", self.kind.word(), self.name)
    }
}

/// The types that a file declares.
pub(super) fn types(text: &str) -> Result<Vec<Type>, String> {
    let mut kind = None;
    let mut found = Vec::new();
    for line in text.lines() {
        match line {
            "resource! {" => kind = Some(Kind::Resource),
            "data! {" => kind = Some(Kind::Data),
            "ephemeral! {" => kind = Some(Kind::Ephemeral),
            "}" => kind = None,
            _ => {}
        }
        let Some((_, name)) = line.trim_start().strip_prefix("pub struct ").and_then(|rest| rest.split_once(" = \""))
        else {
            continue;
        };
        let name = name.split('"').next().unwrap_or_default().to_owned();
        let kind =
            kind.ok_or_else(|| format!("{name} is declared outside of `resource!`, `data!` and `ephemeral!`"))?;
        found.push(Type { kind, name });
    }
    Ok(found)
}
