//! 发票台账: the invoices on claims within the caller's sight, one a row, as finance reconciles them: filtered, sorted, by
//! keyset, with files of its own. `[EXP-6, INT-4]`

use crate::{
    finance::{
        expense_category::{Called, in_category},
        expense_claim::{ClaimRow, beside, covered, posted},
    },
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register},
    schema::{expense_claim_lines as lines, expense_claims as claims, invoices},
    search,
    spine::{
        Amount, Amounts, Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where,
        columns, narrow, orders, paged,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    finance::{expense_claim::ClaimState, invoice::InvoiceKind},
    spine::{AnyId, BusinessDate, Currency, DepartmentId, EmployeeId, Money, Permission},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An invoice on a line of a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InvoiceSummary)]
pub struct InvoiceSummary {
    /// The claim.
    pub claim_id: AnyId,
    /// Its number.
    #[schema(max_length = 60, example = "EC-2026-000123")]
    pub claim_number: String,
    /// Where the claim stands.
    pub claim_status: ClaimState,
    /// Whether the claim holds the invoice: nobody else is reimbursed for what it takes of it.
    pub is_held: bool,
    /// The line, counted from 1.
    #[schema(minimum = 1)]
    pub line: i32,
    /// What sort it is.
    pub kind: InvoiceKind,
    /// Its code.
    #[schema(max_length = 20)]
    pub code: Option<String>,
    /// Its number.
    #[schema(max_length = 40)]
    pub number: String,
    /// The day it was issued.
    pub issued_on: NaiveDate,
    /// The seller's name.
    #[schema(max_length = 200)]
    pub seller_name: String,
    /// The seller's tax number.
    #[schema(max_length = 20)]
    pub seller_tax_number: Option<String>,
    /// The buyer's name.
    #[schema(max_length = 200)]
    pub buyer_name: Option<String>,
    /// The amount without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// The total.
    pub total: Money,
    /// How much of the total the line takes.
    pub used: Money,
    /// The code of the line's category.
    #[schema(max_length = 60)]
    pub category: String,
    /// What the category is called in Chinese.
    #[schema(max_length = 60)]
    pub category_zh: String,
    /// What the category is called in English.
    #[schema(max_length = 60)]
    pub category_en: String,
    /// What the claim is for.
    #[schema(max_length = 2000)]
    pub purpose: Option<String>,
    /// The department whose claim it is.
    pub department: NamedRef,
    /// Who answers for the claim.
    pub submitter: PersonRef,
    /// The business day of the claim.
    pub business_date: NaiveDate,
    /// The voucher of the claim.
    #[schema(max_length = 40)]
    pub voucher_number: Option<String>,
    /// The day on which the claim was posted.
    pub posted_on: Option<NaiveDate>,
    /// The day of its last payment.
    pub paid_on: Option<NaiveDate>,
}

impl View for InvoiceSummary {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("submitter", &EMPLOYEE)];
}

/// Which invoices are wanted, and in what order.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct InvoiceFilter {
    /// Only on claims in these states, separated by commas.
    #[param(inline, example = "approved,posted")]
    pub status: Several<ClaimState>,
    /// Only these kinds, separated by commas.
    #[param(inline, example = "vat_special,fully_digital_special")]
    pub kind: Several<InvoiceKind>,
    /// Only on lines of this category or one below it.
    #[validate(length(min = 1, max = 60))]
    #[param(max_length = 60, example = "entertainment")]
    pub category: Option<String>,
    /// Only on claims of this department.
    pub department_id: Option<DepartmentId>,
    /// Only of this submitter.
    pub submitter_id: Option<EmployeeId>,
    /// Only of the seller with this tax number.
    #[validate(length(min = 1, max = 20))]
    #[param(max_length = 20, example = "91330100799655058B")]
    pub seller_tax_number: Option<String>,
    /// Only with at least this total, in the currency of the claim.
    #[serde(rename = "total[gte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "1000.00")]
    pub total_from: Option<Amount>,
    /// Only with at most this total, in the currency of the claim.
    #[serde(rename = "total[lte]")]
    #[param(value_type = Option<String>, max_length = 20, example = "5000.00")]
    pub total_to: Option<Amount>,
    /// Only where the claim is in this currency.
    #[param(inline)]
    pub total_currency: Option<Currency>,
    /// Only what was issued from this day on.
    #[serde(rename = "issued_on[gte]")]
    pub issued_from: Option<NaiveDate>,
    /// Only what was issued up to this day.
    #[serde(rename = "issued_on[lte]")]
    pub issued_to: Option<NaiveDate>,
    /// Only on claims from this business day on.
    #[serde(rename = "business_date[gte]")]
    pub business_from: Option<NaiveDate>,
    /// Only on claims up to this business day.
    #[serde(rename = "business_date[lte]")]
    pub business_to: Option<NaiveDate>,
    /// Only what was posted from this day on.
    #[serde(rename = "posted_on[gte]")]
    pub posted_from: Option<NaiveDate>,
    /// Only what was posted up to this day.
    #[serde(rename = "posted_on[lte]")]
    pub posted_to: Option<NaiveDate>,
    /// Only where this stands in number, seller, or in what its claim is found by, however that is read.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "云栖酒店")]
    pub q: Option<String>,
    /// The order; a minus turns it round. What was written last first where absent.
    #[param(inline)]
    pub sort: InvoiceOrder,
}

