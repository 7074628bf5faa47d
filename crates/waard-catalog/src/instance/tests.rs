use super::*;
use crate::catalog::{INSTANCES, OFFERINGS, catalog};
use crate::table::assert_sound;

fn instance(name: &str) -> &'static Instance {
    catalog().instance(name).unwrap()
}

#[test]
fn every_row_is_sound_and_none_is_missing() {
    assert_eq!(assert_sound::<Instance>(INSTANCES).len(), 235);
}

#[test]
fn every_type_has_exactly_one_row_of_offerings_and_every_region_in_them_is_surveyed() {
    let rows = assert_sound::<OfferingRow>(OFFERINGS);
    for instance in catalog().instances() {
        let of_it = rows.iter().filter(|row| row.scope == instance.name || row.scope == instance.family());
        assert_eq!(of_it.count(), 1, "{}", instance.name);
    }
    for row in &rows {
        for region in &row.absent_in {
            assert!(catalog().region(region).is_some_and(|region| region.surveyed), "{}: {region}", row.scope);
        }
    }
}

#[test]
fn a_type_that_no_region_offers_is_marked_so() {
    let surveyed: Vec<&str> =
        catalog().regions().iter().filter(|region| region.surveyed).map(|region| region.name.as_str()).collect();
    for instance in catalog().instances() {
        let somewhere = surveyed.iter().any(|region| catalog().offer(&instance.name, region) == Offer::Yes);
        assert_eq!(instance.offered, somewhere, "{}", instance.name);
    }
    assert!(!instance("p3.2xlarge").offered);
    assert!(instance("p3dn.24xlarge").offered);
}

#[test]
fn a_family_can_be_missing_in_one_region() {
    assert_eq!(catalog().offer("g6.xlarge", "us-east-1"), Offer::Yes);
    assert_eq!(catalog().offer("g6.xlarge", "eu-west-1"), Offer::No);
    assert_eq!(catalog().offer("g6.xlarge", "mx-central-1"), Offer::Unknown);
    assert_eq!(catalog().offer("g6.xlarge", "us-east-9"), Offer::Unknown);
    assert_eq!(catalog().offer("z9.large", "us-east-1"), Offer::Unknown);
    assert_eq!(catalog().offer("inf2.xlarge", "ap-northeast-2"), Offer::Yes);
    assert_eq!(catalog().offer("inf2.48xlarge", "ap-northeast-2"), Offer::No);
}

#[test]
fn max_pods_follow_the_network_and_the_caps() {
    let cases = [
        // name, by addresses, managed, with prefixes
        ("c5.2xlarge", 58, 58, Some(110)),
        ("c5.4xlarge", 234, 110, Some(110)),
        ("m5.24xlarge", 737, 250, Some(250)),
        ("t3.nano", 4, 4, Some(34)),
        ("t3.medium", 17, 17, Some(110)),
        ("p3.2xlarge", 58, 58, None),
        ("p5.48xlarge", 100, 100, Some(250)),
    ];
    for (name, addresses, managed, prefix) in cases {
        let node = instance(name);
        assert_eq!(
            (node.max_pods(), node.max_pods_managed(), node.max_pods_prefix()),
            (addresses, managed, prefix),
            "{name}"
        );
    }
}

#[test]
fn allocatable_of_the_audited_node() {
    // 8000 - 60 - 10 - 10 - 10 millis; 16384 - (255 + 11 x 58) - 100 MiB = 15.03 GiB.
    let node = instance("c5.2xlarge").allocatable(58);
    assert_eq!((node.cpu_millis, node.memory_mib, node.pods, node.gpus), (7910, 15_391, 58, 0));
    // Karpenter's 7.5 %: 16384 - 1229 - 993.
    assert_eq!(node.memory_mib_low, 14_162);
    assert_eq!(instance("p3.2xlarge").allocatable(58).gpus, 1);
}

#[test]
fn the_reserve_follows_the_network_where_the_cap_is_lower_and_the_cap_where_it_is_higher() {
    let large = instance("m5.24xlarge");
    assert_eq!(large.allocatable(250).memory_mib, 393_216 - (255 + 11 * 737) - 100);
    let prefixes = instance("c5.2xlarge").allocatable(110);
    assert_eq!((prefixes.memory_mib, prefixes.pods), (16_384 - (255 + 11 * 110) - 100, 110));
}

#[test]
fn every_node_keeps_something_and_gives_something() {
    for instance in catalog().instances() {
        let node = instance.allocatable(instance.max_pods_managed());
        assert!(node.cpu_millis < u32::from(instance.vcpu) * 1000, "{}", instance.name);
        assert!(0 < node.memory_mib_low && node.memory_mib_low < node.memory_mib, "{}", instance.name);
        assert!(node.memory_mib < instance.memory_mib, "{}", instance.name);
        let left = node.minus(catalog().node_overhead().value);
        assert!(left.cpu_millis > 0 && left.memory_mib < node.memory_mib, "{}", instance.name);
        assert_eq!(left.pods, node.pods - 4, "{}", instance.name);
    }
}

#[test]
fn names_split_into_family_and_size() {
    let node = instance("m7g.large");
    assert_eq!((node.family(), node.size(), node.arch), ("m7g", "large", Arch::Arm64));
    assert_eq!(catalog().instance("m7g"), None);
    assert_eq!(catalog().instance(""), None);
}
