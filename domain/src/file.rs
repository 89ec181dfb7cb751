//! Attachments as evidence: what may be kept, under which name, and to which document it belongs. `[FIL-1]`

use crate::spine::{
    Change, Citation, Entity, Finding, Findings, Id, PolicyContent, PolicyVersion, Refusal, Timestamp,
    UserId, Version, codes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;
use uuid::Uuid;

crate::events! { FILE_EVENTS:
    FILE_UPLOADED = "file.uploaded", "附件已上传", "A file was uploaded";
    FILE_ATTACHED = "file.attached", "附件已归入单据", "A file was attached to a document";
    FILE_DETACHED = "file.detached", "附件已从单据移出", "A file was taken off a document";
}

crate::refusals! { FILE_REFUSALS:
    FILE_EMPTY = "file.empty", Invalid, "文件是空的", "The file is empty";
    FILE_TOO_LARGE = "file.too_large", Invalid, "文件过大（{size} 字节，上限 {limit} 字节）", "The file is too large ({size} bytes, the limit is {limit} bytes)";
    FILE_TYPE_REFUSED = "file.type_not_allowed", Invalid, "不接受此类文件（按内容判定为：{type}；可接受：{allowed}）", "This type of file is not accepted (by its content: {type}; accepted: {allowed})";
    FILE_UNKNOWN = "file.unknown", Invalid, "没有这个附件，或不是您上传的", "There is no such file, or it is not one you uploaded";
    FILE_ATTACHED_ELSEWHERE = "file.attached_elsewhere", Conflict, "该附件已属于另一单据", "The file belongs to another document already";
}

/// What a file is, judged by its content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// A PDF document.
    Pdf,
    /// An open fixed-layout document (GB/T 33190): what electronic invoices come as.
    Ofd,
    /// Extensible markup: what fully digital invoices come as.
    Xml,
    /// A picture.
    Png,
    /// A photograph.
    Jpeg,
    /// A picture.
    Webp,
    /// A photograph of a telephone.
    Heic,
    /// A text document (Office Open XML).
    Docx,
    /// A workbook (Office Open XML).
    Xlsx,
    /// A presentation (Office Open XML).
    Pptx,
    /// Any other archive.
    Zip,
    /// Plain text in UTF-8.
    Txt,
}

impl FileType {
    /// Every type.
    pub const ALL: [Self; 12] = [
        Self::Pdf,
        Self::Ofd,
        Self::Xml,
        Self::Png,
        Self::Jpeg,
        Self::Webp,
        Self::Heic,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Zip,
        Self::Txt,
    ];

    /// The content type it is served with.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::Xml => "application/xml",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Zip => "application/zip",
            Self::Txt => "text/plain; charset=utf-8",
        }
    }

    /// The stable name, as it stands in policies and rows.
    pub const fn name(self) -> &'static str {
        self.endings()[0]
    }

    /// The type of a stable name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file_type| file_type.name() == name)
    }

    /// The endings a file name may have for it; the first is the usual one.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Ofd => &["ofd"],
            Self::Xml => &["xml"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpeg", "jpg", "jpe", "jfif"],
            Self::Webp => &["webp"],
            Self::Heic => &["heic", "heif"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Zip => &["zip"],
            Self::Txt => &["txt", "text", "csv", "log", "md"],
        }
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What may be uploaded: the content of the policy `file-rules/attachments`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// The most bytes a file may have.
    pub size_max: i64,
    /// What a file may be.
    pub types: Vec<FileType>,
}

/// No policy may let more than these bytes through: one gibibyte.
const SIZE_LIMIT: i64 = 1 << 30;

impl Default for FileRules {
    fn default() -> Self {
        use FileType::{Docx, Heic, Jpeg, Ofd, Pdf, Png, Pptx, Webp, Xlsx, Xml};
        Self { size_max: 20 << 20, types: vec![Pdf, Ofd, Xml, Png, Jpeg, Webp, Heic, Docx, Xlsx, Pptx] }
    }
}

impl PolicyContent for FileRules {
    const KIND: &'static str = "file-rules";
    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        if !(1..=SIZE_LIMIT).contains(&self.size_max) {
            let bounds = [("min", json!(1)), ("max", json!(SIZE_LIMIT))];
            findings.add_with("/content/size_max", codes::OUT_OF_RANGE, bounds);
        }
        if self.types.is_empty() {
            findings.add("/content/types", codes::REQUIRED);
        }
        findings.into_vec()
    }
}

/// A document and the part of the business it belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Attachment {
    /// The kind of document: `expense_claim`.
    pub kind: String,
    /// The document.
    pub document: Uuid,
    /// Since when.
    pub at: Timestamp,
}

