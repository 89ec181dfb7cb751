//! Problem documents (RFC 9457): the one shape of every 4xx and 5xx. `[INT-6]`

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use chrono_tz::Tz;
use domain::spine::{
    Citation, Finding, Language, Permission, Refusal, RefusalCode, RefusalKind, as_clocks_show, in_both,
    label_of, said,
};
use persistence::spine::Failure;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;
use utoipa::ToSchema;

/// A way to be turned away at the edge, before or beside any rule.
#[derive(Debug, PartialEq, Eq)]
pub struct EdgeCode {
    /// The stable code.
    pub code: &'static str,
    /// The status.
    pub status: u16,
    /// The Chinese text.
    pub zh: &'static str,
    /// The English text.
    pub en: &'static str,
}

macro_rules! edge_codes {
    ($($name:ident = $status:literal, $code:literal, $zh:literal, $en:literal;)*) => {
        $(#[doc = $en] pub const $name: &EdgeCode = &EdgeCode { code: $code, status: $status, zh: $zh, en: $en };)*
        /// Every edge code.
        pub const ALL: &[&EdgeCode] = &[$($name),*];
    };
}

/// The codes of the edge.
pub mod codes {
    use super::EdgeCode;
    edge_codes! {
        MALFORMED_JSON = 400, "http.malformed_json", "请求体不是有效的 JSON：{reason}", "The body is not valid JSON: {reason}";
        MALFORMED_MULTIPART = 400, "http.malformed_multipart", "请求体不是有效的 multipart/form-data：{reason}", "The body is not valid multipart/form-data: {reason}";
        BAD_PARAMETER = 400, "http.bad_parameter", "参数“{parameter}”无效：{reason}", "The parameter \"{parameter}\" is not valid: {reason}";
        UNKNOWN_FIELD = 400, "http.unknown_field", "没有字段“{field}”，可选：{known}", "There is no field \"{field}\"; there are: {known}";
        UNKNOWN_PARAMETER = 400, "http.unknown_parameter", "未知参数“{parameter}”", "Unknown parameter \"{parameter}\"";
        BAD_CURSOR = 400, "http.bad_cursor", "游标无效，或与当前筛选条件不符", "The cursor is not valid, or belongs to other filters";
        BAD_HEADER = 400, "http.bad_header", "请求头“{header}”无效", "The header \"{header}\" is not valid";
        UNAUTHENTICATED = 401, "http.unauthenticated", "请先登录，或登录已失效", "Sign in first, or sign in again";
        FORBIDDEN = 403, "http.forbidden", "没有“{permission}”的权限，可请管理员授予", "You lack the permission \"{permission}\"; an administrator can grant it";
        PASSWORD_TO_CHANGE = 403, "http.password_to_change", "须先修改密码，之后才能使用其他功能", "Change your password first; nothing else is open before that";
        NOT_FOUND = 404, "http.not_found", "未找到", "Not found";
        METHOD_NOT_ALLOWED = 405, "http.method_not_allowed", "不支持此请求方法", "This method is not supported here";
        NOT_ACCEPTABLE = 406, "http.not_acceptable", "无法提供所要求的格式", "The wanted format cannot be provided";
        TIMEOUT = 408, "http.timeout", "请求未在时限内完整送达", "The request took too long to arrive";
        STALE = 412, "http.stale", "版本已变化，当前版本为 {current}", "The version has moved on; it is {current} now";
        TOO_LARGE = 413, "http.too_large", "请求体过大（上限 {limit} 字节）", "The body is too large (limit {limit} bytes)";
        UNSUPPORTED_MEDIA_TYPE = 415, "http.unsupported_media_type", "内容类型须为 {expected}", "The content type must be {expected}";
        BAD_BODY = 422, "http.bad_body", "请求体不符合要求：{reason}", "The body is not as described: {reason}";
        KEY_REUSED = 422, "http.idempotency_key_reused", "该幂等键已用于另一请求", "This idempotency key was used with another request";
        NOT_A_STREAM = 422, "http.not_a_stream", "该路径没有可订阅的实时消息", "There is no stream at this path";
        PRECONDITION_REQUIRED = 428, "http.precondition_required", "须携带 If-Match 请求头", "The If-Match header is required";
        TOO_MANY_REQUESTS = 429, "http.too_many_requests", "请求过于频繁，请稍后再试", "Too many requests; try again later";
        TOO_MANY_STREAMS = 429, "http.too_many_streams", "同一账号同时打开的实时连接最多 {limit} 个，请先关闭不用的页面", "One account may have {limit} live streams open at once; close a page that is not used";
        INTERNAL = 500, "http.internal", "服务器内部错误，请凭请求编号联系管理员", "An internal error; quote the request id to the administrator";
        TOO_SLOW = 503, "http.too_slow", "服务器未能在时限内答复；写入可能已生效，请用同一幂等键重试", "The server took too long to answer; a write may have been done: try again with the same idempotency key";
        DATABASE_AWAY = 503, "http.database_away", "系统暂时无法访问数据库，请稍后重试；刚才的操作可能已经生效，重试时请沿用同一幂等键，以免重复办理", "The database cannot be reached just now; try again later. What you sent may already have taken effect, so use the same idempotency key again and nothing is done twice";
        NOT_READY = 503, "http.not_ready", "服务器暂不能提供服务：{reason}", "The server cannot serve just now: {reason}";
        DRAINING = 503, "http.draining", "服务器即将停止，不再接受新的请求", "The server is about to end and takes no new requests";
        OVERLOADED = 503, "http.overloaded", "系统繁忙，请稍后重试", "The server is busy; try again shortly";
    }
}

/// What one code means: for the problem pages, the documents and the tests.
pub struct Meaning {
    /// The stable code.
    pub code: &'static str,
    /// The status.
    pub status: u16,
    /// The Chinese text.
    pub zh: &'static str,
    /// The English text.
    pub en: &'static str,
}

/// Every code the product can answer with: those of the edge, and those of its rules.
pub fn catalogue(refusals: impl Iterator<Item = &'static RefusalCode>) -> Vec<Meaning> {
    let edge = codes::ALL.iter().map(|c| Meaning { code: c.code, status: c.status, zh: c.zh, en: c.en });
    let rules = refusals.map(|c| Meaning { code: c.code, status: status(c.kind), zh: c.zh, en: c.en });
    edge.chain(rules).collect()
}

const fn status(kind: RefusalKind) -> u16 {
    match kind {
        RefusalKind::Conflict => 409,
        RefusalKind::Invalid => 422,
        RefusalKind::Forbidden => 403,
        RefusalKind::Unauthenticated => 401,
        RefusalKind::NotFound => 404,
        RefusalKind::TooMany => 429,
    }
}

/// Something a client must be told instead of what it asked for. Rendered at the edge, in its language.
#[derive(Debug)]
pub enum Problem {
    /// The edge says no.
    Edge {
        /// Which no.
        code: &'static EdgeCode,
        /// The parameters of its text.
        params: Map<String, Value>,
        /// The fields at fault, as JSON pointers with their texts.
        findings: Vec<(String, Value)>,
        /// The fields at fault, by the rules that they break.
        broken: Vec<Finding>,
    },
    /// A rule says no.
    Refused(Box<Refusal>),
}

impl Problem {
    /// A problem without parameters.
    pub fn new(code: &'static EdgeCode) -> Self {
        Self::Edge { code, params: Map::new(), findings: Vec::new(), broken: Vec::new() }
    }
    /// A permission that the caller lacks: programs are given its code, people read its label.
    pub fn lacking(permission: Permission) -> Self {
        Self::new(codes::FORBIDDEN)
            .with(&label_of("permission"), in_both(permission.zh(), permission.name_en()))
            .with("permission", permission.code())
    }
    /// A parameter of the query that is not valid, and why.
    pub fn bad_parameter(parameter: &str, reason: impl Into<Value>) -> Self {
        let reason = reason.into();
        Self::new(codes::BAD_PARAMETER)
            .with("parameter", parameter)
            .with("reason", reason.clone())
            .at(parameter, reason)
    }
    /// Fills in a parameter of the text.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Self::Edge { params, .. } = &mut self {
            params.insert(name.to_owned(), value.into());
        }
        self
    }
    /// Names a field at fault.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, text: impl Into<Value>) -> Self {
        if let Self::Edge { findings, .. } = &mut self {
            findings.push((pointer.into(), text.into()));
        }
        self
    }
    /// Names fields at fault, each with the rule that it breaks.
    #[must_use]
    pub fn finding(mut self, found: Vec<Finding>) -> Self {
        if let Self::Edge { broken, .. } = &mut self {
            *broken = found;
        }
        self
    }
    /// A parameter of its text.
    pub(super) fn parameter(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Edge { params, .. } => params.get(name),
            Self::Refused(refusal) => refusal.params.get(name),
        }
    }
    /// The status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Edge { code, .. } => code.status,
            Self::Refused(refusal) => status(refusal.code.kind),
        }
    }
    /// How long to wait before trying again, where a rule says so.
    fn wait_seconds(&self) -> Option<u64> {
        match self {
            Self::Refused(refusal) if refusal.code.kind == RefusalKind::TooMany => {
                refusal.params.get("seconds").and_then(Value::as_u64)
            }
            _ => None,
        }
    }
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Edge { code, .. } => code.code,
            Self::Refused(refusal) => refusal.code.code,
        }
    }

    /// What is wrong, in a language and with times in a zone: for one item of a batch.
    pub fn detail(&self, language: Language, zone: Option<Tz>) -> String {
        self.render(language, zone, "").detail
    }

    /// What is wrong, and each field at fault, as plain text: for the command line.
    pub fn texts(&self, language: Language) -> (String, Vec<String>) {
        let document = self.render(language, None, "");
        let errors = document.errors.into_iter();
        (document.title, errors.map(|error| format!("{}: {}", error.pointer, error.detail)).collect())
    }

    /// The answer in a language: the document, and the headers that its status demands.
    pub(super) fn answer(&self, language: Language, zone: Option<Tz>, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self.status() {
            401 => response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"marketing-center\"")),
            429 | 503 => response.insert_header((RETRY_AFTER, self.wait_seconds().unwrap_or(1))),
            _ => &mut response,
        };
        response.content_type("application/problem+json").json(self.render(language, zone, request_id))
    }

    /// The document in a language. Instants stand in its texts as clocks show them in the company's zone, where that is
    /// known; its parameters are for programs, and keep them as they are.
    pub fn render(&self, language: Language, zone: Option<Tz>, request_id: &str) -> ProblemDocument {
        let shown = |text: String| match zone {
            Some(zone) => as_clocks_show(text, zone),
            None => text,
        };
        let (title, params, errors, citation) = match self {
            Self::Edge { code, params, findings, broken } => {
                let text =
                    RefusalCode { code: code.code, kind: RefusalKind::Invalid, zh: code.zh, en: code.en };
                let errors = findings.iter().map(|(pointer, text)| FieldProblem {
                    pointer: clipped(pointer.clone(), POINTER_MAX),
                    code: code.code.to_owned(),
                    detail: clipped(shown(said(text, language).into_owned()), TEXT_MAX),
                });
                let broken = broken.iter().map(|finding| field_problem(finding, language, shown));
                (text.text(language, params), params.clone(), errors.chain(broken).collect(), None)
            }
            Self::Refused(refusal) => {
                let errors =
                    refusal.findings.iter().map(|finding| field_problem(finding, language, shown)).collect();
                (
                    refusal.code.text(language, &refusal.params),
                    refusal.params.clone(),
                    errors,
                    refusal.citation.clone(),
                )
            }
        };
        let title = clipped(shown(title), TEXT_MAX);
        let (rule, clause) = citation
            .as_ref()
            .map_or((None, None), |Citation { rule, clause, .. }| (Some(rule.clone()), clause.clone()));
        ProblemDocument {
            r#type: format!("/problems/{}", self.code()),
            title: title.clone(),
            status: self.status(),
            detail: title,
            code: self.code().to_owned(),
            errors,
            params,
            rule,
            clause,
            citation,
            request_id: request_id.to_owned(),
        }
    }
}

