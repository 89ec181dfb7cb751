//! How a rule says no: a stable code, texts in two languages, the rule and the clause. `[INT-6]`

use super::{Citation, Coded};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A language the product speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// Chinese as written in China, the default.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// What sort of no it is; the HTTP edge makes a status of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefusalKind {
    /// The state of things does not allow it now (409).
    Conflict,
    /// What was asked breaks a rule or is not well formed (422).
    Invalid,
    /// The caller is not the one to do this (403).
    Forbidden,
    /// The caller could not be authenticated (401).
    Unauthenticated,
    /// There is no such thing, or not for this caller (404).
    NotFound,
    /// Too often (429).
    TooMany,
}

/// One way to be refused. The code never changes; the texts may.
#[derive(PartialEq, Eq, Debug)]
pub struct RefusalCode {
    /// `context.reason`.
    pub code: &'static str,
    /// What sort of no.
    pub kind: RefusalKind,
    /// The Chinese text; `{name}` stands for a parameter.
    pub zh: &'static str,
    /// The English text; `{name}` stands for a parameter.
    pub en: &'static str,
}

impl RefusalCode {
    /// The text in both languages, as a parameter of another text.
    pub fn texts(&self, params: &Map<String, Value>) -> Map<String, Value> {
        let text = |language: Language| (language.tag().to_owned(), self.text(language, params).into());
        Map::from_iter([Language::Chinese, Language::English].map(text))
    }

    /// The text in a language with its parameters filled in; what stands in braces and is no parameter stays.
    pub fn text(&self, language: Language, params: &Map<String, Value>) -> String {
        let mut rest = match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        };
        let mut text = String::with_capacity(rest.len() * 2);
        while let Some((before, named)) = rest.split_once('{') {
            text.push_str(before);
            let parameter =
                named.split_once('}').and_then(|(name, after)| Some((shown(params, name, language)?, after)));
            rest = match parameter {
                Some((value, after)) => {
                    text.push_str(&value);
                    after
                }
                None => {
                    text.push('{');
                    named
                }
            };
        }
        text + rest
    }
}

/// Something said in both languages, as a parameter of a text: people read it in theirs.
pub fn in_both(zh: impl Into<Value>, en: impl Into<Value>) -> Value {
    let said = [(Language::Chinese, zh.into()), (Language::English, en.into())];
    Map::from_iter(said.map(|(language, text)| (language.tag().to_owned(), text))).into()
}

/// Under which name a parameter's labels are given, where people read those in its place.
pub fn label_of(name: &str) -> String {
    format!("{name}_label")
}

/// What a text shows in the place of a parameter.
fn shown<'a>(params: &'a Map<String, Value>, name: &str, language: Language) -> Option<Cow<'a, str>> {
    match read(params, name) {
        Some(value) => Some(said(value, language)),
        None if name == BOUNDS => Some(bounds(params, language).into()),
        None => None,
    }
}

/// In the place of this parameter a text says within which bounds something must lie, by the parameters `min` and `max`.
/// One that is open at an end leaves that end out.
const BOUNDS: &str = "bounds";

fn bounds(params: &Map<String, Value>, language: Language) -> String {
    let bound = |name: &str| params.get(name).map(|value| said(value, language));
    match (bound("min"), bound("max"), language) {
        (Some(min), Some(max), Language::Chinese) if min == max => format!("须为 {min}"),
        (Some(min), Some(max), Language::English) if min == max => format!("must be {min}"),
        (Some(min), Some(max), Language::Chinese) => format!("须在 {min} 至 {max} 之间"),
        (Some(min), Some(max), Language::English) => format!("must be between {min} and {max}"),
        (Some(min), None, Language::Chinese) => format!("不得小于 {min}"),
        (Some(min), None, Language::English) => format!("must be at least {min}"),
        (None, Some(max), Language::Chinese) => format!("不得超过 {max}"),
        (None, Some(max), Language::English) => format!("must be at most {max}"),
        (None, None, Language::Chinese) => "不符合要求".to_owned(),
        (None, None, Language::English) => "is not allowed".to_owned(),
    }
}

