//! Files of customers over HTTP. `[CUS-1 … CUS-5]`

/// Routes that do something with a customer beyond the file itself.
mod act;
/// What a client sends.
mod body;
/// Routes that show it, one or many.
mod find;
/// Routes that take rows from files.
mod import;
/// Columns of the files that are imported.
mod row;
/// Routes that make and change it.
mod write;

use crate::spine::{Chore, Every, Routes, each, routes};
use persistence::{
    customer_file as customers,
    spine::{Database, Failure, Request},
};

use act::*;
use find::*;
use import::*;
use write::*;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "customers",
        [
            list_customers,
            create_customer,
            show_customer,
            revise_customer,
            mirror_customer,
            reveal_customer,
            copy_customer,
            verify_customer,
            classify_customer,
            erase_customer,
            list_customer_changes,
            show_customer_template,
            import_customers,
        ]
    );
    into.part(&import::KIND);
}

/// Files whose day of verification has come.
pub const VERIFICATIONS: &Chore = &Chore {
    name: "customer-verifications",
    every: Every::Seconds(600),
    run: |state| Box::pin(call_for_verifications(&state.database)),
};

/// Calls for the verification of the files whose day has come; safe to be done by several servers, and twice.
///
/// # Errors
/// A database that does not answer; a file that could not be called for, when the others have been.
pub async fn call_for_verifications(database: &Database) -> Result<(), Failure> {
    let due =
        database.read(Request::system("customer-verifications"), customers::due_for_verification).await?;
    each(database, "customer-verifications", due, customers::call_for_verification).await
}
