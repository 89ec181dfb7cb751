//! Interactions with customers in the database: found within the caller's sight, written by applying changes, and told as
//! facts to what derives ownership. `[CUS-6]`

/// Which duties it fulfils.
mod duty;
/// What others reckon by.
pub mod fact;
/// How many are found, and what a day came to.
pub mod list;
mod row;
/// What one looks like.
pub mod view;

pub(crate) use list::all_with;
pub use list::{InteractionDay, InteractionDayFilter, InteractionFilter, days, list};
pub(crate) use row::erase;
pub use row::find;
pub(crate) use row::load;
pub use view::{InteractionView, show, view};

use crate::{
    audit::{Confidential, Shown},
    customer_file::{self, standing},
    file::{self, DocumentKind},
    organisation::Organisation,
    policy::{self, Kind, Shipped},
    spine::{Failure, Part, Reader, Tx},
};
use domain::{
    customer_file::CustomerId,
    interaction::{
        Interaction, InteractionPolicy, NOT_YOURS,
        policy::{INTERACTION_POLICY_CODE, SHIPPED_INTERACTION_POLICY},
    },
    spine::{BusinessDate, Change, Citation, Entity, Permission, PolicyVersion, Refusal},
};
use std::sync::Arc;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &Confidential { kind: Interaction::KIND, shown: Shown::Never },
    &Kind::of::<InteractionPolicy>(),
    &Shipped::text(INTERACTION_POLICY_CODE, "客户跟进规则", "002 §6 第四章", SHIPPED_INTERACTION_POLICY),
    &DocumentKind { kind: Interaction::KIND, may_read: row::may_read },
    &duty::QUALIFIED,
];

crate::spine::resource! { crate::Customer: Interaction as InteractionView; find, apply, show = show }

/// Writes a change of an interaction; what proves it are exactly the files it names.
///
/// # Errors
/// Files that are not the actor's; where it moved meanwhile.
pub fn apply(tx: &mut Tx<'_>, change: Change<Interaction>) -> Result<Interaction, Failure> {
    let interaction = tx.apply(change)?;
    if let Some(report) = &interaction.report {
        let at = if interaction.version == 1 { "/report/evidence" } else { "/evidence" };
        file::attach_exactly(tx, &report.evidence, Interaction::KIND, interaction.id.uuid(), at)?;
    }
    Ok(interaction)
}

/// Checks that the customer is one the caller sees, whose file is in use, and that a contact is theirs.
///
/// # Errors
/// A refusal that names the field.
pub fn refer(reader: &mut Reader<'_>, customer: CustomerId) -> Result<(), Failure> {
    customer_file::refer(reader, customer, "/customer_id")?.ensure_active()?;
    customer_file::scope::ensure_may_write(reader, customer)
}

/// Checks that the caller may void an interaction: a superior of whose it is, or somebody who supervises the customers of the
/// department.
///
/// # Errors
/// `interaction.not_yours` where they may not.
pub fn ensure_may_void(reader: &mut Reader<'_>, interaction: &Interaction) -> Result<(), Failure> {
    let department = standing::of(reader, interaction.customer)?.department;
    let reach = reader.actor().reach(Permission::SuperviseCustomers);
    let supervises = reach.covers(department, false) || reach.covers(interaction.department, false);
    if supervises || Organisation::caller_is_above(reader, interaction.employee)? {
        return Ok(());
    }
    Err(Refusal::new(NOT_YOURS).citing(Citation::rule("CUS-6")).into())
}

/// The company's rules for interactions on a day.
///
/// # Errors
/// Where there are none.
pub fn rules(
    reader: &mut Reader<'_>,
    on: BusinessDate,
) -> Result<Arc<PolicyVersion<InteractionPolicy>>, Failure> {
    policy::in_force(reader, "company", on)
}
