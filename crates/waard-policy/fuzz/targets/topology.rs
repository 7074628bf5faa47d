//! Any bytes as a topology. What is valid is written and read back, and everything is generated from it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waard_model::source::read;
use waard_policy::Config;
use waard_policy_fuzz::{Files, judge};

fuzz_target!(|data: &[u8]| {
    match read(data) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a word");
            let text = std::str::from_utf8(data).unwrap_or_default();
            for problem in &problems {
                let places = problem.span.iter().chain(problem.related.iter().map(|(span, _)| span));
                for span in places.chain(&problem.secrets) {
                    assert!(
                        text.get(span.clone()).is_some(),
                        "{span:?} is not a piece of the file: {}",
                        problem.message
                    );
                }
            }
        }
        Ok((topology, _)) => {
            let written = topology.spec().to_yaml();
            match read(written.as_bytes()) {
                Ok((again, _)) => assert_eq!(topology.spec(), again.spec(), "it reads back as something else"),
                Err(problems) => panic!("it doesn't read back: {problems:#?}\n{written}"),
            }
            for artifact in waard_k8s::emit(&topology).iter().chain(&waard_tf::emit(&topology)) {
                assert!(!artifact.text().is_empty());
            }
        }
    }
    judge(&Files::from([("waard.yaml".to_owned(), data.to_vec())]), &Config::default());
});
