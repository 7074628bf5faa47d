//! The file in which a mutation stands.

use serde::Deserialize;

/// A change of a good platform.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Mutation {
    /// Other rules that rightly report too.
    #[serde(default)]
    pub(super) also: Vec<String>,
    /// The topology of the good platform, from the workspace's root.
    #[serde(default = "shipped")]
    pub(super) topology: String,
    /// Texts that become others.
    #[serde(default)]
    pub(super) edit: Vec<Edit>,
    /// Files that come.
    #[serde(default)]
    pub(super) add: Vec<Add>,
    /// Files that go.
    #[serde(default)]
    pub(super) remove: Vec<Remove>,
}

/// A text that becomes another.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    /// A generated file, or `waard.yaml`: the topology, from which all is then generated anew.
    pub(super) file: String,
    /// What is there exactly once.
    pub(super) find: String,
    /// What is there instead.
    pub(super) replace: String,
}

/// A file that comes.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Add {
    /// Where, beside the generated files; `waard-policy.toml` is the configuration.
    pub(super) file: String,
    /// What stands in it.
    pub(super) text: String,
}

/// A file that goes.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(super) struct Remove {
    /// A generated file.
    pub(super) file: String,
}

fn shipped() -> String {
    crate::generate::TOPOLOGY.to_owned()
}

impl Mutation {
    /// Reads a file; what is wrong with it comes with an excerpt.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mutation: Self = toml_edit::de::from_str(text).map_err(|error| error.to_string())?;
        if mutation.edit.is_empty() && mutation.add.is_empty() && mutation.remove.is_empty() {
            return Err("it changes nothing: write [[edit]], [[add]] or [[remove]]".to_owned());
        }
        Ok(mutation)
    }
}

impl Edit {
    /// The text with the change.
    pub(super) fn apply(&self, text: &str) -> Result<String, String> {
        match text.matches(&self.find).count() {
            1 => Ok(text.replacen(&self.find, &self.replace, 1)),
            count => Err(format!("{}: what is to be found is there {count} times, not once: {}", self.file, self.find)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_change_is_there_exactly_once() {
        let edit = Edit { file: "a".to_owned(), find: "x".to_owned(), replace: "y".to_owned() };
        assert_eq!(edit.apply("axb"), Ok("ayb".to_owned()));
        for text in ["ab", "axbx"] {
            assert!(edit.apply(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mutation_that_changes_nothing_or_says_something_unknown_is_refused() {
        assert!(Mutation::parse("also = []").is_err());
        assert!(Mutation::parse("[[edits]]\nfile = 'a'").is_err());
        assert!(Mutation::parse("[[remove]]\nfile = 'a'").is_ok());
    }
}
