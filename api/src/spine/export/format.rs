//! Which format of a list is wanted: `?format=`, else `Accept`.

use crate::spine::{Argument, Description, Problem, codes, parameter::query_pairs};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use std::future::{Ready, ready};
use utoipa::openapi::{
    ObjectBuilder, Required,
    path::{ParameterBuilder, ParameterIn},
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
    const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Xlsx, Self::Ndjson];

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

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ending() == name)
    }

    /// The first of ours that a media range stands for.
    fn of_range(range: &str) -> Option<Self> {
        let essence = |format: &Self| format.media_type().split(';').next().unwrap_or_default();
        let (kind, sub) = range.split_once('/')?;
        Self::ALL.into_iter().find(|format| {
            let (own_kind, own_sub) = essence(format).split_once('/').unwrap_or_default();
            let is = |wanted: &str, own: &str| wanted == "*" || wanted.eq_ignore_ascii_case(own);
            is(kind, own_kind) && is(sub, own_sub)
        })
    }

    /// What an `Accept` header wants most of what we can give; `None` if nothing.
    fn accepted(accept: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in accept.split(',') {
            let mut pieces = part.split(';').map(str::trim);
            let Some(format) = pieces.next().and_then(Self::of_range) else { continue };
            let quality =
                pieces.find_map(|piece| piece.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            if quality > 0.0 && best.is_none_or(|(held, _)| quality > held) {
                best = Some((quality, format));
            }
        }
        best.map(|(_, format)| format)
    }
}

impl FromRequest for Format {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(wanted(request))
    }
}

fn wanted(request: &HttpRequest) -> Result<Format, Problem> {
    let named = query_pairs(request.query_string()).into_iter().find(|(name, _)| name == "format");
    if let Some((_, name)) = named {
        let bad = || Problem::bad_parameter("format", "json, csv, xlsx, ndjson");
        return Format::named(&name).ok_or_else(bad);
    }
    match request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()) {
        None | Some("") => Ok(Format::Json),
        Some(accept) => Format::accepted(accept).ok_or_else(|| Problem::new(codes::NOT_ACCEPTABLE)),
    }
}

impl Argument for Format {
    fn describe(description: &mut Description) {
        let names = Self::ALL.map(Self::ending);
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(names))
            .default(Some("json".into()));
        let about =
            "The format; else `Accept` decides. A file holds everything that matches, whatever `limit` says.";
        let parameter = ParameterBuilder::new()
            .name("format")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(schema));
        description.parameters.push(parameter.build());
        description.problems.extend([400, 406]);
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn what_is_wanted_most_wins() {
        assert_eq!(Format::accepted("*/*"), Some(Format::Json));
        assert_eq!(Format::accepted("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Format::Json));
        assert_eq!(Format::accepted("text/*"), Some(Format::Csv));
        assert_eq!(Format::accepted("application/json;q=0.5, TEXT/CSV"), Some(Format::Csv));
        assert_eq!(Format::accepted("application/x-ndjson"), Some(Format::Ndjson));
        assert_eq!(Format::accepted("text/csv;q=0, image/png"), None);
        assert_eq!(Format::accepted("nonsense"), None);
    }
}
