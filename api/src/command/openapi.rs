//! `openapi`: the document, the table of operations and the table of members; all are committed and compared in the
//! tests.

mod lines;
mod members;

use crate::spine::{Access, document};
use std::fmt::Write;

/// What of the interface is wanted, instead of its document.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Print the table of operations instead.
    #[arg(long)]
    routes: bool,
    /// Print the table of members of all schemas instead.
    #[arg(long, conflicts_with = "routes")]
    members: bool,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    match options {
        Options { routes: true, .. } => print!("{}", table()),
        Options { members: true, .. } => print!("{}", members()?),
        Options { .. } => println!("{}", text()?),
    }
    Ok(())
}

/// The OpenAPI document as JSON, with a line for each operation, schema, parameter, answer and event.
pub fn text() -> Result<String, String> {
    lines::write(&document(&crate::routes()))
}

/// One line per member of a schema: schema, member, what it may be.
pub fn members() -> Result<String, String> {
    let document = serde_json::to_value(document(&crate::routes())).map_err(|error| error.to_string())?;
    Ok(members::write(&document))
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
