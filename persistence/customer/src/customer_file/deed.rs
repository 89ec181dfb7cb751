//! What is done with a customer beyond the file itself: seeing it whole, handing out all that is held, destroying it.
//! `[CUS-4, CUS-5, CUS-9, ID-6]`

use super::{
    apply, find,
    held::{ErasedWith, HeldWith},
    load, phone,
    row::merged_into,
    rules, standing,
    view::{CustomerView, show_as},
};
use crate::{
    customer_consent::{self, CustomerConsentView},
    customer_file::history::{self, CustomerChangeView},
    interaction::{self, InteractionView},
    organisation::Organisation,
    spine::{Failure, Reader, Tx, View, erase_content, notice},
    tier_figure::{self, FigureView},
};
use domain::{
    customer_file::{
        COPIED, Customer, CustomerId, CustomerImportance, CustomerSensitivity, REVEALED, StandingState,
    },
    spine::{EventKind, Permission},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
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
    /// The files that were merged into it, without a mask; what is held of them stands with what is held of the customer.
    #[schema(max_items = 1_000)]
    pub merged_files: Vec<CustomerView>,
    /// Everything else that refers to the customer, by kinds: registrations, whose they are and were, receptions, disputes,
    /// helpers, merges, assessments, what was sold to them.
    #[schema(max_items = 100)]
    pub records: Vec<HeldView>,
}

/// What is held of a customer of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerHeldRecords)]
pub struct HeldView {
    /// Which kind of record.
    #[schema(max_length = 60, example = "registration")]
    pub kind: &'static str,
    /// What people call them, in Chinese.
    #[schema(max_length = 60, example = "客户登记")]
    pub name_zh: &'static str,
    /// The same in English.
    #[schema(max_length = 60, example = "Registrations")]
    pub name_en: &'static str,
    /// Each of them as it is shown by itself.
    #[schema(max_items = 100_000, value_type = Vec<Object>)]
    pub records: Vec<Value>,
}

impl View for CustomerCopy {}

/// Everything that is held on a customer, handed out at their request. `[CUS-9]`
///
/// # Errors
/// Not found where the caller does not see the customer.
pub fn copy(tx: &mut Tx<'_>, id: CustomerId, reason: &str) -> Result<CustomerCopy, Failure> {
    let customer = find(tx, id)?;
    tell(tx, COPIED, id, reason)?;
    let mut ids = vec![id];
    ids.extend(merged_into(tx, id)?);
    let mut copy = CustomerCopy {
        customer: show_as(tx, customer, false)?,
        consents: Vec::new(),
        interactions: Vec::new(),
        tier_figures: Vec::new(),
        changes: Vec::new(),
        merged_files: Vec::new(),
        records: records(tx, &ids)?,
    };
    for held in ids {
        copy.consents.extend(customer_consent::of_customer(tx, held)?);
        copy.interactions.extend(interaction::all_with(tx, held)?);
        copy.tier_figures.extend(tier_figure::of_customer(tx, held)?);
        copy.changes.extend(history::of(tx, held)?);
        if held != id {
            let merged = load(tx, held)?;
            copy.merged_files.push(show_as(tx, merged, false)?);
        }
    }
    Ok(copy)
}

/// What the nouns hold of these files, kind by kind; a record that names two of them once.
fn records(tx: &mut Tx<'_>, ids: &[CustomerId]) -> Result<Vec<HeldView>, Failure> {
    let mut shown = Vec::new();
    for with in tx.house().all::<HeldWith>() {
        let mut records: Vec<Value> = Vec::new();
        for id in ids {
            for record in (with.all)(tx, *id)? {
                if !records.contains(&record) {
                    records.push(record);
                }
            }
        }
        let HeldWith { kind, zh, en, .. } = *with;
        shown.push(HeldView { kind, name_zh: zh, name_en: en, records });
    }
    Ok(shown)
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
    let mut things = BTreeSet::new();
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
