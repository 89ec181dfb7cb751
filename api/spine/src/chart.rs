//! Figures as a picture: plain SVG that needs no script and no font.

use crate::{Described, Description, Problem};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header};
use std::fmt::{Display, Write};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, ResponseBuilder, schema::Type};

/// A chart, or why not.
pub type Chart = Result<Svg, Problem>;

/// A drawing.
#[derive(Clone, Debug)]
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

/// Text as it may stand in a document.
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

/// What a drawing begins with: its title, on white.
pub fn opened(title: &str, (width, height): (impl Display, impl Display)) -> String {
    let title = escaped(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\"><title>{title}</title>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"16\" y=\"28\" font-size=\"17\">{title}</text>"
    )
}

/// A bar with what it is called and what is written behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// What it is called.
    pub name: String,
    /// How long it is, in any unit; not less than nothing.
    pub length: i64,
    /// What is written behind it.
    pub said: String,
}

/// At most so many bars are drawn.
const BARS_MAX: usize = 60;
/// How high a bar is with the space around it, in pixels.
const ROW: usize = 28;
/// Where bars begin, in pixels.
const LEFT: usize = 220;
/// How long the longest is, in pixels.
const LONGEST: i64 = 420;
/// What stands above them, in pixels.
const HEAD: usize = 48;

/// Horizontal bars below each other, the longest as long as there is room.
pub fn bars(title: &str, bars: &[Bar]) -> Svg {
    let bars = &bars[..bars.len().min(BARS_MAX)];
    let longest = bars.iter().map(|bar| bar.length).max().unwrap_or(0).max(1);
    let mut drawing = opened(title, (LEFT + 420 + 180, HEAD + bars.len() * ROW + 16));
    for (place, bar) in bars.iter().enumerate() {
        let y = HEAD + place * ROW;
        let long = i128::from(bar.length.max(0)) * i128::from(LONGEST) / i128::from(longest);
        let name: String = bar.name.chars().take(20).collect();
        // Writing to a string cannot fail.
        let _ = write!(
            drawing,
            "<text x=\"16\" y=\"{}\">{}</text><rect x=\"{LEFT}\" y=\"{y}\" width=\"{long}\" height=\"18\" \
             fill=\"#2f7d5b\"/><text x=\"{}\" y=\"{}\">{}</text>",
            y + 14,
            escaped(&name),
            i128::try_from(LEFT).unwrap_or(0) + long + 8,
            y + 14,
            escaped(&bar.said)
        );
    }
    drawing.push_str("</svg>");
    Svg(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        assert_eq!(escaped("<a href=\"x\">'&\u{1}"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp; ");
        let bar = |length| Bar { name: "<b>".to_owned(), length, said: "&".to_owned() };
        let Svg(drawn) = bars("\"题\"", &[bar(10), bar(5), bar(0)]);
        assert!(drawn.contains("width=\"420\"") && drawn.contains("width=\"210\""), "{drawn}");
        assert!(!drawn.contains("<b>") && drawn.contains("&quot;题&quot;"));
    }
}