/// A file as it arrived: read to its end and stored, not yet accepted.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its identity, also of its bytes in the store.
    pub id: Id<File>,
    /// The name it was sent with, as it was sent.
    pub name: String,
    /// How many bytes it has.
    pub size: i64,
    /// What it is by its content; `None` if we do not know.
    pub file_type: Option<FileType>,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// A file that was kept. Its bytes never change.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its identity.
    pub id: Id<Self>,
    /// Its name: safe to show and to save under.
    pub name: String,
    /// What it is by its content.
    pub file_type: FileType,
    /// How many bytes it has.
    pub size: i64,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The account that uploaded it.
    pub uploaded_by: UserId,
    /// When.
    pub uploaded_at: Timestamp,
    /// The document it is evidence for, if any yet.
    pub attachment: Option<Attachment>,
    /// Counts its states.
    pub version: Version,
}

impl Entity for File {
    const KIND: &'static str = "file";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl File {
    /// Accepts a file that arrived, if the rules let it.
    pub fn accept(
        arrival: Arrival,
        rules: &PolicyVersion<FileRules>,
        by: UserId,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        let Arrival { id, name, size, file_type, sha256 } = arrival;
        let refuse = |code| Refusal::new(code).citing(rules.cite("FIL-1", None));
        let FileRules { size_max, types } = &rules.content;
        if size == 0 {
            return Err(refuse(FILE_EMPTY).at("/file"));
        }
        if size > *size_max {
            return Err(refuse(FILE_TOO_LARGE).with("size", size).with("limit", *size_max).at("/file"));
        }
        let Some(file_type) = file_type.filter(|found| types.contains(found)) else {
            let found = file_type.map_or("?", FileType::name);
            let allowed: Vec<_> = types.iter().map(|allowed| allowed.name()).collect();
            let refusal = refuse(FILE_TYPE_REFUSED).with("type", found).with("allowed", allowed.join(", "));
            return Err(refusal.at("/file"));
        };
        let name = safe_name(&name, file_type);
        let facts = json!({"type": file_type, "size": size, "sha256": sha256});
        let (attachment, version) = (None, 0);
        let file = Self {
            id,
            name,
            file_type,
            size,
            sha256,
            uploaded_by: by,
            uploaded_at: now,
            attachment,
            version,
        };
        Ok(Change::created(file, FILE_UPLOADED, facts))
    }

    /// Whether it is evidence for this document.
    pub fn belongs_to(&self, kind: &str, document: Uuid) -> bool {
        self.attachment.as_ref().is_some_and(|held| held.kind == kind && held.document == document)
    }

    /// Makes it evidence for a document. A file belongs to one document at most.
    pub fn attach(self, kind: &str, document: Uuid, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if self.attachment.is_some() {
            return Err(Refusal::new(FILE_ATTACHED_ELSEWHERE).citing(Citation::rule("FIL-1")));
        }
        let facts = json!({"kind": kind, "document": document});
        let attachment = Some(Attachment { kind: kind.to_owned(), document, at: now });
        let after = Self { attachment, ..self.clone() };
        Ok(Change::updated(self, after, FILE_ATTACHED, facts))
    }

    /// Takes it off its document, which may only happen while that can still be changed.
    pub fn detach(self) -> Change<Self> {
        let held = self.attachment.as_ref();
        let facts = json!({"kind": held.map(|h| &h.kind), "document": held.map(|h| h.document)});
        let after = Self { attachment: None, ..self.clone() };
        Change::updated(self, after, FILE_DETACHED, facts)
    }
}

/// A name may have at most this many bytes: what file systems take.
const NAME_BYTES_MAX: usize = 255;

/// The name a file is kept under: without path, control and direction characters, in composed form, and
/// with an ending that says what it really is.
pub fn safe_name(sent: &str, file_type: FileType) -> String {
    let base = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let cleaned: String = base.chars().filter(|c| !is_hidden(*c)).map(plain).nfc().collect();
    // Windows drops dots and blanks at the end, everybody hides names that begin with a dot.
    let cleaned = cleaned.trim_matches(|character: char| character == '.' || character.is_whitespace());
    let fitting = cleaned
        .rsplit_once('.')
        .filter(|(_, ending)| file_type.endings().iter().any(|own| own.eq_ignore_ascii_case(ending)));
    let (stem, ending) = fitting.unwrap_or((cleaned, file_type.endings()[0]));
    let stem = if stem.is_empty() { "file" } else { stem };
    let room = NAME_BYTES_MAX - ending.len() - 1;
    format!("{}.{ending}", cut(stem, room))
}

/// Characters nobody sees, some of which make a name look like another.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Characters that a file system somewhere does not take.
fn plain(character: char) -> char {
    if matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { character }
}

