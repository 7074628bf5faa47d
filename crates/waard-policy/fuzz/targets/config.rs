//! Any bytes as `waard-policy.toml`; a platform with findings is judged by what can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waard_policy::Config;
use waard_policy_fuzz::{Files, judge};

const MANIFEST: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop}\nspec: {containers: [{name: api, image: api}]}\n";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Config::parse("waard-policy.toml", text) {
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "{:?} is not a piece of the file: {error}", error.span);
            assert!(!error.message.is_empty() && !error.help.is_empty());
            let before = &text[..error.span.start];
            assert_eq!(error.line, 1 + before.matches('\n').count(), "{error}");
        }
        Ok(config) => {
            judge(&Files::from([("k8s/api.yaml".to_owned(), MANIFEST.into())]), &config);
        }
    }
});
