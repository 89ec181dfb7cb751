//! A certificate on paper: one page, across, with as much of the font inside as it needs. The font knows the characters of
//! GB 2312; what it does not know is printed as a box, never left out.

use crate::spine::{Described, Description};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header};
use domain::certificate::Certificate;
use pdf_writer::{
    Content, Finish, Name, Pdf as Document, Rect, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use subsetter::{GlyphRemapper, subset};
use ttf_parser::{Face, RawFace, Tag};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, ResponseBuilder, schema::Type};

/// A printed page.
pub(super) struct Pdf(Vec<u8>);

impl Responder for Pdf {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/pdf"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(self.0)
    }
}

impl Described for Pdf {
    fn describe(description: &mut Description) {
        let bytes = ObjectBuilder::new().schema_type(Type::String).build();
        let response = ResponseBuilder::new()
            .description("The page.")
            .content("application/pdf", ContentBuilder::new().schema(Some(bytes)).build());
        description.responses.insert(200, response.build());
        description.problems.extend([409]);
    }
}

/// The font, under the SIL Open Font License that stands beside it.
static FONT: &[u8] = include_bytes!("font.otf");
/// What it is called in the document.
const FONT_NAME: &[u8] = b"CERTIF+CentreCertificateSans";
/// A4, across, in points.
const PAGE: (f32, f32) = (842.0, 595.0);
/// How far lines of the text reach, in points.
const WIDTH: f32 = 600.0;

/// A line of text: where it stands, how large it is, how it is aligned.
struct Line {
    text: String,
    size: f32,
    y: f32,
    from: Edge,
}

/// From where a line is set.
enum Edge {
    /// In the middle of the page.
    Middle,
    /// From the left edge of the text.
    Left,
    /// Up to its right edge.
    Right,
}

/// The text set in the font, with the glyphs it needs.
struct Setter {
    face: Option<Face<'static>>,
    glyphs: GlyphRemapper,
    /// Glyph of the document, character, width in thousandths.
    used: Vec<(u16, char, f32)>,
}

impl Setter {
    fn new() -> Self {
        Self { face: Face::parse(FONT, 0).ok(), glyphs: GlyphRemapper::new(), used: Vec::new() }
    }

    /// A text as the document writes it, and how wide it is at a size.
    fn set(&mut self, text: &str, size: f32) -> (Vec<u8>, f32) {
        let (mut bytes, mut width) = (Vec::with_capacity(text.len()), 0.0);
        let Some(face) = &self.face else { return (bytes, width) };
        let thousandths = 1000.0 / f32::from(face.units_per_em());
        for character in text.chars() {
            let glyph = face.glyph_index(character).unwrap_or_default();
            let advance = f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) * thousandths;
            let mine = self.glyphs.remap(glyph.0);
            if !self.used.iter().any(|(known, ..)| *known == mine) {
                self.used.push((mine, character, advance));
            }
            bytes.extend(mine.to_be_bytes());
            width += advance / 1000.0 * size;
        }
        (bytes, width)
    }
}

/// Breaks a text into lines that are no wider than the text may be.
fn broken(setter: &mut Setter, text: &str, size: f32) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for character in text.chars() {
        line.push(character);
        if setter.set(&line, size).1 > WIDTH {
            line.pop();
            lines.push(std::mem::take(&mut line));
            line.push(character);
        }
    }
    lines.push(line);
    lines
}

/// The lines of a certificate, from the top.
fn lines(setter: &mut Setter, certificate: &Certificate) -> Vec<Line> {
    let text = &certificate.text;
    let mut lines = vec![
        Line { text: "荣 誉 证 书".to_owned(), size: 44.0, y: 450.0, from: Edge::Middle },
        Line { text: text.holder.clone(), size: 26.0, y: 370.0, from: Edge::Left },
    ];
    let body = format!("　　{}，特授予“{}”称号，以资鼓励。", text.grounds, text.title.zh);
    let mut y = 320.0;
    for text in broken(setter, &body, 20.0) {
        lines.push(Line { text, size: 20.0, y, from: Edge::Left });
        y -= 34.0;
    }
    lines.push(Line { text: text.title.en.clone(), size: 14.0, y: y - 6.0, from: Edge::Left });
    let on = certificate.issued_on.format("%Y 年 %-m 月 %-d 日").to_string();
    lines.push(Line { text: text.issuer.clone(), size: 18.0, y: 130.0, from: Edge::Right });
    lines.push(Line { text: on, size: 16.0, y: 100.0, from: Edge::Right });
    let foot = format!("编号 {}　依据 {}", certificate.number, text.clause);
    lines.push(Line { text: foot, size: 11.0, y: 70.0, from: Edge::Left });
    lines
}

/// Prints a certificate: the same bytes whenever it is printed.
pub(super) fn print(certificate: &Certificate) -> Pdf {
    let mut setter = Setter::new();
    let content = drawn(&mut setter, certificate);
    let [catalog, pages, page, stream, font, cid, descriptor, program, cmap, info] =
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(Ref::new);
    let mut document = Document::new();
    document.catalog(catalog).pages(pages);
    document.pages(pages).kids([page]).count(1);
    document.document_info(info).title(TextStr(&certificate.number));
    let mut sheet = document.page(page);
    sheet.parent(pages).media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).contents(stream);
    sheet.resources().fonts().pair(Name(b"F"), font);
    sheet.finish();
    document.stream(stream, &content);
    embed(&mut document, &setter, [font, cid, descriptor, program, cmap]);
    Pdf(document.finish())
}