/// As much of a text as fits into so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    let ends = text.char_indices().map(|(at, character)| at + character.len_utf8());
    &text[..ends.take_while(|end| *end <= bytes).last().unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> PolicyVersion<FileRules> {
        let content = FileRules { size_max: 10, types: vec![FileType::Pdf, FileType::Png] };
        let code = "file-rules/attachments".to_owned();
        PolicyVersion { id: Id::from_uuid(Uuid::nil()), code, number: 3, clause: "003".into(), content }
    }

    fn arrival(size: i64, file_type: Option<FileType>) -> Arrival {
        let id = Id::from_uuid(Uuid::from_u128(7));
        Arrival { id, name: "a.pdf".into(), size, file_type, sha256: "00".into() }
    }

    fn now() -> Timestamp {
        Timestamp::from_micros(0).expect("an instant")
    }

    fn accept(arrival: Arrival) -> Result<Change<File>, Refusal> {
        File::accept(arrival, &rules(), UserId::from_uuid(Uuid::from_u128(1)), now())
    }

    #[test]
    fn rules_bound_size_and_type_and_are_cited() {
        let file = accept(arrival(10, Some(FileType::Pdf))).expect("accepted").into_after();
        assert_eq!((file.version, file.attachment), (1, None));
        for (sent, code) in [
            (arrival(0, Some(FileType::Pdf)), FILE_EMPTY),
            (arrival(11, Some(FileType::Pdf)), FILE_TOO_LARGE),
            (arrival(5, Some(FileType::Zip)), FILE_TYPE_REFUSED),
            (arrival(5, None), FILE_TYPE_REFUSED),
        ] {
            let refusal = accept(sent).expect_err("refused");
            assert_eq!(refusal.code, code);
            let citation = refusal.citation.expect("cited");
            assert_eq!((citation.rule.as_str(), citation.policy_version), ("FIL-1", Some(3)));
        }
    }

    #[test]
    fn a_file_belongs_to_one_document() {
        let file = accept(arrival(1, Some(FileType::Png))).expect("accepted").into_after();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let held = file.attach("expense_claim", one, now()).expect("attached").into_after();
        assert!(held.belongs_to("expense_claim", one));
        assert!(!held.belongs_to("expense_claim", other) && !held.belongs_to("contract", one));
        let refusal = held.clone().attach("expense_claim", other, now()).expect_err("refused");
        assert_eq!(refusal.code, FILE_ATTACHED_ELSEWHERE);
        let free = held.detach().into_after();
        assert_eq!(free.version, 3);
        assert!(free.attach("expense_claim", other, now()).is_ok());
    }

    #[test]
    fn names_are_safe_to_save_under() {
        for (sent, kept) in [
            ("发票 2026.pdf", "发票 2026.pdf"),
            ("发票.PDF", "发票.PDF"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\王\\发票.pdf", "发票.pdf"),
            ("invoice.exe", "invoice.exe.pdf"),
            ("a\u{202e}fdp.exe", "afdp.exe.pdf"),
            ("a\0b\r\nc.pdf", "abc.pdf"),
            ("cafe\u{301}.pdf", "café.pdf"),
            ("a:b*c?.pdf", "a_b_c_.pdf"),
            (".pdf", "pdf.pdf"),
            ("...", "file.pdf"),
            ("", "file.pdf"),
            ("a.pdf. . ", "a.pdf"),
        ] {
            assert_eq!(safe_name(sent, FileType::Pdf), kept, "{sent:?}");
        }
        let long = safe_name(&format!("{}.pdf", "票".repeat(200)), FileType::Pdf);
        assert_eq!(long.len(), 253 / 3 * 3 + 1);
        assert!(long.len() <= NAME_BYTES_MAX && long.ends_with("票.pdf"));
    }

    #[test]
    fn unsound_rules_are_found() {
        assert!(FileRules::default().findings().is_empty());
        let findings = FileRules { size_max: 0, types: Vec::new() }.findings();
        let pointers: Vec<_> = findings.iter().map(|finding| finding.pointer.as_str()).collect();
        assert_eq!(pointers, ["/content/size_max", "/content/types"]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_sent_the_name_is_safe_and_stays_so(sent in ".{0,400}") {
            let name = safe_name(&sent, FileType::Pdf);
            proptest::prop_assert!(name.len() <= NAME_BYTES_MAX && name.to_ascii_lowercase().ends_with(".pdf"));
            proptest::prop_assert!(!name.contains(['/', '\\', '\0', '\n', '\r', '"']));
            proptest::prop_assert_eq!(safe_name(&name, FileType::Pdf), name);
        }
    }
}
