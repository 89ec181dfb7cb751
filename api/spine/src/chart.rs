//! Figures as a picture: plain SVG that needs no script and no font.

use super::{Described, Description, Problem};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, ResponseBuilder, schema::Type};

/// A chart, or why not.
pub type Chart = Result<Svg, Problem>;

/// A drawing.
pub struct Svg(String);

impl Svg {
    /// What was drawn: every text in it by [`escaped`].
    pub const fn drawn(drawing: String) -> Self {
        Self(drawing)
    }
}

impl Responder for Svg {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(self.0)
    }
}

impl Described for Svg {
    fn describe(description: &mut Description) {
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        let response = ResponseBuilder::new()
            .description("The drawing.")
            .content("image/svg+xml", ContentBuilder::new().schema(Some(text)).build());
        description.responses.insert(200, response.build());
    }
}

/// Text as it may stand in a drawing.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            character if character.is_control() => safe.push(' '),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_never_becomes_markup() {
        assert_eq!(escaped("<a href=\"x\">'&\u{1}"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp; ");
    }
}
