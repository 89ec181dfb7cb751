//! Who works here and may do what, what they agree to, the evidence, and what was done: kept and shown.

pub mod approval;
pub mod audit;
pub mod duty;
pub mod file;
pub mod identity;
pub mod incentive_entry;
pub mod measure;
pub mod operation;
pub mod organisation;
pub mod pack;
pub mod payroll_batch;
pub mod policy;
pub mod policy_replay;
pub mod separation_policy;
pub mod setup;
pub mod task;
pub mod vacancy;

pub use persistence_spine as spine;

use persistence_base_tables as schema;
use spine::Wing;

/// This wing as the keeper of its entities.
pub struct Base;

/// Who works here and may do what, as one kind of master data: rules about people look at both.
pub const PEOPLE: spine::Master = spine::Master("people");

/// What this wing brings.
pub const WING: &Wing = &Wing {
    name: "base",
    nouns: &[
        identity::NOUN,
        file::NOUN,
        organisation::NOUN,
        pack::NOUN,
        setup::NOUN,
        approval::NOUN,
        separation_policy::NOUN,
        vacancy::NOUN,
        duty::NOUN,
        task::NOUN,
        measure::NOUN,
        incentive_entry::NOUN,
        payroll_batch::NOUN,
        operation::NOUN,
        policy_replay::NOUN,
    ],
};

/// Stores what ships with the product: each wing registers its own. Doing it twice changes nothing.
///
/// # Errors
/// Where the database fails.
pub fn seed(tx: &mut spine::Tx<'_>) -> Result<(), spine::Failure> {
    start_alone(tx)?;
    for seed in tx.house().all::<Seed>() {
        (seed.0)(tx)?;
    }
    policy::ship_all(tx)
}

/// What a noun stores in a new database, beside the policies that it ships.
pub struct Seed(pub fn(&mut spine::Tx<'_>) -> Result<(), spine::Failure>);

/// What one server does for all as it starts, while others wait to find it done.
const FIRST_START: spine::Gate = spine::Gate { key: 7_221_054_003 };

/// Waits until no other server does what a start does once for all; until the end of the unit of work none does.
///
/// # Errors
/// [`spine::Failure::Moved`] where another has done something meanwhile: then this unit of work is done again.
pub fn start_alone(tx: &mut spine::Tx<'_>) -> Result<(), spine::Failure> {
    tx.hold_alone(FIRST_START)?;
    if tx.master_is_current()? { Ok(()) } else { Err(spine::Failure::Moved) }
}
