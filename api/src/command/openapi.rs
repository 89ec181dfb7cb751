//! `openapi`: the document, or the table of operations; both are committed and compared in the tests.

use crate::spine::{Access, document};
use std::fmt::Write;

pub(super) fn run(routes: bool) -> Result<(), String> {
    if routes {
        print!("{}", table());
        return Ok(());
    }
    println!("{}", text()?);
    Ok(())
}

/// The OpenAPI document as JSON.
pub fn text() -> Result<String, String> {
    document(&crate::routes()).to_pretty_json().map_err(|error| error.to_string())
}

/// One line per operation: operation, method, path, permission.
pub fn table() -> String {
    let mut lines: Vec<String> = crate::routes()
        .iter()
        .map(|route| {
            let access = match route.access {
                Access::Public => "public",
                Access::SignedIn => "signed-in",
                Access::Permission(permission) => permission.code(),
            };
            format!("{} {} {} {access}", route.operation_id, route.method, route.path)
        })
        .collect();
    lines.sort();
    lines.iter().fold(String::new(), |mut text, line| {
        let _infallible = writeln!(text, "{line}");
        text
    })
}
