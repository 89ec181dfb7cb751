//! Which format of a list is wanted: `?format=`, else `Accept`.

use crate::spine::{Argument, Description, Problem, codes, parameter::query_pairs};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use std::future::{Ready, ready};
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};

/// In which format a list is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// A page, as JSON.
    #[default]
    Json,
    /// Everything, for spreadsheets: UTF-8 with BOM, RFC 4180.
    Csv,
    /// Everything, for spreadsheets: Office Open XML.
    Xlsx,
    /// Everything, for programs: a line of JSON for each item.
    Ndjson,
}

impl Format {
    /// In what lists can be had.
    const OF_LISTS: &'static [Self] = &[Self::Json, Self::Csv, Self::Xlsx, Self::Ndjson];

    /// The name in `?format=` and the ending of a file.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ndjson => "ndjson",
        }
    }

    /// The content type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// The first of those offered that a media range stands for.
    fn of_range(range: &str, offered: &[Self]) -> Option<Self> {
        let essence = |format: &Self| format.media_type().split(';').next().unwrap_or_default();
        let (kind, sub) = range.split_once('/')?;
        offered.iter().copied().find(|format| {
            let (own_kind, own_sub) = essence(format).split_once('/').unwrap_or_default();
            let is = |wanted: &str, own: &str| wanted == "*" || wanted.eq_ignore_ascii_case(own);
            is(kind, own_kind) && is(sub, own_sub)
        })
    }

    /// What an `Accept` header wants most of what is offered; `None` if nothing.
    fn accepted(accept: &str, offered: &[Self]) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in accept.split(',') {
            let mut pieces = part.split(';').map(str::trim);
            let Some(format) = pieces.next().and_then(|range| Self::of_range(range, offered)) else {
                continue;
            };
            let quality =
                pieces.find_map(|piece| piece.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            if quality > 0.0 && best.is_none_or(|(held, _)| quality > held) {
                best = Some((quality, format));
            }
        }
        best.map(|(_, format)| format)
    }

    /// What a request wants of what is offered.
    ///
    /// # Errors
    /// 400 for a `?format=` of another name, 406 where `Accept` takes none of them.
    pub fn wanted(request: &HttpRequest, offered: &[Self]) -> Result<Self, Problem> {
        let named = query_pairs(request.query_string()).into_iter().find(|(name, _)| name == "format");
        if let Some((_, name)) = named {
            let found = offered.iter().copied().find(|format| format.ending() == name);
            return found.ok_or_else(|| Problem::bad_parameter("format", endings(offered).join(", ")));
        }
        match request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()) {
            None | Some("") => Ok(Self::Json),
            Some(accept) => {
                Self::accepted(accept, offered).ok_or_else(|| Problem::new(codes::NOT_ACCEPTABLE))
            }
        }
    }

    /// What a route says of `?format=` and of what it may be.
    pub fn parameter(offered: &[Self], about: &str) -> Parameter {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(endings(offered)))
            .default(Some(Self::Json.ending().into()));
        ParameterBuilder::new()
            .name("format")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(schema))
            .build()
    }
}

fn endings(formats: &[Format]) -> Vec<&'static str> {
    formats.iter().map(|format| format.ending()).collect()
}

impl FromRequest for Format {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::wanted(request, Self::OF_LISTS))
    }
}

/// For whom a CSV file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    /// For whoever reads CSV.
    Plain,
    /// For Excel, which spoils digits that are no numbers.
    Excel,
}

impl Dialect {
    const NAME: &'static str = "dialect";
    const EXCEL: &'static str = "excel";

    /// The one that a request asks for.
    pub(super) fn wanted(request: &HttpRequest) -> Result<Self, Problem> {
        let pairs = query_pairs(request.query_string());
        match pairs.iter().find(|(name, _)| name == Self::NAME).map(|(_, value)| value.as_str()) {
            None => Ok(Self::Plain),
            Some(Self::EXCEL) => Ok(Self::Excel),
            Some(_) => Err(Problem::bad_parameter(Self::NAME, Self::EXCEL)),
        }
    }

    fn parameter() -> Parameter {
        let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([Self::EXCEL])).build();
        ParameterBuilder::new()
            .name(Self::NAME)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(
                "Of CSV alone: `excel` writes digits that Excel would spoil, such as account numbers, so that it keeps them.",
            ))
            .schema(Some(schema))
            .build()
    }
}

impl Argument for Format {
    fn describe(description: &mut Description) {
        let about = "The format; else `Accept` decides. A file (`text/csv`, `application/x-ndjson`, Office Open XML) holds everything \
             that matches, whatever `limit` says.";
        description.share(Self::parameter(Self::OF_LISTS, about));
        description.share(Dialect::parameter());
        description.problems.extend([400, 406]);
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    fn accepted(accept: &str) -> Option<Format> {
        Format::accepted(accept, Format::OF_LISTS)
    }

    #[test]
    fn what_is_wanted_most_wins() {
        assert_eq!(accepted("*/*"), Some(Format::Json));
        assert_eq!(accepted("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Format::Json));
        assert_eq!(accepted("text/*"), Some(Format::Csv));
        assert_eq!(accepted("application/json;q=0.5, TEXT/CSV"), Some(Format::Csv));
        assert_eq!(accepted("application/x-ndjson"), Some(Format::Ndjson));
        assert_eq!(accepted("text/csv;q=0, image/png"), None);
        assert_eq!(accepted("nonsense"), None);
    }
}
