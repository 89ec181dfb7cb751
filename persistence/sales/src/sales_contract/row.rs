//! Rows of contracts and of their lines.

use crate::{
    approval::document::StandingColumns,
    schema::{sales_contract_lines as lines, sales_contracts},
    spine::{Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, save_row, within},
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, Standing},
    customer_file::CustomerId,
    quantity::Quantity,
    sales_contract::{
        ContractKind, ContractLine, Ended, Ending, SalesContract, SalesContractContent, SalesContractId,
        SalesContractState, Signature,
    },
    spine::{BusinessDate, Currency, Money, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = sales_contracts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub customer_id: Key,
    pub kind: String,
    pub subject: String,
    pub region: Option<String>,
    pub channel: Option<String>,
    pub discount_minor: i64,
    pub total_minor: i64,
    pub currency: String,
    pub review: String,
    pub approved_at: Option<Instant>,
    pub signed_on: Option<BusinessDate>,
    pub signed_at: Option<Instant>,
    pub taken_by_id: Option<Key>,
    pub original: Option<String>,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
    pub search_text: String,
    pub instalments: String,
    pub revision: i32,
    pub ended_on: Option<BusinessDate>,
    pub expires_on: Option<BusinessDate>,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    contract_id: Key,
    place: i32,
    product_id: Key,
    quantity: i64,
    price_minor: i64,
    tax_rate_bp: i32,
}

impl Row {
    fn of(contract: &SalesContract, tx: &Tx<'_>) -> Result<Self, Failure> {
        let SalesContract { id, petition, department, content, signature, version, .. } = contract;
        let SalesContract { revision, expires_on, ended, .. } = contract;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let SalesContractContent { customer, kind, subject, region, channel, .. } = content;
        let SalesContractContent { lines: _, discount, review, instalments, .. } = content;
        let (at, reason) = standing.told();
        let approved = matches!(standing, Standing::Approved { .. }).then_some(at).flatten();
        let total = content.total().map_err(Failure::fault)?;
        Ok(Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            customer_id: (*customer).into(),
            kind: kind.code().to_owned(),
            subject: subject.clone(),
            region: region.clone(),
            channel: channel.clone(),
            discount_minor: discount.minor(),
            total_minor: total.minor(),
            currency: total.currency().code().to_owned(),
            review: serde_json::to_string(review)?,
            approved_at: approved.map(Into::into),
            signed_on: signature.as_ref().map(|signature| signature.on),
            signed_at: signature.as_ref().map(|signature| signature.at.into()),
            taken_by_id: signature.as_ref().map(|signature| signature.taken_by.into()),
            original: signature.as_ref().map(|signature| signature.original.clone()),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: contract.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
            search_text: search_text(&[], &[number, subject]),
            instalments: serde_json::to_string(instalments)?,
            revision: i32::try_from(*revision).unwrap_or(i32::MAX),
            ended_on: ended.map(|ended| ended.on),
            expires_on: *expires_on,
        })
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<SalesContractState, Failure> {
        SalesContractState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// The kind as it is kept.
    pub fn kind(&self) -> Result<ContractKind, Failure> {
        ContractKind::from_code(&self.kind).ok_or_else(|| self.corrupt("kind"))
    }

    /// What the customer pays.
    pub fn total(&self) -> Result<Money, Failure> {
        let currency = self.currency.parse().map_err(|_| self.corrupt("currency"))?;
        Ok(Money::from_minor(self.total_minor, currency))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("sales_contracts", column, self.id.0)
    }

    fn signature(&self) -> Result<Option<Signature>, Failure> {
        let Some(on) = self.signed_on else { return Ok(None) };
        let missing = |column| move || self.corrupt(column);
        Ok(Some(Signature {
            on,
            at: self.signed_at.ok_or_else(missing("signed_at"))?.into(),
            taken_by: self.taken_by_id.ok_or_else(missing("taken_by_id"))?.into(),
            original: self.original.clone().ok_or_else(missing("original"))?,
        }))
    }

    /// That it ended, by the state that it stands in since.
    fn ended(&self) -> Result<Option<Ended>, Failure> {
        let how = match self.state()? {
            SalesContractState::Terminated => Ending::Terminated,
            SalesContractState::Completed => Ending::Completed,
            SalesContractState::Expired => Ending::Expired,
            _ => return Ok(None),
        };
        let on = self.ended_on.ok_or_else(|| self.corrupt("ended_on"))?;
        Ok(Some(Ended { on, how }))
    }

    /// Where it stands on its way through approval: what is signed or cancelled after it keeps its own name.
    fn standing(&self) -> Result<Standing, Failure> {
        let status = match self.state()? {
            SalesContractState::Signed
            | SalesContractState::Terminated
            | SalesContractState::Completed
            | SalesContractState::Expired => "approved",
            SalesContractState::Cancelled => "revoked",
            state => state.code(),
        };
        let (status, reason) = (status.to_owned(), self.status_reason.clone());
        StandingColumns { status, at: self.status_at, reason }.standing("sales_contracts", self.id)
    }

    fn contract(self, lines: Vec<LineRow>) -> Result<SalesContract, Failure> {
        let (standing, signature, kind) = (self.standing()?, self.signature()?, self.kind()?);
        let ended = self.ended()?;
        let currency = self.total()?.currency();
        let lines = lines.into_iter().map(|row| row.line(currency)).collect::<Result<_, _>>()?;
        Ok(SalesContract {
            id: self.id.into(),
            department: self.department_id.into(),
            content: SalesContractContent {
                customer: self.customer_id.into(),
                kind,
                review: serde_json::from_str(&self.review)?,
                subject: self.subject,
                region: self.region,
                channel: self.channel,
                lines,
                discount: Money::from_minor(self.discount_minor, currency),
                instalments: serde_json::from_str(&self.instalments)?,
            },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            signature,
            revision: u32::try_from(self.revision).map_err(|_| Failure::fault("a revision"))?,
            expires_on: self.expires_on,
            ended,
            version: self.version,
        })
    }
}

impl LineRow {
    fn of(contract: Key, (place, line): (i32, &ContractLine)) -> Self {
        let ContractLine { product, quantity, price, tax_rate_bp } = line;
        Self {
            contract_id: contract,
            place,
            product_id: (*product).into(),
            quantity: quantity.scaled(),
            price_minor: price.minor(),
            tax_rate_bp: i32::try_from(*tax_rate_bp).unwrap_or(i32::MAX),
        }
    }

