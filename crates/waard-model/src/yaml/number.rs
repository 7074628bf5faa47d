//! Numbers as text that YAML 1.1 and 1.2 readers read as the same number.

use std::fmt::{Debug, Display, Write as _};

/// Appends a whole number.
pub(super) fn int(out: &mut String, number: impl Display) {
    // Writing to a string can't fail.
    let _ = write!(out, "{number}");
}

/// Appends a float, given as itself so that an `f32` keeps its own shortest digits.
pub(super) fn float<F: Copy + Debug + Into<f64>>(out: &mut String, number: F) {
    let wide: f64 = number.into();
    if wide.is_nan() {
        out.push_str(".nan");
    } else if wide.is_infinite() {
        out.push_str(if wide > 0.0 { ".inf" } else { "-.inf" });
    } else {
        let start = out.len();
        let _ = write!(out, "{number:?}");
        let exponent = out.get(start..).and_then(|text| text.find('e')).map(|at| start + at);
        if let Some(exponent) = exponent {
            // YAML 1.1 sees a float only with a point before the exponent and a sign in it: not 1e16 but 1.0e+16.
            if !out.get(exponent..).is_some_and(|text| text.starts_with("e-")) {
                out.insert(exponent + 1, '+');
            }
            if !out.get(start..exponent).is_some_and(|text| text.contains('.')) {
                out.insert_str(exponent, ".0");
            }
        }
    }
}