/// The parameter that a text shows: the labels of a code, where there are any.
fn read<'a>(params: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    params.get(&label_of(name)).or_else(|| params.get(name))
}

/// A parameter as it stands in a text. One that is a text itself stands there in both languages.
pub fn said(value: &Value, language: Language) -> Cow<'_, str> {
    match value.get(language.tag()).unwrap_or(value) {
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

/// Declares the refusals of a context: constants, and a table of them all.
#[macro_export]
macro_rules! refusals {
    ($table:ident: $($name:ident = $code:literal, $kind:ident, $zh:literal, $en:literal;)*) => {
        $(#[doc = $en] pub const $name: &$crate::spine::RefusalCode = &$crate::spine::RefusalCode {
            code: $code, kind: $crate::spine::RefusalKind::$kind, zh: $zh, en: $en };)*
        /// Every refusal of this context.
        pub const $table: &[&$crate::spine::RefusalCode] = &[$($name),*];
    };
}

/// The refusals that belong to no single context.
pub mod codes {
    crate::refusals! { SPINE_REFUSALS:
        VALIDATION_FAILED = "validation.failed", Invalid, "提交的内容有 {count} 处不符合要求", "The request has {count} invalid values";
        REQUIRED = "validation.required", Invalid, "必填", "This is required";
        OUT_OF_RANGE = "validation.out_of_range", Invalid, "数值{bounds}", "The value {bounds}";
        PERIOD_REVERSED = "validation.period_reversed", Invalid, "起始 {from} 晚于截止 {to}", "The start {from} lies after the end {to}";
        BAD_LENGTH = "validation.length", Invalid, "长度{bounds}（文字按字符计，列表按项计）", "The length {bounds}, counted in characters or in the items of a list";
        TOO_MUCH = "validation.too_much", Invalid, "一次提交的内容过多（最多 {max} 个数据项），请分次提交", "Too much was sent at once (at most {max} values); send it in parts";
        BAD_FORMAT = "validation.format", Invalid, "格式不正确（{expected}）", "The form is not right ({expected})";
        NOT_ONE_OF = "validation.not_one_of", Invalid, "须为以下之一：{values}", "It must be one of: {values}";
        BAD_CHARACTER = "validation.character", Invalid, "含有控制字符或改变文字方向的字符，或者没有任何可见字符，请重新输入", "The text has control characters or characters that change its direction, or none that can be seen; type it anew";
        UNKNOWN_MEMBER = "validation.unknown_member", Invalid, "没有此字段", "There is no such member";
        UNKNOWN_PARAMETER = "validation.unknown_parameter", Invalid, "没有此参数", "There is no such parameter";
        REPEATED_PARAMETER = "validation.repeated_parameter", Invalid, "参数只能出现一次", "The parameter may be given only once";
        NOT_UNIQUE = "validation.not_unique", Conflict, "“{value}”已存在", "\"{value}\" exists already";
        UNKNOWN_REFERENCE = "validation.unknown_reference", Invalid, "引用的对象不存在", "What is referred to does not exist";
        VERSION_MOVED = "state.version_moved", Conflict, "内容已被他人修改，请刷新后重试", "It was changed meanwhile; read it again";
        BATCH_REFUSED = "batch.refused", Invalid, "{count} 项中有 {refused} 项不能办理，全部未办理", "{refused} of {count} items cannot be done, so none was";
        WRONG_CURRENCY = "money.wrong_currency", Invalid, "币种须为 {expected}", "The currency must be {expected}";
        AMOUNT_TOO_LARGE = "money.too_large", Invalid, "金额过大", "The amount is too large";
        AMOUNT_NOT_POSITIVE = "money.not_positive", Invalid, "金额须大于零", "The amount must be more than zero";
    }
}
pub use codes::SPINE_REFUSALS;

/// One thing that is wrong with one field of what was sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// Where: a JSON pointer such as `/lines/0/amount`; empty for the whole.
    pub pointer: String,
    /// What.
    pub code: &'static RefusalCode,
    /// The parameters of its text.
    pub params: Map<String, Value>,
}

