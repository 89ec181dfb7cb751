//! Regulations in the database: who is ruled by them may read them; changed by whom they are issued. `[REG-1a]`

/// How policies cite clauses, and what of that leads nowhere.
pub mod citation;
/// Which rule enforces which clause.
pub mod coverage;
/// As items of packs.
mod pack;
mod row;
/// The texts that come with the product.
pub mod shipped;
/// What one regulation looks like, and all of them.
pub mod view;

pub use row::{find, load, refer};
pub use view::{REGULATION, RegulationFilter, RegulationRef, RegulationScope, RegulationView, list, view};

use crate::{
    organisation::{department, referred},
    policy::Clauses,
    schema::{regulation_askings as askings, regulation_versions as versions, regulations},
    setup::{self, SetupStep},
    spine::{Failure, Key, Part, Reader, Tx, db},
};
use diesel::prelude::*;
use domain::{
    regulation::{Regulation, RegulationDetails},
    spine::Change,
};

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[&Clauses(citation::is_known), &REGULATIONS, &pack::REGULATION];

/// What the rules cite.
const REGULATIONS: SetupStep = SetupStep {
    code: "regulations",
    zh: "启用随附制度或登记本公司的制度，由员工确认",
    en: "Load the regulations that come with the product, or enter your own, for people to acknowledge",
    href: "/api/v1/shipped-regulations",
    is_required: false,
    missing: |reader| {
        Ok(setup::unless(db!(reader, |c| diesel::select(diesel::dsl::exists(
            regulations::table.select(regulations::id)
        ))
        .get_result(c))?))
    },
};

crate::spine::resource! { crate::Governance: Regulation as RegulationView; find, apply, view = view }

/// Writes a change of a regulation. Whoever comes into its scope is asked what they know of it.
pub fn apply(tx: &mut Tx<'_>, change: Change<Regulation>) -> Result<Regulation, Failure> {
    let scope = |regulation: &Regulation| regulation.details.scope.clone();
    let is_rescoped = change.before().is_some_and(|before| scope(before) != scope(change.after()));
    let regulation = tx.apply(change)?;
    if is_rescoped {
        let key = Key::from(regulation.id);
        let of_it = versions::table.filter(versions::regulation_id.eq(key)).select(versions::id);
        db!(tx, |c| diesel::delete(askings::table.filter(askings::version_id.eq_any(of_it))).execute(c))?;
    }
    Ok(regulation)
}

/// Checks that the departments that a regulation names are there, and that who issues it lies within the caller's reach.
///
/// # Errors
/// A refusal that names the field.
pub fn refer_to(reader: &mut Reader<'_>, details: &RegulationDetails) -> Result<(), Failure> {
    department::refer(reader, details.department, "/department_id")?;
    referred(department::ensure_within_reach(reader, details.department), "/department_id")?;
    department::refer(reader, details.interpreter, "/interpreter_id")?;
    Ok(())
}