fn field_problem(finding: &Finding, language: Language, shown: impl Fn(String) -> String) -> FieldProblem {
    FieldProblem {
        pointer: clipped(finding.pointer.clone(), POINTER_MAX),
        code: finding.code.code.to_owned(),
        detail: clipped(shown(finding.code.text(language, &finding.params)), TEXT_MAX),
    }
}

/// So many characters a text of a problem has at most: what was sent may be told in it, and may be long.
const TEXT_MAX: usize = 2_000;
/// So many characters a pointer has at most: a member may be called anything.
const POINTER_MAX: usize = 500;

/// A text of at most so many characters; where it had more, it ends with an ellipsis.
fn clipped(mut text: String, characters: usize) -> String {
    if text.char_indices().nth(characters).is_some() {
        let end = text.char_indices().nth(characters - 1).map_or(0, |(at, _)| at);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// A problem document (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// A URI reference to a page about this kind of problem.
    #[schema(example = "/problems/http.not_found", max_length = 200)]
    r#type: String,
    /// What is wrong, in the caller's language.
    #[schema(max_length = 2000)]
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong with this very request, in the caller's language.
    #[schema(max_length = 2000)]
    detail: String,
    /// The stable code; never translated.
    #[schema(example = "http.not_found", max_length = 100)]
    code: String,
    /// Every field at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    errors: Vec<FieldProblem>,
    /// The facts in the text, as data.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    params: Map<String, Value>,
    /// The rule that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "EXP-6", max_length = 40)]
    rule: Option<String>,
    /// The clause of the regulation behind the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "000 §9.3(5)", max_length = 200)]
    clause: Option<String>,
    /// The rule, its policy version and clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    citation: Option<Citation>,
    /// Quote this to the administrator.
    #[schema(max_length = 200)]
    request_id: String,
}

/// One field at fault.
#[derive(Serialize, ToSchema)]
pub struct FieldProblem {
    /// Where, as a JSON pointer into the body, or the name of a parameter.
    #[schema(example = "/lines/0/amount", max_length = 500)]
    pointer: String,
    /// The stable code.
    #[schema(example = "validation.required", max_length = 100)]
    code: String,
    /// What is wrong, in the caller's language.
    #[schema(max_length = 2000)]
    detail: String,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(refusal),
            Failure::NotFound => Self::new(codes::NOT_FOUND),
            Failure::Stale { current } => Self::new(codes::STALE).with("current", current),
            Failure::Unauthenticated => Self::new(codes::UNAUTHENTICATED),
            Failure::Denied(permission) => Self::lacking(permission),
            Failure::KeyReused => Self::new(codes::KEY_REUSED),
            Failure::Moved => Refusal::new(domain::spine::codes::VERSION_MOVED).into(),
            Failure::Overloaded => Self::new(codes::OVERLOADED),
            Failure::Unavailable => Self::new(codes::DATABASE_AWAY),
            Failure::Fault(fault) => {
                log::error!("{} at {}", fault.message, fault.place);
                Self::new(codes::INTERNAL)
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
    fn error_response(&self) -> HttpResponse {
        // `edge` answers again in the caller's language wherever it is still in the way.
        self.answer(Language::default(), None, "")
    }
}
