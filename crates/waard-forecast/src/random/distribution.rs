//! Distributions, drawn by their inverse: one throw gives one value, and a higher throw never a lower one.
//!
//! That is what makes runs comparable: with the same throw, a slower distribution gives a slower value.

use std::fmt;

/// How a quantity is spread, in the unit of whatever uses it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Fixed(f64),
    /// Anything from the first to the second alike.
    Uniform(f64, f64),
    /// From the first to the third, most likely near the second.
    Triangular(f64, f64, f64),
    /// The logarithm is normally distributed; given by median and 95th percentile. It never ends.
    LogNormal {
        /// The median.
        p50: f64,
        /// Nineteen of twenty are at most this.
        p95: f64,
    },
}

/// Why numbers make no distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DistributionError {
    /// A number isn't finite, or is below zero.
    #[error("its numbers must be finite and not below zero")]
    NotANumber,
    /// A later number is below an earlier one.
    #[error("its numbers must rise")]
    NotRising,
    /// The median of a lognormal distribution is zero.
    #[error("the median must be above zero")]
    NoMedian,
}

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_7;

impl Distribution {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// When numbers aren't finite, are negative or don't rise, or when a median is zero.
    pub fn checked(self) -> Result<Self, DistributionError> {
        let numbers = match self {
            Self::Fixed(value) => [value, value, value],
            Self::Uniform(least, most) => [least, least, most],
            Self::Triangular(least, likely, most) => [least, likely, most],
            Self::LogNormal { p50, p95 } => [p50, p50, p95],
        };
        let [first, second, third] = numbers;
        if !numbers.iter().all(|number| number.is_finite() && *number >= 0.0) {
            Err(DistributionError::NotANumber)
        } else if first > second || second > third {
            Err(DistributionError::NotRising)
        } else if matches!(self, Self::LogNormal { p50, .. } if p50 <= 0.0) {
            Err(DistributionError::NoMedian)
        } else {
            Ok(self)
        }
    }

    /// The value that a share `p` of all cases doesn't exceed.
    pub fn quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Fixed(value) => value,
            Self::Uniform(least, most) => least + p * (most - least),
            Self::Triangular(least, likely, most) => {
                let width = most - least;
                if width <= 0.0 {
                    return least;
                }
                // Below the peak the density rises with the distance, above it falls: areas are squares.
                if p * width <= likely - least {
                    least + (p * width * (likely - least)).sqrt()
                } else {
                    most - ((1.0 - p) * width * (most - likely)).sqrt()
                }
            }
            Self::LogNormal { p50, p95 } => {
                let sigma = libm::log(p95 / p50) / Z95;
                p50 * libm::exp(sigma * normal_quantile(p))
            }
        }
    }

    /// The middle: half of all cases are at most this.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Fixed(value) => value,
            Self::Uniform(least, most) => f64::midpoint(least, most),
            Self::Triangular(least, likely, most) => (least + likely + most) / 3.0,
            Self::LogNormal { p50, p95 } => {
                let sigma = libm::log(p95 / p50) / Z95;
                p50 * libm::exp(sigma * sigma / 2.0)
            }
        }
    }
}

impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(value) => write!(f, "{value}"),
            Self::Uniform(least, most) => write!(f, "{least}..{most}"),
            Self::Triangular(least, likely, most) => write!(f, "{least}..{likely}..{most}"),
            Self::LogNormal { p50, p95 } => write!(f, "{p50}~{p95}"),
        }
    }
}