impl InvoiceFilter {
    fn total(&self) -> Amounts<'_> {
        let (from, to) = (self.total_from.as_ref(), self.total_to.as_ref());
        Amounts { name: "total", from, to, currency: self.total_currency }
    }

    fn wanted(&self) -> Where {
        let (filter, mut wanted) = (self, Where::new());
        narrow!(wanted, claims, filter; status in status, department_id = department_id,
            submitter_id = submitter_id, business_date >= business_from, business_date <= business_to);
        narrow!(wanted, invoices, filter; kind in kind, issued_on >= issued_from, issued_on <= issued_to);
        if let Some(seller) = &filter.seller_tax_number {
            wanted.also(invoices::seller_tax_number.eq(seller.clone()));
        }
        let range = filter.total();
        if let Some(currency) = range.currency {
            wanted.also(claims::currency.eq(currency.code()));
        }
        wanted.also_amount(&invoices::total_minor, &claims::currency, &range);
        if let Some(category) = &filter.category {
            wanted.also(in_category!(lines, category));
        }
        posted(&mut wanted, self.posted_from, self.posted_to);
        search!(wanted, filter, claims::search_text; claims::submitter_id, claims::beneficiary_id);
        wanted
    }
}

impl Filter for InvoiceFilter {
    fn amounts(&self) -> Vec<Amounts<'_>> {
        vec![self.total()]
    }
}

orders! {
    /// By what invoices are ordered.
    pub InvoiceOrder of PaperRow in invoices by id, descending:
    created_at = id;
    issued_on;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = invoices)]
struct PaperRow {
    id: Key,
    claim_id: Key,
    line: i32,
    kind: String,
    code: Option<String>,
    number: String,
    issued_on: BusinessDate,
    seller_name: String,
    seller_tax_number: Option<String>,
    buyer_name: Option<String>,
    net_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    reimbursed_minor: Option<i64>,
}

/// A page of invoices on claims within the caller's sight.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &InvoiceFilter,
    page: &Page,
) -> Result<Slice<InvoiceSummary>, Failure> {
    let sight = Sight::of(reader);
    let mut wanted = covered!(sight);
    wanted.also_all(filter.wanted());
    let on = lines::claim_id.eq(invoices::claim_id).and(lines::line.eq(invoices::line));
    let found = paged!(reader, page, filter.sort, wanted;
        invoices::table.inner_join(claims::table).inner_join(lines::table.on(on))
            => (PaperRow::as_select(), ClaimRow::as_select(), lines::category);
        |found: &(PaperRow, ClaimRow, String)| &found.0);
    let shown: Vec<Key> = found.data.iter().map(|(row, ..)| row.claim_id).collect();
    let (beside, called) = (beside::of(reader, &shown)?, Called::today(reader)?);
    let register = Register::of(reader)?;
    found.try_map(|(row, claim, category)| {
        let (claim_status, currency, purpose) = claim.read(row.claim_id)?;
        let days = beside.get(&row.claim_id.0).map(|beside| (beside.posted_on, beside.paid_on));
        let (posted_on, paid_on) = days.unwrap_or_default();
        let (category_zh, category_en) = called.of(&category);
        let money = |minor| Money::from_minor(minor, currency);
        let corrupt = || Failure::corrupt("invoices", "kind", row.claim_id.0);
        Ok(InvoiceSummary {
            claim_id: row.claim_id.into(),
            claim_number: claim.number,
            claim_status,
            is_held: claim_status.is_live(),
            line: row.line,
            kind: InvoiceKind::from_code(&row.kind).ok_or_else(corrupt)?,
            code: row.code,
            number: row.number,
            issued_on: row.issued_on,
            seller_name: row.seller_name,
            seller_tax_number: row.seller_tax_number,
            buyer_name: row.buyer_name,
            net: money(row.net_minor),
            tax: money(row.tax_minor),
            total: money(row.total_minor),
            used: money(row.reimbursed_minor.unwrap_or(row.total_minor)),
            category,
            category_zh,
            category_en,
            purpose,
            department: register.placed(claim.department_id.into())?,
            submitter: register.named(claim.submitter_id.into())?,
            business_date: claim.business_date,
            voucher_number: claim.voucher_number,
            posted_on,
            paid_on,
        })
    })
}

columns! { InvoiceSummary as "invoices" "发票台账" "Invoices", Permission::ExportExpenseClaims:
    kind "票据类型" "Kind";
    code "发票代码" "Code";
    number "发票号码" "Number";
    issued_on "开票日期" "Issued on";
    seller_name "销售方" "Seller";
    seller_tax_number "销售方税号" "Seller's tax number";
    buyer_name "购买方" "Buyer";
    currency "币种" "Currency" = |row| row.total.currency().code();
    net "金额" "Amount";
    tax "税额" "Tax";
    total "价税合计" "Total";
    used "本行报销金额" "Taken by the line";
    claim_number "报销单号" "Claim";
    line "行" "Line" = |row| i64::from(row.line);
    claim_status "报销单状态" "Status of the claim";
    is_held "占用" "Held";
    category "费用类别" "Category" = |row| (row.category_zh.as_str(), row.category_en.as_str());
    purpose "事由" "Purpose";
    department "部门" "Department";
    submitter_number "填报人工号" "Submitter's number" = |row| &row.submitter.number;
    submitter "填报人" "Submitter";
    business_date "业务日期" "Business date";
    voucher_number "凭证号" "Voucher";
    posted_on "入账日期" "Posted on";
    paid_on "付款日期" "Paid on";
}
