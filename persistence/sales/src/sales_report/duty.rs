//! A report that is submitted fulfils what its author owes for the day or the month. `[SAL-4, DUT-1a]`

use super::row::find_unscoped;
use crate::duty::{Filed, FiledRecord};
use domain::sales_report::SalesReportId;
use serde_json::json;

/// A report was submitted.
pub(super) static SUBMITTED: Filed = Filed {
    source: "sales_report.submitted",
    zh: "销售报告已提交",
    en: "A report of selling was submitted",
    event: "sales_report.submitted",
    undone: &[],
    of: |reader, id| {
        let report = find_unscoped(reader, SalesReportId::from_uuid(id))?;
        Ok(Some(FiledRecord::Period {
            period: report.period,
            by: report.employee,
            department: report.department,
            facts: json!({"span": report.span()}),
        }))
    },
};
