//! From the text of `waard-policy.toml` to a [`Config`].

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Document, Item, Table, TableLike, Value};
use waard_catalog::Date;

use super::{Config, ConfigError, RuleConfig, Waiver};
use crate::place::Lines;

struct Reader<'t> {
    text: &'t str,
}

type Fail = Box<ConfigError>;

pub(super) fn config(path: &str, text: &str) -> Result<Config, ConfigError> {
    Reader { text }.config(path).map_err(|error| *error)
}

impl Reader<'_> {
    #[expect(clippy::unnecessary_box_returns, reason = "it is what every caller returns as an error")]
    fn fail(&self, span: Option<Range<usize>>, message: impl Into<String>, help: impl Into<String>) -> Fail {
        let span = span.unwrap_or(0..0);
        let (line, column) = Lines::of(self.text).at(self.text, span.start);
        Box::new(ConfigError { line, column, span, message: message.into(), help: help.into() })
    }

    fn config(&self, path: &str) -> Result<Config, Fail> {
        let document = Document::parse(self.text).map_err(|error| {
            self.fail(error.span(), format!("this is not TOML: {}", error.message()), "see https://toml.io")
        })?;
        let mut config = Config { path: path.to_owned(), text: self.text.to_owned(), ..Config::default() };
        for (key, item) in document.as_table() {
            match key {
                "as-of" => config.as_of = Some(self.date(item)?),
                "kubernetes" => {
                    let text = self.text_of(item)?;
                    let minor = text.parse().map_err(|_| {
                        self.fail(item.span(), format!("`{text}` is no version of Kubernetes"), "write `\"1.36\"`")
                    })?;
                    config.kubernetes = Some(minor);
                }
                "only" => config.only = self.texts(item)?,
                "skip" => config.skip = self.texts(item)?,
                "rules" => {
                    for (id, item) in self.table(item)?.iter() {
                        config.rules.insert(id.to_owned(), self.rule(item)?);
                    }
                }
                "waiver" => config.waivers = self.waivers(item)?,
                other => {
                    return Err(self.unknown(other, item, &["as-of", "kubernetes", "only", "skip", "rules", "waiver"]));
                }
            }
        }
        Ok(config)
    }

    #[expect(clippy::unnecessary_box_returns, reason = "it is what every caller returns as an error")]
    fn unknown(&self, key: &str, item: &Item, known: &[&str]) -> Fail {
        let near = known.iter().max_by(|a, b| strsim::jaro(a, key).total_cmp(&strsim::jaro(b, key))).unwrap_or(&"");
        self.fail(item.span(), format!("there is no key `{key}` here"), format!("did you mean `{near}`?"))
    }

    fn table<'i>(&self, item: &'i Item) -> Result<&'i dyn TableLike, Fail> {
        item.as_table_like().ok_or_else(|| {
            self.fail(item.span(), "a table was expected here", "write `key = value` below a `[header]`")
        })
    }

    fn text_of(&self, item: &Item) -> Result<String, Fail> {
        let text = item.as_str().map(str::to_owned);
        text.ok_or_else(|| self.fail(item.span(), "a text was expected here", "write it in quotes"))
    }

    fn texts(&self, item: &Item) -> Result<Vec<String>, Fail> {
        let items = item.as_array().map(|array| array.iter().map(|value| value.as_str().map(str::to_owned)).collect());
        let texts: Option<Option<Vec<String>>> = items;
        texts.flatten().ok_or_else(|| self.fail(item.span(), "a list of texts was expected here", "write `[\"…\"]`"))
    }

    fn date(&self, item: &Item) -> Result<Date, Fail> {
        let text = match item.as_value() {
            Some(Value::Datetime(value)) => value.value().to_string(),
            Some(Value::String(value)) => value.value().clone(),
            _ => String::new(),
        };
        text.parse().map_err(|_| self.fail(item.span(), "a day was expected here", "write `2026-11-25`"))
    }

    fn rule(&self, item: &Item) -> Result<RuleConfig, Fail> {
        let mut rule = RuleConfig { at: item.span().map_or(0, |span| span.start), ..RuleConfig::default() };
        for (key, item) in self.table(item)?.iter() {
            if key == "severity" {
                let text = self.text_of(item)?;
                let severity = text
                    .parse()
                    .map_err(|error| self.fail(item.span(), format!("{error}"), "or leave the rule out with `skip`"))?;
                rule.severity = Some(severity);
            } else {
                let number = item.as_integer();
                let number = number.ok_or_else(|| {
                    self.fail(item.span(), "a whole number was expected here", "parameters are numbers")
                })?;
                rule.parameters.insert(key.to_owned(), number);
            }
        }
        Ok(rule)
    }

    fn waivers(&self, item: &Item) -> Result<Vec<Waiver>, Fail> {
        let Some(tables) = item.as_array_of_tables() else {
            return Err(self.fail(item.span(), "waivers are a list of tables", "write `[[waiver]]` above each"));
        };
        tables.iter().map(|table| self.waiver(table)).collect()
    }

    fn waiver(&self, table: &Table) -> Result<Waiver, Fail> {
        const KEYS: [&str; 5] = ["rule", "place", "reason", "owner", "until"];
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        let mut until = None;
        for (key, item) in table {
            match KEYS.iter().find(|known| **known == key) {
                Some(&"until") => until = Some(self.date(item)?),
                Some(known) => drop(texts.insert(known, self.text_of(item)?)),
                None => return Err(self.unknown(key, item, &KEYS)),
            }
        }
        let mut take = |key: &str| {
            let text = texts.remove(key).filter(|text| !text.trim().is_empty());
            text.ok_or_else(|| {
                self.fail(
                    table.span(),
                    format!("this waiver has no `{key}`"),
                    "a waiver says rule, place, reason, owner and until",
                )
            })
        };
        let (rule, place, reason, owner) = (take("rule")?, take("place")?, take("reason")?, take("owner")?);
        let until = until.ok_or_else(|| {
            self.fail(table.span(), "this waiver has no `until`", "say until when it counts: `until = 2027-03-31`")
        })?;
        Ok(Waiver { rule, place, reason, owner, until, at: table.span().map_or(0, |span| span.start) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read() {
        let text = "as-of = 2026-11-25\nkubernetes = \"1.36\"\nskip = [\"cost\"]\n\n[rules.\"schedule/no-home-for-pod\"]\nseverity = \"warning\"\nlimit = 3\n\n[[waiver]]\nrule = \"a/b\"\nplace = \"**\"\nreason = \"r\"\nowner = \"o\"\nuntil = 2027-01-01\n";
        let config = config("waard-policy.toml", text).unwrap();
        assert_eq!(config.parameter("schedule/no-home-for-pod", "limit"), Some(3));
        assert_eq!(config.waivers.len(), 1);
        assert!(!config.selects("cost/idle") && config.selects("a/b"));
    }

    #[test]
    fn what_is_wrong_is_placed() {
        for (text, line, says) in [
            ("\nonyl = []\n", 2, "onyl"),
            ("[[waiver]]\nrule = \"a\"\n", 1, "place"),
            ("a = [", 1, "TOML"),
            ("[rules.x]\nseverity = \"bad\"\n", 2, "bad"),
            ("as-of = \"tomorrow\"\n", 1, "day"),
        ] {
            let error = config("p", text).unwrap_err();
            assert!(error.line == line && error.message.contains(says), "{text}: {error:?}");
        }
    }
}
