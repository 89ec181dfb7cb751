//! `openapi`: the document, the table of operations and the table of members; all are committed and compared in the
//! tests.

mod lines;
mod members;

use crate::{
    WINGS,
    spine::{Access, Wing, document},
};
use clap::builder::PossibleValuesParser;
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
    /// Print the document of one wing alone.
    #[arg(long, conflicts_with_all = ["routes", "members"], value_parser = names())]
    wing: Option<String>,
}

/// The names of the wings.
fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(WINGS.iter().map(|wing| wing.name))
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    match options {
        Options { routes: true, .. } => print!("{}", table()),
        Options { members: true, .. } => print!("{}", members()?),
        Options { wing, .. } => {
            let wing = WINGS.iter().find(|known| Some(known.name) == wing.as_deref());
            println!("{}", text(wing.copied())?);
        }
    }
    Ok(())
}

/// The OpenAPI document, or that of a wing, as JSON with a line for each operation, schema, parameter, answer, event.
pub fn text(wing: Option<&Wing>) -> Result<String, String> {
    lines::write(&document(crate::routes(), wing, &persistence::HOUSE))
}

/// One line per member of a schema: schema, member, what it may be.
pub fn members() -> Result<String, String> {
    let document = serde_json::to_value(document(crate::routes(), None, &persistence::HOUSE))
        .map_err(|error| error.to_string())?;
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
