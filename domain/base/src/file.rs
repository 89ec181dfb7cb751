//! Attachments as evidence: what may be kept, under which name, and to which document it belongs. `[FIL-1]`

mod file_type;
mod name;

pub use file_type::FileType;
pub use name::safe_name;

use crate::spine::{
    Change, Citation, Entity, Finding, Findings, Id, PolicyContent, PolicyVersion, Refusal, Timestamp,
    UserId, Version, codes,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::events! { FILE_EVENTS:
    FILE_UPLOADED = "file.uploaded", "附件已上传", "A file was uploaded";
    FILE_ATTACHED = "file.attached", "附件已归入单据", "A file was attached to a document";
    FILE_REMOVED = "file.removed", "附件已删除", "A file that belonged to nothing was removed";
    FILE_DETACHED = "file.detached", "附件已从单据移出", "A file was taken off a document";
}

crate::refusals! { FILE_REFUSALS:
    FILE_EMPTY = "file.empty", Invalid, "文件是空的", "The file is empty";
    FILE_TOO_LARGE = "file.too_large", Invalid, "文件过大（{size} 字节，上限 {limit} 字节）", "The file is too large ({size} bytes, the limit is {limit} bytes)";
    FILE_TYPE_REFUSED = "file.type_not_allowed", Invalid, "不接受此类文件（按内容判定为：{type}；可接受：{allowed}）", "This type of file is not accepted (by its content: {type}; accepted: {allowed})";
    FILE_UNKNOWN = "file.unknown", Invalid, "没有这个附件，或不是您上传的", "There is no such file, or it is not one you uploaded";
    FILE_IS_EVIDENCE = "file.is_evidence", Conflict, "附件已归入单据，须先从单据中移出", "The file is evidence of a document; take it off that first";
    FILE_ROOM_OF_ONE = "file.room_of_one", Conflict, "您上传后尚未附在单据上的文件合计将超过 {limit} 字节，请先附到单据上，或删除不用的文件", "The files you have uploaded and not attached to any document would come to more than {limit} bytes. Attach them, or remove those you do not need";
    FILE_ROOM_OF_ALL = "file.room_of_all", Conflict, "全公司已上传而未附在单据上的文件合计将超过 {limit} 字节，请稍后再上传，或与管理员联系", "The files uploaded in the whole company and not attached to any document would come to more than {limit} bytes. Try again later, or ask the administrator";
    FILE_ATTACHED_ELSEWHERE = "file.attached_elsewhere", Conflict, "该附件已属于另一单据", "The file belongs to another document already";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[FILE_REFUSALS], events: &[FILE_EVENTS], enums: &[FileType::LABELS] };

/// What may be uploaded: the content of the policy `file-rules/attachments`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRules {
    /// The most bytes a file may have.
    pub size_max: i64,
    /// What a file may be.
    pub types: Vec<FileType>,
    /// Days after which a file ends that belongs to nothing.
    #[serde(default = "free_days")]
    pub free_days: i64,
    /// The most bytes that files of one account have which belong to nothing.
    #[serde(default = "free_bytes_of_one")]
    pub free_bytes_of_one: i64,
    /// The most bytes that all files have which belong to nothing.
    #[serde(default = "free_bytes_of_all")]
    pub free_bytes_of_all: i64,
}

const fn free_days() -> i64 {
    7
}
const fn free_bytes_of_one() -> i64 {
    200 << 20
}
const fn free_bytes_of_all() -> i64 {
    10 << 30
}

/// How many bytes the files have that belong to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FreeBytes {
    /// Those of whoever uploads.
    pub of_one: i64,
    /// All.
    pub of_all: i64,
}

/// No policy may let more than these bytes through: one gibibyte.
const SIZE_LIMIT: i64 = 1 << 30;
/// No policy may keep what belongs to nothing for more days than these.
const FREE_DAYS_LIMIT: i64 = 365;
/// Nor more bytes of it than these: one tebibyte.
const FREE_BYTES_LIMIT: i64 = 1 << 40;

impl Default for FileRules {
    fn default() -> Self {
        use FileType::{Docx, Heic, Jpeg, Ofd, Pdf, Png, Pptx, Webp, Xlsx, Xml};
        Self {
            size_max: 20 << 20,
            types: vec![Pdf, Ofd, Xml, Png, Jpeg, Webp, Heic, Docx, Xlsx, Pptx],
            free_days: free_days(),
            free_bytes_of_one: free_bytes_of_one(),
            free_bytes_of_all: free_bytes_of_all(),
        }
    }
}

