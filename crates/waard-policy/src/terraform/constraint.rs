//! Version constraints: `>= 1.10, < 2.0`, `~> 5.31`.
//!
//! Source: Terraform, "Version constraints".

/// What versions a constraint allows: from the lowest, to below the bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// The lowest version that it allows; `None` if any old one will do.
    pub lowest: Option<[u64; 3]>,
    /// The first version that it doesn't allow; `None` if any new one will do.
    pub below: Option<[u64; 3]>,
}

impl Constraint {
    /// Reads a constraint; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut whole = Self { lowest: None, below: None };
        for part in text.split(',').map(str::trim) {
            let at = part.find(|c: char| c.is_ascii_digit() || c == 'v')?;
            let (operator, version) = part.split_at(at);
            let (numbers, count) = version_of(version)?;
            let [major, minor, patch] = numbers;
            let next = [major, minor, patch.saturating_add(1)];
            let (lowest, below) = match operator.trim() {
                "" | "=" => (Some(numbers), Some(next)),
                ">=" => (Some(numbers), None),
                ">" => (Some(next), None),
                "<" => (None, Some(numbers)),
                "<=" => (None, Some(next)),
                "!=" => (None, None),
                "~>" if count >= 3 => (Some(numbers), Some([major, minor.saturating_add(1), 0])),
                "~>" => (Some(numbers), Some([major.saturating_add(1), 0, 0])),
                _ => return None,
            };
            whole.lowest = whole.lowest.max(lowest);
            whole.below = match (whole.below, below) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        Some(whole)
    }
}

/// The numbers, and how many are written. What follows a `-` is a release before the release.
fn version_of(text: &str) -> Option<([u64; 3], usize)> {
    let text = text.trim_start_matches('v');
    let text = text.split(['-', '+']).next().unwrap_or(text);
    let numbers: Vec<u64> = text.split('.').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let at = |position: usize| numbers.get(position).copied().unwrap_or(0);
    (numbers.len() <= 3).then(|| ([at(0), at(1), at(2)], numbers.len()))
}

#[cfg(test)]
mod tests {
    use super::Constraint;

    #[test]
    fn constraints_are_read_as_terraform_reads_them() {
        let of = |text: &str| Constraint::parse(text).map(|found| (found.lowest, found.below));
        assert_eq!(of(">= 1.0"), Some((Some([1, 0, 0]), None)));
        assert_eq!(of("~> 5.31"), Some((Some([5, 31, 0]), Some([6, 0, 0]))));
        assert_eq!(of("~> 5.31.2"), Some((Some([5, 31, 2]), Some([5, 32, 0]))));
        assert_eq!(of(">= 1.10, < 2"), Some((Some([1, 10, 0]), Some([2, 0, 0]))));
        assert_eq!(of("1.5.7"), Some((Some([1, 5, 7]), Some([1, 5, 8]))));
        assert_eq!(of("latest"), None);
        assert_eq!(of(""), None);
    }
}
