//! A migration that is added is embedded at the next build, whatever else has changed.

fn main() {
    for engine in ["sqlite", "postgres"] {
        println!("cargo::rerun-if-changed=../migrations/{engine}");
    }
}
