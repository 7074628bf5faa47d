//! Words of a POSIX shell.

/// A word that a shell takes as this text and nothing else.
pub(crate) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn nothing_in_a_word_is_expanded() {
        assert_eq!(word("kubernetes/production/shop-1"), "kubernetes/production/shop-1");
        assert_eq!(word(""), "''");
        assert_eq!(word("a b"), "'a b'");
        assert_eq!(word("$(id) `id` \"'x"), r#"'$(id) `id` "'\''x'"#);
    }
}
