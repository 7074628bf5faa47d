//! What looks like a secret in clear.

/// Ends of names whose values are secrets, with whether any value is one: names such as `DB_SECRET` and `NEXT_TOKEN` are
/// given to other things too, so their values must look random.
const ENDS: [(&str, bool); 12] = [
    ("password", true),
    ("passwd", true),
    ("passphrase", true),
    ("secret_key", true),
    ("secret_access_key", true),
    ("private_key", true),
    ("api_key", false),
    ("apikey", false),
    ("access_key", false),
    ("client_secret", false),
    ("secret", false),
    ("token", false),
];

/// What a value with that name is, if it is a secret that anybody can read.
pub(crate) fn in_clear(name: &str, value: &str) -> Option<&'static str> {
    let value = value.trim();
    if let Some(kind) = by_form(value) {
        return Some(kind);
    }
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let (_, any) = ENDS.iter().find(|(end, _)| {
        name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_'))
            || (*end == "password" && name.ends_with(end))
    })?;
    // `password = "password"` names a key.
    let names_itself = value.eq_ignore_ascii_case(&name) || ["password", "username"].contains(&value);
    (!names_itself && is_literal(value) && (*any || is_random(value))).then_some("a secret, by its name")
}

/// What a value is by its form alone.
pub(crate) fn by_form(value: &str) -> Option<&'static str> {
    if value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----") && value.len() > 100 {
        return Some("a private key");
    }
    let is_key = |word: &str| {
        word.len() == 20
            && (word.starts_with("AKIA") || word.starts_with("ASIA"))
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && !word.ends_with("EXAMPLE")
    };
    if value.split(|c: char| !c.is_ascii_alphanumeric()).any(is_key) {
        return Some("an access key of AWS");
    }
    let rest = value.split_once("://").map(|(_, rest)| rest)?;
    let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    is_literal(password).then_some("a password in a URL")
}

/// Whether a value stands for itself: it is no reference to where the secret is, and nothing to be filled in.
fn is_literal(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let refers = ["arn:", "vault:", "ssm:", "awssm:", "ref+", "op://", "projects/", "secretsmanager:", "/", "enc["];
    let filled =
        ["changeme", "change-me", "change_me", "replace", "placeholder", "redacted", "todo", "example", "dummy"];
    let first = value.chars().next();
    !(value.is_empty()
        || matches!(lower.as_str(), "true" | "false" | "null" | "none" | "yes" | "no")
        || ["${", "$(", "{{", "<", "%("].iter().any(|mark| value.contains(mark))
        || value.starts_with('$')
        || refers.iter().any(|start| lower.starts_with(start))
        || filled.iter().any(|word| lower.contains(word))
        || value.chars().all(|c| Some(c) == first))
}

/// Whether a value looks as if a machine had made it.
fn is_random(value: &str) -> bool {
    value.len() >= 12
        && !value.contains(char::is_whitespace)
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !value.contains(".svc")
}

#[cfg(test)]
mod tests {
    use super::in_clear;

    #[test]
    fn secrets_are_told_from_what_only_sounds_like_one() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("password", "hunter2"),
            ("dbPassword", "hunter2"),
            ("API_KEY", "9f8e7d6c5b4a39281706"),
            ("DATABASE_URL", "postgres://shop:hunter2@db:5432/shop"),
            ("ANY", "AKIAIOSFODNN7ABCDEFG"),
        ] {
            assert!(in_clear(name, value).is_some(), "{name}={value}");
        }
        for (name, value) in [
            ("DB_PASSWORD_FILE", "/run/secrets/db"),
            ("DB_PASSWORD", "$(OTHER)"),
            ("DB_SECRET", "shop-database"),
            ("SESSION_TOKEN", "enabled"),
            ("TOKEN_TTL", "3600"),
            ("DATABASE_URL", "postgres://db:5432/shop"),
            ("DATABASE_URL", "postgres://shop:$(PASSWORD)@db:5432/shop"),
            ("CONTACT", "https://example.com/a:b@c"),
            ("PASSWORD", "arn:aws:secretsmanager:eu-central-1:1:secret:x"),
            ("TOKEN", ""),
            ("password", "password"),
        ] {
            assert_eq!(in_clear(name, value), None, "{name}={value}");
        }
    }
}
