//! The company's terms of selling, ordering, receivables and pursuing sales: policies of one shape, each in force on a day.
//! `[CON-1, COM-11, ORD-1, REC-1a, REC-1d, REC-1e, SAL-2, SAL-3]`

/// A policy of the company's terms: registered with what ships of it, and read as of today.
macro_rules! terms {
    ($(#[$doc:meta])* $module:ident: $type:ident, $code:ident, $shipped:ident, $name:literal, $clause:literal) => {
        $(#[$doc])*
        pub mod $module {
            use crate::{
                policy::{self, Kind, Shipped},
                spine::{Failure, Part, Reader},
            };
            use domain::{
                $module::{$code, $shipped, $type},
                spine::PolicyVersion,
            };
            use std::sync::Arc;

            /// What this noun brings to its wing.
            pub(crate) const NOUN: &[Part] =
                &[&Kind::of::<$type>(), &Shipped::text($code, $name, $clause, $shipped)];

            /// The terms of today.
            ///
            /// # Errors
            /// Where there are none.
            pub fn today(reader: &mut Reader<'_>) -> Result<Arc<PolicyVersion<$type>>, Failure> {
                let today = reader.today();
                policy::in_force(reader, "company", today)
            }
        }
    };
}

terms! {
    /// The company's terms of receivables. `[REC-1a, REC-1d]`
    receivable_terms: ReceivableTerms, RECEIVABLE_TERMS_CODE, SHIPPED_RECEIVABLE_TERMS, "应收账款规则", "001 第十七条"
}
terms! {
    /// The company's terms of pricing, ordering, delivering and granting credit. `[ORD-1, REC-1e]`
    order_terms: OrderTerms, ORDER_TERMS_CODE, SHIPPED_ORDER_TERMS, "订货与授信规则", "004 §5.2；002 §7"
}
terms! {
    /// The company's terms of selling. `[CON-1, COM-11]`
    sales_terms: SalesTerms, SALES_TERMS_CODE, SHIPPED_SALES_TERMS, "销售业务规则", "003 销售合同管理；002 §5"
}
terms! {
    /// The company's terms of pursuing sales. `[SAL-2, SAL-3]`
    pipeline_terms: PipelineTerms, PIPELINE_TERMS_CODE, SHIPPED_PIPELINE_TERMS, "销售过程规则", "001 奖惩条款 §3"
}
