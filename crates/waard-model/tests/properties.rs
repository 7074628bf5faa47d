//! Properties.
use proptest::prelude::*;
use waard_model::{source, strategy};
proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() })]
    #[test]
    fn valid(topology in strategy::topology()) {
        let yaml = topology.spec().to_yaml();
        let (again, _) = source::read(yaml.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}\n{yaml}"));
        prop_assert!(again == topology);
    }
}
