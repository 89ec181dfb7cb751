//! What approvers see of a claim, part by part. What they cut themselves is no part of it. `[APR-6]`

use super::*;
use serde_json::Value;

impl ClaimContent {
    pub(super) fn said(&self) -> Vec<(ContentPart, Value)> {
        let lines = |part: fn(&Line) -> Value| -> Vec<Value> { self.lines.iter().map(part).collect() };
        let Self { department, beneficiary, business_date, campaign, region, request, advances, .. } = self;
        let Self { exchange, details, attachments, .. } = self;
        vec![
            (ContentPart::Money, json!([exchange, advances, lines(|line| json!(line.claimed))])),
            (ContentPart::Category, json!(lines(|line| json!(line.category)))),
            (ContentPart::Beneficiary, json!(beneficiary)),
            (
                ContentPart::BudgetLine,
                json!([
                    department,
                    campaign,
                    region,
                    request,
                    lines(|line| json!([line.cost_centre, line.request_line, line.advertisement]))
                ]),
            ),
            (ContentPart::Dates, json!([business_date, lines(|line| json!(line.occurred_on))])),
            (ContentPart::Wording, json!([details, lines(|line| json!(line.description))])),
            (
                ContentPart::Papers,
                json!([attachments, lines(|line| json!([line.invoices, line.quotes, line.tender]))]),
            ),
        ]
    }
}
