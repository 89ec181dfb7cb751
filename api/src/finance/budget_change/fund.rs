//! Emergency funds, and the draws on them, reported on their own. `[BUD-7]`

use crate::spine::{Can, Column, Exported, Format, Label, List, Paged, Query, Reading};
use domain::spine::{DepartmentId, Permission, perm};
use persistence::finance::budget_change::{
    fund::{EmergencyFund, FundFilter, funds},
    list::{self as changes, EmergencyDraw},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

impl Exported for EmergencyFund {
    const FILE: Label = Label { name: "emergency-funds", zh: "应急资金", en: "Emergency funds" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("budget_number", "预算编号", "Budget", |fund| (&fund.budget_number).into()),
        Column::new("department", "部门", "Department", |fund| (&fund.department.name_zh).into()),
        Column::new("category", "费用类别", "Category", |fund| (&fund.category).into()),
        Column::new("period", "期间", "Period", |fund| fund.period.to_string().into()),
        Column::new("currency", "币种", "Currency", |fund| fund.set_aside.currency().code().into()),
        Column::new("set_aside", "预留金额", "Set aside", |fund| fund.set_aside.into()),
        Column::new("drawn", "已动用", "Drawn", |fund| fund.drawn.into()),
        Column::new("given_back", "已退回", "Given back", |fund| fund.given_back.into()),
        Column::new("remaining", "剩余", "Remaining", |fund| fund.remaining.into()),
        Column::new("draws", "动用次数", "Draws", |fund| fund.draws.into()),
        Column::new("is_open", "启用", "Open", |fund| fund.is_open.into()),
    ];
}

impl Exported for EmergencyDraw {
    const FILE: Label = Label { name: "emergency-draws", zh: "应急资金动用", en: "Emergency draws" };
    const PERMISSION: Option<Permission> = Some(Permission::ExportBudgets);
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("number", "编号", "Number", |draw| (&draw.number).into()),
        Column::new("fiscal_year", "年度", "Fiscal year", |draw| draw.fiscal_year.into()),
        Column::new("event", "应对事件", "Event", |draw| (&draw.event).into()),
        Column::new("event_on", "事件日期", "Event on", |draw| draw.event_on.into()),
        Column::new("reason", "原因", "Reason", |draw| (&draw.reason).into()),
        Column::new("department", "部门", "Department", |draw| (&draw.department.name_zh).into()),
        Column::new("submitter", "申请人", "Asked by", |draw| (&draw.submitter.name).into()),
        Column::new("currency", "币种", "Currency", |draw| draw.amount.currency().code().into()),
        Column::new("amount", "动用金额", "Amount", |draw| draw.amount.into()),
        Column::new("given_back", "退回金额", "Given back", |draw| draw.given_back.into()),
        Column::new("drawn_at", "生效时间", "In effect", |draw| draw.drawn_at.into()),
    ];
}

/// Which funds are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListEmergencyFunds {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
    /// Only of this department.
    department_id: Option<DepartmentId>,
}

/// Report the emergency funds: what was set aside, drawn, given back and is left. `[BUD-7]`
///
/// No document is charged to a fund, and no change takes money out of it but a draw.
#[utoipa::path(get, path = "/api/v1/emergency-funds")]
pub(super) async fn list_emergency_funds(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListEmergencyFunds>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<EmergencyFund> {
    let include_total = paged.include_total;
    let ListEmergencyFunds { fiscal_year, department_id: department } = filter.0;
    let filter = FundFilter { fiscal_year, department };
    reading.list_as(who, format, paged, move |reader, page| funds(reader, &filter, page, include_total)).await
}

/// Of which year draws are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
pub(super) struct ListEmergencyDraws {
    /// Only of this fiscal year.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999, example = 2026)]
    fiscal_year: Option<i32>,
}

/// Report the draws on emergency funds that took effect, the newest first. `[BUD-7]`
///
/// With the event each answered, and what was given back of it.
#[utoipa::path(get, path = "/api/v1/emergency-draws")]
pub(super) async fn list_emergency_draws(
    who: Can<perm::ReadBudgets>,
    filter: Query<ListEmergencyDraws>,
    format: Format,
    paged: Paged,
    reading: Reading,
) -> List<EmergencyDraw> {
    let (include_total, year) = (paged.include_total, filter.fiscal_year);
    reading
        .list_as(who, format, paged, move |reader, page| changes::draws(reader, year, page, include_total))
        .await
}
