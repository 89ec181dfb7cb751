//! What is done with a customer beyond the file itself: seeing it whole, handing out all that is held, destroying it.
//! `[CUS-4, CUS-5, CUS-9, ID-6]`

use super::{
    apply, find, load, phone,
    row::merged_into,
    rules, standing,
    view::{CustomerView, show_as},
};
use crate::{
    customer_consent::{self, CustomerConsentView},
    customer_file::history::{self, CustomerChangeView},
    interaction::{self, InteractionView},
    organisation::Organisation,
    ownership_dispute,
    spine::{Failure, Key, Reader, Tx, View, erase_content, notice},
    tier_figure::{self, FigureView},
    tier_override,
};
use domain::{
    customer_file::{
        COPIED, Customer, CustomerId, CustomerImportance, CustomerSensitivity, REVEALED, StandingState,
    },
    spine::{EventKind, Permission},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A customer without a mask, for a reason that the trail keeps. `[ID-6]`
///
/// # Errors
/// Not found where the caller does not see the customer; denied where they hold the permission, but not as far.
pub fn reveal(tx: &mut Tx<'_>, id: CustomerId, reason: &str) -> Result<CustomerView, Failure> {
    let customer = find(tx, id)?;
    ensure_may_reveal(tx, id)?;
    tell(tx, REVEALED, id, reason)?;
    show_as(tx, customer, false)
}

/// The owner and their superiors need no permission for what is theirs.
fn ensure_may_reveal(reader: &mut Reader<'_>, id: CustomerId) -> Result<(), Failure> {
    let standing = standing::of(reader, id)?;
    let reach = reader.actor().reach(Permission::RevealCustomers);
    let entered = standing.state == StandingState::Unowned && standing.creator == reader.actor().user;
    if entered || reach.covers(standing.department, false) {
        return Ok(());
    }
    match standing.owner {
        Some(owner) if reader.actor().is(owner) || Organisation::caller_is_above(reader, owner)? => Ok(()),
        _ => Err(Failure::Denied(Permission::RevealCustomers)),
    }
}

fn tell(tx: &mut Tx<'_>, what: &'static EventKind, id: CustomerId, reason: &str) -> Result<(), Failure> {
    let user = tx.actor().user.uuid();
    notice(tx, what, Some(user), json!({"customer_id": id, "reason": reason}))
}

/// Everything that is held on a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerCopy {
    /// The file, without a mask.
    pub customer: CustomerView,
    /// What the customer agreed to.
    #[schema(max_items = 10_000)]
    pub consents: Vec<CustomerConsentView>,
    /// All interactions with them.
    #[schema(max_items = 100_000)]
    pub interactions: Vec<InteractionView>,
    /// Figures that people entered for the customer's tier.
    #[schema(max_items = 10_000)]
    pub tier_figures: Vec<FigureView>,
    /// When the file was changed, and what of it.
    #[schema(max_items = 100_000)]
    pub changes: Vec<CustomerChangeView>,
}

impl View for CustomerCopy {}

/// Everything that is held on a customer, handed out at their request. `[CUS-9]`
///
/// # Errors
/// Not found where the caller does not see the customer.
pub fn copy(tx: &mut Tx<'_>, id: CustomerId, reason: &str) -> Result<CustomerCopy, Failure> {
    let customer = find(tx, id)?;
    tell(tx, COPIED, id, reason)?;
    Ok(CustomerCopy {
        consents: customer_consent::of_customer(tx, id)?,
        interactions: interaction::all_with(tx, id)?,
        tier_figures: tier_figure::of_customer(tx, id)?,
        changes: history::of(tx, id)?,
        customer: show_as(tx, customer, false)?,
    })
}

/// Says how important and sensitive a customer is. Where that seals what stood in the clear, the trail's entries of it are
/// emptied too: they would tell what the file hides. `[CUS-4]`
///
/// # Errors
/// A file that is not active; `field_key.no_secret`.
pub fn classify(
    tx: &mut Tx<'_>,
    customer: Customer,
    (importance, sensitivity): (CustomerImportance, CustomerSensitivity),
) -> Result<Customer, Failure> {
    let (today, was_sealed, unchanged) = (tx.today(), customer.content.personal.is_sealed, customer.clone());
    let rules = rules(tx, today)?;
    let Some(change) = customer.classify(importance, sensitivity, &rules)? else { return Ok(unchanged) };
    if change.after().content.personal.is_sealed && !was_sealed {
        let id = domain::spine::Entity::uuid(&unchanged);
        erase_content(tx, id, "客户个人信息改为加密保存".to_owned())?;
        tx.connection().forget_answers_naming(id)?;
    }
    apply(tx, change)
}

/// What a noun registers that keeps something personal of customers: destroys it in its rows, and answers of which things the
/// trail may tell it.
pub struct ErasedWith(pub fn(&mut Tx<'_>, CustomerId) -> Result<Vec<Key>, Failure>);

/// Destroys what is personal of a customer and of the files that were merged into theirs, wherever it stands: file, numbers,
/// interactions with their files, notes beside consents, what other nouns keep of them, entries of the trail, answers kept for
/// retries. `[CUS-9]`
///
/// # Errors
/// One that is erased already.
pub fn erase(tx: &mut Tx<'_>, customer: Customer, reason: &str) -> Result<Customer, Failure> {
    for merged in merged_into(tx, customer.id)? {
        let merged = load(tx, merged)?;
        erase_one(tx, merged, reason)?;
    }
    erase_one(tx, customer, reason)
}

fn erase_one(tx: &mut Tx<'_>, customer: Customer, reason: &str) -> Result<Customer, Failure> {
    let (id, now) = (customer.id, tx.now());
    let mut things = interaction::erase(tx, id)?;
    things.extend(customer_consent::erase(tx, id)?);
    things.extend(ownership_dispute::erase(tx, id)?);
    things.extend(tier_figure::erase(tx, id)?);
    things.extend(tier_override::erase(tx, id)?);
    for other in tx.house().all::<ErasedWith>() {
        things.extend((other.0)(tx, id)?);
    }
    for thing in things {
        erase_content(tx, thing.0, reason.to_owned())?;
        tx.connection().forget_answers_naming(thing.0)?;
    }
    erase_content(tx, id.uuid(), reason.to_owned())?;
    tx.connection().forget_answers_naming(id.uuid())?;
    let erased = apply(tx, customer.erase(now)?)?;
    phone::write(tx, &erased)?;
    Ok(erased)
}
