//! Files of customers over HTTP. `[CUS-1 … CUS-5]`

/// What a client sends.
mod body;
/// Routes that show it, one or many.
mod find;
/// Routes that make and change it.
mod write;

use crate::spine::{Routes, routes};
use find::*;
use write::*;

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "customers",
        [list_customers, create_customer, show_customer, revise_customer, mirror_customer]
    );
}