fn drawn(setter: &mut Setter, certificate: &Certificate) -> Vec<u8> {
    let mut content = Content::new();
    content.set_stroke_rgb(0.69, 0.10, 0.10).set_line_width(3.0);
    content.rect(30.0, 30.0, PAGE.0 - 60.0, PAGE.1 - 60.0).stroke();
    content.set_line_width(1.0).rect(38.0, 38.0, PAGE.0 - 76.0, PAGE.1 - 76.0).stroke();
    let (left, right) = ((PAGE.0 - WIDTH) / 2.0, (PAGE.0 + WIDTH) / 2.0);
    for Line { text, size, y, from } in lines(setter, certificate) {
        let (bytes, width) = setter.set(&text, size);
        let x = match from {
            Edge::Middle => (PAGE.0 - width) / 2.0,
            Edge::Left => left,
            Edge::Right => right - width,
        };
        content.begin_text().set_font(Name(b"F"), size).next_line(x, y).show(Str(&bytes)).end_text();
    }
    content.finish().to_vec()
}

/// Puts into the document what of the font it needs.
fn embed(document: &mut Document, setter: &Setter, ids: [Ref; 5]) {
    let [font, cid, descriptor, program, cmap] = ids;
    let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
    document
        .type0_font(font)
        .base_font(Name(FONT_NAME))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(cmap);
    let mut of_glyphs = document.cid_font(cid);
    of_glyphs.subtype(CidFontType::Type0).base_font(Name(FONT_NAME)).system_info(system);
    of_glyphs.font_descriptor(descriptor).default_width(1000.0);
    let mut widths = of_glyphs.widths();
    for (glyph, _, width) in &setter.used {
        widths.consecutive(*glyph, [*width]);
    }
    widths.finish();
    of_glyphs.finish();
    document
        .font_descriptor(descriptor)
        .name(Name(FONT_NAME))
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-1000.0, -500.0, 2000.0, 1500.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(733.0)
        .stem_v(50.0)
        .font_file3(program);
    let needed = subset(FONT, 0, &setter.glyphs).unwrap_or_default();
    let outlines = RawFace::parse(&needed, 0).ok().and_then(|face| face.table(Tag::from_bytes(b"CFF ")));
    document.stream(program, outlines.unwrap_or_default()).pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    let mut read_back = UnicodeCmap::new(Name(b"Custom"), system);
    for (glyph, character, _) in &setter.used {
        read_back.pair(*glyph, *character);
    }
    document.cmap(cmap, &read_back.finish());
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        approval::Label,
        certificate::{CertificateText, NewCertificate},
        spine::{BusinessDate, Id},
        working_time::{Period, Span},
    };

    fn id<T>(n: u8) -> Id<T> {
        Id::from_uuid(format!("00000000-0000-7000-8000-00000000000{n}").parse().expect("an id"))
    }

    fn certificate(holder: &str) -> Certificate {
        let on = BusinessDate::from_ymd_opt(2026, 5, 20).expect("a day");
        let text = CertificateText {
            holder: holder.to_owned(),
            title: Label { zh: "优秀员工".to_owned(), en: "Employee of honour".to_owned() },
            grounds: "2026-04 绩效考核等级 A".to_owned(),
            clause: "000 §10".to_owned(),
            issuer: "公司".to_owned(),
        };
        let new = NewCertificate {
            id: id(1),
            number: "CE-2026-000001".to_owned(),
            employee: None,
            department: id(2),
            period: Period::containing(Span::Month, on),
            incident: id::<Certificate>(3).uuid(),
            text,
            on,
        };
        Certificate::issue(new).into_after()
    }

    #[test]
    fn it_is_a_pdf_with_its_font_inside_and_the_same_each_time() {
        let Pdf(printed) = print(&certificate("李娜"));
        let Pdf(again) = print(&certificate("李娜"));
        assert_eq!(printed, again);
        assert!(printed.starts_with(b"%PDF-1.") && printed.ends_with(b"%%EOF"), "{}", printed.len());
        let has = |wanted: &[u8]| printed.windows(wanted.len()).any(|window| window == wanted);
        assert!(has(b"/CIDFontType0C") && has(b"/FontFile3") && has(b"/Identity-H"));
        assert!(
            (10_000..60_000).contains(&printed.len()),
            "as much of the font as is needed: {}",
            printed.len()
        );
    }

    #[test]
    fn every_character_of_a_name_is_in_the_font_or_a_box() {
        let mut setter = Setter::new();
        let face = setter.face.as_ref().expect("it reads");
        for character in "荣誉证书李娜欧阳晓琳鑫淼犇第一季度特授予“优秀团队”称号，以资鼓励。§".chars()
        {
            let known = face.glyph_index(character).is_some();
            assert!(known || character == '犇', "{character}");
        }
        let (bytes, width) = setter.set("犇", 10.0);
        assert_eq!((bytes.len(), width > 0.0), (2, true), "a box");
    }

    #[test]
    fn a_long_ground_is_broken_into_lines() {
        let mut setter = Setter::new();
        let lines = broken(&mut setter, &"绩".repeat(100), 20.0);
        assert!(lines.len() >= 4 && lines.concat().chars().count() == 100);
        assert!(lines.iter().all(|line| setter.set(line, 20.0).1 <= WIDTH));
    }
}