    fn line(self, currency: Currency) -> Result<ContractLine, Failure> {
        let Self { contract_id, place: _, product_id, quantity, price_minor, tax_rate_bp } = self;
        let corrupt = |_| Failure::corrupt("sales_contract_lines", "tax_rate_bp", contract_id.0);
        Ok(ContractLine {
            product: product_id.into(),
            quantity: Quantity::from_scaled(quantity),
            price: Money::from_minor(price_minor, currency),
            tax_rate_bp: u32::try_from(tax_rate_bp).map_err(corrupt)?,
        })
    }
}

impl Stored<crate::Sales> for SalesContract {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx)?;
        guard(save_row!(tx, sales_contracts, &row, before)?)?;
        if before.is_some_and(|before| before.content.lines == self.content.lines) {
            return Ok(());
        }
        let key = row.id;
        db!(tx, |c| diesel::delete(lines::table.filter(lines::contract_id.eq(key))).execute(c))?;
        let rows: Vec<LineRow> = (1..).zip(&self.content.lines).map(|line| LineRow::of(key, line)).collect();
        insert_all!(tx, lines::table, &rows);
        Ok(())
    }
}

/// One contract, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: SalesContractId) -> Result<SalesContract, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = sales_contracts::table.filter(sales_contracts::id.eq(key)).into_boxed();
        within!(query, sight, sales_contracts, "sales_contract").select(Row::as_select()).first(c)
    })?;
    whole(reader, row)
}

/// One contract whoever asks: for rules, never for an answer.
pub(crate) fn find_unscoped(reader: &mut Reader<'_>, id: SalesContractId) -> Result<SalesContract, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| sales_contracts::table
        .filter(sales_contracts::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    whole(reader, row)
}

/// The contracts of a customer to which money may be allocated, the one that was approved first before the others.
pub(crate) fn collecting(
    reader: &mut Reader<'_>,
    customer: CustomerId,
) -> Result<Vec<(Option<Instant>, SalesContractId)>, Failure> {
    /// Of more than so many, those approved first.
    const AT_MOST: i64 = 500;
    let key = Key::from(customer);
    let states = [
        SalesContractState::Approved,
        SalesContractState::Signed,
        SalesContractState::Terminated,
        SalesContractState::Completed,
        SalesContractState::Expired,
    ]
    .map(SalesContractState::code);
    let found: Vec<(Option<Instant>, Key)> = db!(reader, |c| sales_contracts::table
        .filter(sales_contracts::customer_id.eq(key).and(sales_contracts::status.eq_any(states)))
        .order((sales_contracts::approved_at, sales_contracts::id))
        .select((sales_contracts::approved_at, sales_contracts::id))
        .limit(AT_MOST)
        .load(c))?;
    Ok(found.into_iter().map(|(at, id)| (at, id.into())).collect())
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<SalesContract, Failure> {
    let key = row.id;
    let lines: Vec<LineRow> = db!(reader, |c| lines::table
        .filter(lines::contract_id.eq(key))
        .order(lines::place)
        .select(LineRow::as_select())
        .load(c))?;
    row.contract(lines)
}
