//! Random numbers that come out the same on every platform, and the distributions that are drawn with them.
//!
//! Two runs of a simulation that differ in one setting can only be compared if everything else meets the same luck.
//! So nothing is drawn from one long sequence: each thing that can be lucky (the third node that is launched, the start
//! of the fifth pod) has [dice of its own](Dice::at), made from the seed and from what it is.

mod distribution;

pub use distribution::{Distribution, DistributionError};

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Where random numbers come from. Copies throw the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dice {
    key: u64,
}

impl Dice {
    /// The dice of a seed.
    pub const fn new(seed: u64) -> Self {
        Self { key: mix(seed) }
    }

    /// The dice of a part: of a purpose and of which one of its kind, or of a run.
    #[must_use]
    pub const fn at(self, part: u64) -> Self {
        Self { key: mix(self.key ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15)) }
    }

    /// A number from 0 up to, never quite, 1. The same dice always throw the same number.
    pub fn throw(self) -> f64 {
        unit(Pcg64Mcg::seed_from_u64(self.key).next_u64())
    }

    /// As many numbers as are asked for.
    pub fn throws(self) -> impl Iterator<Item = f64> {
        let mut generator = Pcg64Mcg::seed_from_u64(self.key);
        std::iter::repeat_with(move || unit(generator.next_u64()))
    }

    /// A value of the distribution.
    pub fn draw(self, from: &Distribution) -> f64 {
        from.quantile(self.throw())
    }
}

/// The upper 53 bits as a fraction, which is all that a double holds.
fn unit(bits: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let numerator = (bits >> 11) as f64;
    numerator / 9_007_199_254_740_992.0
}

/// The finalizer of SplitMix64, so that neighbouring keys have nothing in common.
/// Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (2014), variant 13 of Stafford.
const fn mix(key: u64) -> u64 {
    let key = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_on_every_platform() {
        let dice = Dice::new(7);
        let bits = |dice: Dice| dice.throw().to_bits();
        assert_eq!(bits(dice.at(1)), bits(dice.at(1)));
        assert_ne!(bits(dice.at(1)), bits(dice.at(2)));
        assert_ne!(bits(dice.at(1).at(2)), bits(dice.at(2).at(1)));
        // Written down once; a change of generator or mixing shows here.
        let first: Vec<u64> = Dice::new(7).throws().take(3).map(f64::to_bits).collect();
        assert_eq!(first, PINNED);
    }

    const PINNED: [u64; 3] = [0x3fec_5822_8fb3_f0c0, 0x3fde_e491_0205_49cc, 0x3fd8_849a_8061_62e6];

    #[test]
    fn throws_are_even() {
        let n = 20_000_u32;
        let (mut sum, mut squares) = (0.0, 0.0);
        for part in 0..u64::from(n) {
            let x = Dice::new(1).at(part).throw();
            assert!((0.0..1.0).contains(&x));
            sum += x;
            squares += x * x;
        }
        let mean = sum / f64::from(n);
        let variance = squares / f64::from(n) - mean * mean;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 0.002, "{variance}");
    }
}
