#![allow(clippy::unwrap_used, reason = "tests may stop")]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Parts, banned, checksums, is_allowed};

#[test]
fn licences_are_read_as_their_expressions_say() {
    for good in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR X) AND ISC"] {
        assert!(is_allowed(good), "{good}");
    }
    assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only"));
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR X) AND GPL-2.0", "MIT OR", "MIT )"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}

fn tree(extra: &str) -> Value {
    let package = |name: &str, licence: &str| {
        json!({"id": name, "name": name, "version": "1.0.0", "license": licence,
               "source": if name == "daybook" { Value::Null } else { json!("elsewhere") }})
    };
    let dep = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
    json!({
        "packages": [package("daybook", "Apache-2.0"), package("one", "MIT"),
                     package("two", "ISC"), package(extra, "GPL-3.0")],
        "resolve": {"nodes": [
            {"id": "daybook", "deps": [dep("one", Value::Null), dep(extra, json!("dev"))]},
            {"id": "one", "deps": [dep("two", json!("build"))]},
            {"id": "two", "deps": []},
            {"id": extra, "deps": []},
        ]},
    })
}

#[test]
fn what_only_tests_need_is_no_part_and_what_is_banned_is_banned_everywhere() {
    let lock =
        "[[package]]\nname = \"one\"\nversion = \"1.0.0\"\nsource = \"x\"\nchecksum = \"ab\"\n";
    let parts = Parts::of(&tree("tool"), &checksums(lock)).unwrap();
    parts.check().unwrap();
    assert!(parts.list().contains("| two | 1.0.0 | ISC |"), "{}", parts.list());
    let made: Value = serde_json::from_str(&parts.cyclonedx().unwrap()).unwrap();
    assert_eq!(made["components"][0]["hashes"][0]["content"], "ab");
    assert_eq!(made["components"].as_array().unwrap().len(), 2);
    banned(&tree("tool")).unwrap();
    assert!(banned(&tree("openssl-sys")).is_err());
}

#[test]
fn the_bill_of_materials_names_only_what_it_lists() {
    let parts = Parts::of(&tree("tool"), &checksums("")).unwrap();
    let made: Value = serde_json::from_str(&parts.cyclonedx().unwrap()).unwrap();
    let root = made["metadata"]["component"]["bom-ref"].as_str().unwrap();
    let components = made["components"].as_array().unwrap();
    let mut known: BTreeSet<&str> =
        components.iter().map(|one| one["bom-ref"].as_str().unwrap()).collect();
    assert!(known.insert(root));
    assert_eq!(known.len(), components.len() + 1, "every reference is there once");
    for dependency in made["dependencies"].as_array().unwrap() {
        assert!(known.contains(dependency["ref"].as_str().unwrap()));
        for needed in dependency["dependsOn"].as_array().unwrap() {
            assert!(known.contains(needed.as_str().unwrap()), "{needed}");
        }
    }
}
