//! What customers are told apart by: who they are, how they came, how important and how sensitive they are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who a customer is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    /// A natural person.
    Person,
    /// A company or another organisation.
    Company,
}

crate::labels! { CustomerKind = "CustomerKind":
    Person = "person", "个人", "Person";
    Company = "company", "企业", "Company";
}

/// By which channel a customer came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerChannel {
    /// They walked in.
    WalkIn,
    /// They called.
    Call,
    /// Online.
    Online,
    /// At an exhibition or event.
    Exhibition,
    /// The company passed them on.
    Assigned,
    /// Somebody brought them.
    Referral,
    /// We went to them unannounced.
    ColdVisit,
    /// An advertisement.
    Advertising,
    /// Another channel.
    Other,
}

crate::labels! { CustomerChannel = "CustomerChannel":
    WalkIn = "walk_in", "来访", "Walk-in";
    Call = "call", "来电", "Call";
    Online = "online", "网络", "Online";
    Exhibition = "exhibition", "展会活动", "Exhibition or event";
    Assigned = "assigned", "公司分配", "Assigned by the company";
    Referral = "referral", "转介绍", "Referral";
    ColdVisit = "cold_visit", "陌生拜访", "Cold visit";
    Advertising = "advertising", "广告", "Advertising";
    Other = "other", "其他", "Other";
}

/// How important a customer is. `[CUS-4; 000 §5.1]`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerImportance {
    /// Like most.
    #[default]
    Ordinary,
    /// Of weight.
    Important,
    /// Of the greatest weight.
    Key,
}

crate::labels! { CustomerImportance = "CustomerImportance":
    Ordinary = "ordinary", "一般", "Ordinary";
    Important = "important", "重要", "Important";
    Key = "key", "核心", "Key";
}

/// How sensitive what is known of a customer is. `[CUS-4; 000 §5.1]`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerSensitivity {
    /// As of most.
    #[default]
    Ordinary,
    /// To be handled with care.
    Sensitive,
    /// For few eyes.
    Confidential,
}

crate::labels! { CustomerSensitivity = "CustomerSensitivity":
    Ordinary = "ordinary", "一般", "Ordinary";
    Sensitive = "sensitive", "敏感", "Sensitive";
    Confidential = "confidential", "机密", "Confidential";
}