/// A rule's no.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// Which no.
    pub code: &'static RefusalCode,
    /// The parameters of its text.
    pub params: Map<String, Value>,
    /// What it rests on.
    pub citation: Option<Citation>,
    /// The fields at fault, all of them.
    pub findings: Vec<Finding>,
}

impl Refusal {
    /// A refusal without parameters.
    pub fn new(code: &'static RefusalCode) -> Self {
        Self { code, params: Map::new(), citation: None, findings: Vec::new() }
    }
    /// Fills in a parameter of the text; it is also given to the client as data.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
    /// Fills in a parameter with a value of an enum: the client is given its code, people read its label.
    #[must_use]
    pub fn with_label(self, name: &str, value: impl Coded) -> Self {
        self.with_labelled(name, value.code(), value.labels())
    }
    /// The same with a code and its labels, Chinese and English.
    #[must_use]
    pub fn with_labelled(
        self,
        name: &str,
        code: &'static str,
        (zh, en): (&'static str, &'static str),
    ) -> Self {
        self.with(&label_of(name), in_both(zh, en)).with(name, code)
    }
    /// Fills in a parameter with what another refusal says, in both languages.
    #[must_use]
    pub fn with_text(self, name: &str, said: &Self) -> Self {
        self.with(name, said.code.texts(&said.params))
    }
    /// Names the rule.
    #[must_use]
    pub fn citing(mut self, citation: Citation) -> Self {
        self.citation = Some(citation);
        self
    }
    /// Names the field at fault.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.findings.push(Finding { pointer: pointer.into(), code: self.code, params: self.params.clone() });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CODE: &RefusalCode = &RefusalCode {
        code: "test.limit",
        kind: RefusalKind::Invalid,
        zh: "{who}最多{limit}元",
        en: "{who} may spend {limit} at most, see {clause}",
    };

    fn said(language: Language, params: Value) -> String {
        let Value::Object(params) = params else { panic!("parameters have names") };
        CODE.text(language, &params)
    }

    #[test]
    fn texts_name_their_parameters_in_the_language_of_the_reader() {
        let params = json!({"who": {"zh-CN": "财务", "en": "Finance"}, "limit": 500, "unused": "x"});
        assert_eq!(said(Language::Chinese, params.clone()), "财务最多500元");
        // A parameter that nobody gave stays as it is written.
        assert_eq!(said(Language::English, params), "Finance may spend 500 at most, see {clause}");
    }

    #[test]
    fn a_bound_that_is_open_is_left_out() {
        let said = |params: Value, language| {
            let Value::Object(params) = params else { panic!("parameters have names") };
            codes::OUT_OF_RANGE.text(language, &params)
        };
        for (params, zh, en) in [
            (json!({"min": 1, "max": 9}), "数值须在 1 至 9 之间", "The value must be between 1 and 9"),
            (json!({"min": 1}), "数值不得小于 1", "The value must be at least 1"),
            (json!({"max": 9}), "数值不得超过 9", "The value must be at most 9"),
            (json!({"min": 64, "max": 64}), "数值须为 64", "The value must be 64"),
        ] {
            assert_eq!(said(params.clone(), Language::Chinese), zh);
            assert_eq!(said(params, Language::English), en);
        }
    }

    #[test]
    fn people_read_labels_where_clients_are_given_codes() {
        let refusal =
            Refusal::new(CODE).with_labelled("who", "finance", ("财务", "Finance")).with("limit", 500);
        assert_eq!(refusal.params["who"], "finance");
        assert_eq!(said(Language::Chinese, Value::Object(refusal.params.clone())), "财务最多500元");
        let english = said(Language::English, Value::Object(refusal.params));
        assert!(english.starts_with("Finance may spend 500"), "{english}");
    }

    #[test]
    fn what_a_parameter_says_is_no_template() {
        let params = json!({"who": "{limit}", "limit": "{who}"});
        assert_eq!(said(Language::Chinese, params), "{limit}最多{who}元");
    }
}