/// The quantile of the standard normal distribution, to about 16 digits.
/// At the ends, where it would be infinite, it is that of the nearest throw that dice can make.
///
/// Source: Wichura, Algorithm AS 241: The Percentage Points of the Normal Distribution, Applied Statistics 37 (1988), PPND16.
fn normal_quantile(p: f64) -> f64 {
    const NEAREST: f64 = 1.0 / 9_007_199_254_740_992.0;
    let q = p.clamp(NEAREST, 1.0 - NEAREST) - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE.0, r) / polynomial(&CENTRE.1, r);
    }
    let tail = if q < 0.0 { 0.5 + q } else { 0.5 - q };
    let r = (-libm::log(tail)).sqrt();
    let value = if r <= 5.0 {
        polynomial(&MIDDLE.0, r - 1.6) / polynomial(&MIDDLE.1, r - 1.6)
    } else {
        polynomial(&FAR.0, r - 5.0) / polynomial(&FAR.1, r - 5.0)
    };
    if q < 0.0 { -value } else { value }
}

/// From the lowest power up.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

type Ratio = ([f64; 8], [f64; 8]);

#[allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "as they were published")]
const CENTRE: Ratio = (
    [
        3.3871328727963666080,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
);

#[allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "as they were published")]
const MIDDLE: Ratio = (
    [
        1.42343711074968357734,
        4.63033784615654529590,
        5.76949722146069140550,
        3.64784832476320460504,
        1.27045825245236838258,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187,
        1.67638483018380384940,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
);

#[allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "as they were published")]
const FAR: Ratio = (
    [
        6.65790464350110377720,
        5.46378491116411436990,
        1.78482653991729133580,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantile_is_that_of_the_tables() {
        // Abramowitz and Stegun, table 26.5, and the values that the algorithm was published with.
        let cases = [
            (0.5, 0.0),
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -8.209_536_151_601_387),
            (0.95, Z95),
            (0.975, 1.959_963_984_540_054),
            (0.999_9, 3.719_016_485_455_709),
        ];
        for (p, z) in cases {
            let found = normal_quantile(p);
            assert!((found - z).abs() < 1e-9 || p < 1e-15, "{p}: {found} instead of {z}");
        }
        assert!(normal_quantile(0.0).is_finite() && normal_quantile(1.0).is_finite());
    }

    #[test]
    fn percentiles_come_back() {
        let boot = Distribution::LogNormal { p50: 60.0, p95: 110.0 };
        assert!((boot.quantile(0.5) - 60.0).abs() < 1e-9);
        assert!((boot.quantile(0.95) - 110.0).abs() < 1e-9);
        let pull = Distribution::Triangular(10.0, 12.0, 20.0);
        assert_eq!((pull.quantile(0.0), pull.quantile(1.0)), (10.0, 20.0));
        // Left of the peak lies (12-10)/(20-10) of all.
        assert!((pull.quantile(0.2) - 12.0).abs() < 1e-12);
        assert_eq!(Distribution::Triangular(3.0, 3.0, 3.0).quantile(0.7).to_bits(), 3.0_f64.to_bits());
    }

    #[test]
    fn the_mean_is_that_of_many_draws() {
        for from in [
            Distribution::Fixed(5.0),
            Distribution::Uniform(5.0, 20.0),
            Distribution::Triangular(4.0, 5.0, 20.0),
            Distribution::LogNormal { p50: 60.0, p95: 110.0 },
        ] {
            let n = 40_000_u32;
            let sum: f64 = (0..n).map(|i| from.quantile((f64::from(i) + 0.5) / f64::from(n))).sum();
            let mean = sum / f64::from(n);
            assert!((mean / from.mean() - 1.0).abs() < 0.001, "{from}: {mean} instead of {}", from.mean());
        }
    }

    #[test]
    fn what_makes_no_distribution_is_refused() {
        assert_eq!(Distribution::Fixed(f64::NAN).checked(), Err(DistributionError::NotANumber));
        assert_eq!(Distribution::Uniform(-1.0, 2.0).checked(), Err(DistributionError::NotANumber));
        assert_eq!(Distribution::Uniform(3.0, 2.0).checked(), Err(DistributionError::NotRising));
        assert_eq!(Distribution::Triangular(1.0, 4.0, 3.0).checked(), Err(DistributionError::NotRising));
        assert_eq!(Distribution::LogNormal { p50: 0.0, p95: 3.0 }.checked(), Err(DistributionError::NoMedian));
    }
}