impl PolicyContent for FileRules {
    const KIND: &'static str = "file-rules";
    const EXAMPLE: &'static str = r#"{"size_max": 20971520, "types": ["pdf", "ofd", "png", "jpeg", "xlsx"]}"#;
    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        for (name, value, most) in [
            ("size_max", self.size_max, SIZE_LIMIT),
            ("free_days", self.free_days, FREE_DAYS_LIMIT),
            ("free_bytes_of_one", self.free_bytes_of_one, FREE_BYTES_LIMIT),
            ("free_bytes_of_all", self.free_bytes_of_all, FREE_BYTES_LIMIT),
        ] {
            findings.within(format!("/content/{name}"), value, 1..=most);
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
    /// Since when it belongs to nothing, while it does.
    pub free_since: Option<Timestamp>,
    /// When it was removed, if it was: its bytes are gone then.
    pub removed_at: Option<Timestamp>,
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
        let FileRules { size_max, types, .. } = &rules.content;
        if size == 0 {
            return Err(refuse(FILE_EMPTY).at("/file"));
        }
        if size > *size_max {
            return Err(refuse(FILE_TOO_LARGE).with("size", size).with("limit", *size_max).at("/file"));
        }
        let Some(file_type) = file_type.filter(|found| types.contains(found)) else {
            let found = file_type.map_or("?", FileType::code);
            let allowed: Vec<_> = types.iter().map(|allowed| allowed.code()).collect();
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
            free_since: Some(now),
            removed_at: None,
            version,
        };
        Ok(Change::created(file, FILE_UPLOADED, facts))
    }

    /// Whether there is room for so many bytes that belong to nothing yet, beside those there are.
    ///
    /// # Errors
    /// `file.room_of_one`, `file.room_of_all`.
    pub fn find_room(size: i64, held: FreeBytes, rules: &PolicyVersion<FileRules>) -> Result<(), Refusal> {
        let refuse =
            |code, limit: i64| Refusal::new(code).with("limit", limit).citing(rules.cite("FIL-1", None));
        let FileRules { free_bytes_of_one, free_bytes_of_all, .. } = rules.content;
        if held.of_one.saturating_add(size) > free_bytes_of_one {
            return Err(refuse(FILE_ROOM_OF_ONE, free_bytes_of_one));
        }
        if held.of_all.saturating_add(size) > free_bytes_of_all {
            return Err(refuse(FILE_ROOM_OF_ALL, free_bytes_of_all));
        }
        Ok(())
    }

    /// Removes it, as long as it belongs to nothing.
    ///
    /// # Errors
    /// `file.is_evidence`.
    pub fn remove(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        if self.attachment.is_some() {
            return Err(Refusal::new(FILE_IS_EVIDENCE).citing(Citation::rule("FIL-1")));
        }
        let facts = json!({"size": self.size, "sha256": self.sha256});
        let after = Self { free_since: None, removed_at: Some(now), ..self.clone() };
        Ok(Change::updated(self, after, FILE_REMOVED, facts))
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
        let after = Self { attachment, free_since: None, ..self.clone() };
        Ok(Change::updated(self, after, FILE_ATTACHED, facts))
    }

    /// Takes it off its document, which may only happen while that can still be changed.
    pub fn detach(self, now: Timestamp) -> Change<Self> {
        let held = self.attachment.as_ref();
        let facts = json!({"kind": held.map(|h| &h.kind), "document": held.map(|h| h.document)});
        let after = Self { attachment: None, free_since: Some(now), ..self.clone() };
        Change::updated(self, after, FILE_DETACHED, facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> PolicyVersion<FileRules> {
        let content =
            FileRules { size_max: 10, types: vec![FileType::Pdf, FileType::Png], ..FileRules::default() };
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
        let free = held.detach(now()).into_after();
        assert_eq!(free.version, 3);
        assert!(free.attach("expense_claim", other, now()).is_ok());
    }

    #[test]
    fn unsound_rules_are_found() {
        assert!(FileRules::default().findings().is_empty());
        let findings = FileRules { size_max: 0, types: Vec::new(), ..FileRules::default() }.findings();
        let pointers: Vec<_> = findings.iter().map(|finding| finding.pointer.as_str()).collect();
        assert_eq!(pointers, ["/content/size_max", "/content/types"]);
    }
}
