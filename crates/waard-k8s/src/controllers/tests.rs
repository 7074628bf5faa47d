use super::*;
use proptest::strategy::{Strategy, ValueTree};
fn show(t: &waard_model::Topology) {
    for (environment, region) in t.regions() {
        for c in controllers(Site { topology: t, environment, region }) {
            println!("### {} {} {} {} {} {}", region.name(), c.name, c.namespace, c.wave, c.chart, c.version);
            println!("{}", c.values);
        }
    }
}
#[test]
fn dump() {
    let text = std::fs::read("/work/wt/controllers/fixtures/waardhaven/waard.yaml").unwrap();
    let mut t = waard_model::source::read(&text).unwrap().0;
    show(&t);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..150 {
        t = waard_model::strategy::topology().new_tree(&mut runner).unwrap().current();
        show(&t);
    }
}
